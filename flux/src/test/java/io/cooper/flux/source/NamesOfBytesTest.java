package io.cooper.flux.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Equal names must mean equal bytes: renders are kept under them.
class NamesOfBytesTest {
  @TempDir private Path folder;
  private Sandbox repository;

  @BeforeEach
  void repository() {
    repository = Sandbox.repository(folder);
  }

  private SourceTree tree() {
    return SourceTree.ofWorkingTree(repository.root(), repository.environment());
  }

  private String name(String path) {
    try (var tree = tree()) {
      return tree.artifact().nameOfBytes(path);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha1", "sha256"})
  void the_name_is_the_blob_of_git_and_its_size_whether_or_not_it_is_committed(String format) {
    repository = Sandbox.folder(folder.resolve(format));
    repository.git("init", "--quiet", "--object-format=" + format);
    repository.write("a.yaml", "kind: A\n").commit();
    repository.write("a.yaml", "kind: Other\n");

    var changed = name("a.yaml");
    assertThat(changed).isEqualTo(repository.git("hash-object", "a.yaml") + ":12");

    repository.commit();
    assertThat(name("a.yaml")).isEqualTo(changed);
  }

  @Test
  void a_file_that_changes_without_its_size_and_time_changing_is_seen() throws IOException {
    repository.write("a.yaml", "kind: A\n").commit();
    var before = name("a.yaml");
    var file = repository.root().resolve("a.yaml");
    var time = Files.getLastModifiedTime(file);
    Files.writeString(file, "kind: B\n");
    Files.setLastModifiedTime(file, time);

    assertThat(name("a.yaml")).isNotEqualTo(before);
  }

  @Test
  void git_is_not_believed_where_it_was_told_not_to_look() throws IOException {
    repository.write("a.yaml", "kind: A\n").commit();
    var before = name("a.yaml");
    repository.git("update-index", "--assume-unchanged", "a.yaml");
    repository.write("a.yaml", "kind: B\n");
    later("a.yaml");

    assertThat(name("a.yaml")).isNotEqualTo(before);
    try (var tree = tree()) {
      assertThat(text(tree, "a.yaml")).isEqualTo("kind: B\n");
    }
  }

  @Test
  void other_line_ends_on_disk_are_another_name() {
    repository.write("a.yaml", "kind: A\nname: a\n").commit();
    var unix = name("a.yaml");
    repository.git("config", "core.autocrlf", "true");
    repository.delete("a.yaml");
    repository.git("checkout", "--", "a.yaml");

    assertThat(name("a.yaml")).isNotEqualTo(unix);
  }

  @Test
  void a_filter_that_the_repository_itself_names_is_not_run() throws IOException {
    var witness = folder.resolve("ran");
    repository.write(".gitattributes", "*.yaml filter=own\n").write("a.yaml", "kind: A\n").commit();
    repository.git("config", "filter.own.clean", "touch '%s'; cat".formatted(witness));
    repository.write("a.yaml", "kind: B\n");
    Files.setLastModifiedTime(
        repository.root().resolve("a.yaml"),
        Files.getLastModifiedTime(repository.root().resolve(".git/index")));
    Files.deleteIfExists(witness);

    assertThat(name("a.yaml")).endsWith(":8");
    assertThat(witness).doesNotExist();
  }

  @Test
  void what_a_commit_shares_with_the_disk_is_read_there_and_the_rest_from_git() throws IOException {
    repository.write("same.yaml", "kind: Same\n").write("a.yaml", "kind: A\n").commit();
    repository.write("a.yaml", "kind: Other\n");

    try (var now = tree();
        var base = now.base("HEAD")) {
      assertThat(text(base, "a.yaml")).isEqualTo("kind: A\n");
      assertThat(base.artifact().root().resolve("same.yaml")).hasContent("kind: Same\n");
    }
    try (var now = tree();
        var base = now.base("HEAD")) {
      Files.move(repository.root().resolve(".git/objects"), folder.resolve("elsewhere"));
      assertThat(text(base, "same.yaml")).isEqualTo("kind: Same\n");
      assertThat(base.artifact().nameOfBytes("same.yaml"))
          .isEqualTo(now.artifact().nameOfBytes("same.yaml"));
      assertThat(base.artifact().nameOfBytes("a.yaml"))
          .isNotEqualTo(now.artifact().nameOfBytes("a.yaml"));
    }
  }

  @Test
  void what_changes_on_disk_while_a_commit_is_open_does_not_change_the_commit() {
    repository.write("same.yaml", "kind: Same\n").commit();
    try (var now = tree();
        var base = now.base("HEAD")) {
      repository.write("same.yaml", "kind: Changed meanwhile\n");

      assertThat(text(base, "same.yaml")).isEqualTo("kind: Same\n");
    }
  }

  private static String text(SourceTree tree, String path) {
    return new String(tree.artifact().read(path), StandardCharsets.UTF_8);
  }

  private void later(String path) throws IOException {
    var file = repository.root().resolve(path);
    Files.setLastModifiedTime(
        file, FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis() + 5_000));
  }
}
