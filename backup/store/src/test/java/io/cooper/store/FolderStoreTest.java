package io.cooper.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.problem.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStoreTest extends ObjectStoreContract {
  @TempDir private Path folder;

  @Override
  protected ObjectStore open() {
    return new FolderStore(folder.resolve("store"));
  }

  @Override
  protected int severalPages() {
    // There are no pages, and each file is forced to the disk.
    return 1100;
  }

  private Path root() {
    return folder.resolve("store");
  }

  @Test
  void what_barman_names_is_a_file_of_the_same_path() throws IOException {
    var key = "pg-main/wals/0000000100000000/000000010000000000000001.00000028.backup.gz";
    put(key, bytes(10));
    assertThat(root().resolve(key)).hasBinaryContent(bytes(10));
  }

  @Test
  void a_key_of_any_characters_is_a_file_name_of_plain_ascii() throws IOException {
    put("ü/🐘/a:b%\n", bytes(1));
    assertThat(root().resolve("%C3%BC/%F0%9F%90%98/a%3Ab%25%0A")).exists();
  }

  @Test
  void a_key_that_looks_like_our_own_files_is_only_a_key() throws IOException {
    put(".cooper-new-0123456789abcdef~x", bytes(1));
    assertThat(keys("")).containsExactly(".cooper-new-0123456789abcdef~x");
    assertThat(store().abandoned("")).isEmpty();
  }

  @Test
  void files_that_are_no_objects_are_not_listed() throws IOException {
    put("real", bytes(1));
    Files.writeString(root().resolve("bad%zzname"), "x");
    Files.writeString(root().resolve("lower%c3%bc"), "x");
    Files.createSymbolicLink(root().resolve("link"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(root().resolve("up"), Path.of(".."));
    assertThat(keys("")).containsExactly("real");
    assertThat(store().folders("")).isEmpty();
    assertThat(store().find("link")).isEmpty();
    assertCode(Code.NO_SUCH_OBJECT, () -> store().open("link"));
  }

  @Test
  void an_object_is_not_put_where_another_ones_folder_is() throws IOException {
    put("a/b", bytes(1));
    assertCode(Code.STORE_REFUSED, () -> put("a", bytes(1)));
    assertCode(Code.STORE_REFUSED, () -> put("a/b/c", bytes(1)));
    assertCode(Code.STORE_REFUSED, () -> store().create("a", Intent.onlyNew()).commit());
    assertThat(keys("")).containsExactly("a/b");
    assertThat(store().find("a/b/c")).isEmpty();
    assertThat(store().abandoned("")).isEmpty();
  }

  @Test
  void a_part_of_a_key_that_is_no_file_name_is_refused() throws IOException {
    var key = "long/" + "x".repeat(300);
    assertCode(Code.STORE_REFUSED, () -> put(key, bytes(1)));
    assertThat(store().find(key)).isEmpty();
    assertThat(keys(key + "/")).isEmpty();
    store().delete(List.of(key));
  }

  @Test
  void a_folder_that_cannot_be_made_is_a_problem_of_the_disk() throws IOException {
    var file = Files.createFile(folder.resolve("file"));
    try (var blocked = new FolderStore(file.resolve("below"))) {
      assertCode(Code.STORE_REFUSED, () -> blocked.create("a", Intent.replacing()));
    }
  }

  @Test
  void a_deletion_leaves_no_empty_folders() throws IOException {
    put("deep/er/still/object", bytes(1));
    put("deep/other", bytes(1));
    store().delete(List.of("deep/er/still/object"));
    assertThat(root().resolve("deep/er")).doesNotExist();
    assertThat(root().resolve("deep/other")).exists();
    store().delete(List.of("deep/other"));
    assertThat(root()).isEmptyDirectory();
  }

  @Test
  void a_store_of_a_folder_that_is_not_there_is_empty() throws IOException {
    assertThat(keys("")).isEmpty();
    assertThat(root()).doesNotExist();
  }
}
