package io.cooper.cli;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One folder of `test-fixtures/repositories`: a base, a small change, and exactly what must be
/// found. The form is described in `test-fixtures/README.md`.
///
/// @param folder that holds it
/// @param values of its fixture.yaml
record RepositoryFixture(Path folder, Mapping values) {
  /// One expected finding; empty parts are not compared.
  record Expected(
      String rule, String severity, String file, Optional<String> line, Optional<String> says) {
    boolean matches(Mapping finding) {
      return finding.text("rule").orElse("").equals(rule)
          && finding.text("severity").orElse("").equals(severity)
          && finding.text("file").orElse("").equals(file)
          && (line.isEmpty() || finding.text("line").equals(line))
          && (says.isEmpty() || words(finding).contains(says.get()));
    }
  }

  private static String words(Mapping finding) {
    return finding.text("message").orElse("") + " " + finding.text("remedy").orElse("");
  }

  static List<RepositoryFixture> all() {
    try (var folders = Files.list(Workspace.PROJECT.resolve("test-fixtures/repositories"))) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("fixture.yaml")))
          .sorted()
          .map(RepositoryFixture::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RepositoryFixture read(Path folder) {
    try {
      var file = folder.resolve("fixture.yaml");
      var yaml = YamlReader.ofSources().read(file.toString(), Files.readAllBytes(file));
      if (yaml.documents().size() != 1 || !yaml.faults().isEmpty()) {
        throw new IllegalStateException(file + ": " + yaml.faults());
      }
      return new RepositoryFixture(folder, (Mapping) yaml.documents().getFirst());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return folder.getFileName().toString();
  }

  String title() {
    return values.text("title").orElseThrow();
  }

  Stream<String> rows() {
    return texts("rows");
  }

  List<Expected> expected() {
    return values
        .mappings("expect")
        .map(each ->
            new Expected(
                each.text("rule").orElseThrow(),
                each.text("severity").orElseThrow(),
                each.text("file").orElseThrow(),
                each.text("line"),
                each.text("says")))
        .toList();
  }

  /// A program beside kustomize and git that the findings need, such as helm.
  Optional<String> needs() {
    return values.text("needs");
  }

  List<String> entries() {
    return texts("entry").toList();
  }

  /// Builds the repository below a scratch folder and gives the folder to judge.
  Path materialise(Path scratch) throws IOException {
    var workspace = new Workspace(Files.createDirectories(scratch.resolve("repository")));
    if (values.text("base").orElse("none").equals("example")) {
      for (var tree : List.of("clusters", "infrastructure", "apps")) {
        workspace.copy(Workspace.PROJECT.resolve(tree), tree + "/");
      }
    }
    if (Files.isDirectory(folder.resolve("files"))) {
      workspace.copy(folder.resolve("files"), "");
    }
    for (var path : texts("delete").toList()) {
      Files.delete(workspace.root().resolve(path));
    }
    for (var edit : values.mappings("edits").toList()) {
      edit(workspace, edit);
    }
    var untracked = texts("untracked").toList();
    var aside = scratch.resolve("untracked");
    for (var path : untracked) {
      move(workspace.root().resolve(path), aside.resolve(path));
    }
    workspace.commit();
    for (var path : texts("forceAdd").toList()) {
      workspace.git("add", "--force", path);
      workspace.git("commit", "--quiet", "--message=force");
    }
    for (var path : untracked) {
      move(aside.resolve(path), workspace.root().resolve(path));
    }
    if (values.flag("cleanClone").orElse(false)) {
      workspace.git("clone", "--quiet", ".", scratch.resolve("clone").toString());
      return scratch.resolve("clone");
    }
    return workspace.root();
  }

  private void edit(Workspace workspace, Mapping edit) throws IOException {
    var path = edit.text("file").orElseThrow();
    var file = workspace.root().resolve(path);
    var text = Files.readString(file);
    var before = edit.text("replace").orElseThrow();
    if (text.indexOf(before) < 0 || text.indexOf(before) != text.lastIndexOf(before)) {
      throw new IllegalStateException(
          "%s: \"%s\" is not there exactly once in %s".formatted(name(), before, path));
    }
    Files.writeString(file, text.replace(before, edit.text("with").orElse("")));
  }

  private static void move(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.move(from, to);
  }

  private Stream<String> texts(String key) {
    return values.items(key).map(Value::text).flatMap(Optional::stream);
  }

  @Override
  public String toString() {
    return name() + ": " + title();
  }
}
