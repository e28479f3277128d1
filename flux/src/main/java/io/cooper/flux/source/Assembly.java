package io.cooper.flux.source;

import io.cooper.flux.ignore.IgnoreTexts;
import io.cooper.flux.ignore.SourceIgnore;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Does what source-controller does between clone and archive: submodules, sparse checkout,
/// includes, ignore rules; in this order.
final class Assembly {
  private final Snapshot snapshot;
  private final SourceRules rules;
  private final NavigableMap<String, Part> files = new TreeMap<>();
  private final List<SourceNotice> notices = new ArrayList<>();
  private final List<Scratch> scratches = new ArrayList<>();
  private boolean scattered;

  /// Where the bytes of a file are.
  private record Part(Contents contents, String path) {
    Optional<byte[]> read() {
      return contents.read(path);
    }
  }

  /// What came out.
  ///
  /// @param scratches folders that live as long as the artifact
  record Result(
      Artifact artifact,
      SourceIgnore ignore,
      List<SourceNotice> notices,
      List<Scratch> scratches) {}

  Assembly(Snapshot snapshot, SourceRules rules) {
    this.snapshot = snapshot;
    this.rules = rules;
  }

  Result result() {
    snapshot.tracked().values().forEach(this::take);
    rules.include().forEach(this::include);
    var ignore =
        rules
            .ignore()
            .map(spec -> SourceIgnore.of(files.keySet(), texts(), spec))
            .orElseGet(() -> SourceIgnore.of(files.keySet(), texts()));
    files.keySet().removeIf(path -> ignore.hiding(path).isPresent());
    var contents = scattered ? gathered() : snapshot.contents();
    return new Result(
        new Artifact(contents, files.keySet()),
        ignore,
        List.copyOf(notices),
        List.copyOf(scratches));
  }

  private void take(TrackedFile file) {
    switch (file.kind()) {
      case FILE -> {
        if (rules.checksOut(file.path())
            && !snapshot.missing().contains(file.path())
            && snapshot.contents().contains(file.path())) {
          files.put(file.path(), new Part(snapshot.contents(), file.path()));
        }
      }
      case SYMLINK -> {}
      case SUBMODULE -> {
        if (rules.recurseSubmodules() && rules.checksOut(file.path())) {
          takeSubmodule(snapshot.root(), file.path(), file);
        }
      }
    }
  }

  private void takeSubmodule(Path root, String path, TrackedFile submodule) {
    var folder = root.resolve(submodule.path());
    var checkout = snapshot.checkout().flatMap(outer -> checkout(outer, folder));
    if (checkout.isEmpty()) {
      notices.add(
          new SourceNotice(
              path, "this submodule is not checked out, so what Flux finds in it is not known"));
      return;
    }
    var inside =
        snapshot.origin() instanceof SourceTree.Origin.WorkingTree
            ? checkout.get().index()
            : checkout.get().tree(submodule.object());
    var content =
        new DiskContents(
            snapshot.origin() instanceof SourceTree.Origin.WorkingTree
                ? folder
                : blobs(checkout.get(), submodule.object(), inside));
    for (var file : inside) {
      var outerPath = path + "/" + file.path();
      switch (file.kind()) {
        case FILE -> {
          if (file.isSane() && content.contains(file.path())) {
            files.put(outerPath, new Part(content, file.path()));
            scattered |= !content.folder().equals(folder) || !isInPlace();
          }
        }
        case SYMLINK -> {}
        case SUBMODULE -> takeSubmodule(folder, outerPath, file);
      }
    }
  }

  /// Whether the bytes are those of the working tree itself.
  private boolean isInPlace() {
    return snapshot.contents() instanceof DiskContents disk
        && disk.folder().equals(snapshot.root());
  }

  private static Optional<Checkout> checkout(Checkout outer, Path folder) {
    if (!Files.exists(folder.resolve(".git"), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    return Checkout.around(folder, outer.git().environment())
        .filter(found -> !found.root().equals(outer.root()));
  }

  private Path blobs(Checkout checkout, String commit, List<TrackedFile> inside) {
    var scratch = new Scratch();
    scratches.add(scratch);
    var wanted =
        inside.stream()
            .filter(file -> file.kind() == TrackedFile.Kind.FILE && file.isSane())
            .toList();
    new Blobs(checkout.git()).write(wanted, checkout.lacking(commit), scratch.folder());
    return scratch.folder();
  }

  private void include(SourceRules.Include include) {
    if (include.content().isEmpty()) {
      notices.add(
          new SourceNotice(
              include.toPath(),
              "filled by spec.include from GitRepository %s, whose content is not known here"
                  .formatted(include.repository())));
      return;
    }
    var content = include.content().get();
    for (var path : content.below(include.fromPath())) {
      var rest =
          include.fromPath().isEmpty() ? path : path.substring(include.fromPath().length() + 1);
      files.put(
          include.toPath().isEmpty() ? rest : include.toPath() + "/" + rest,
          new Part(content.contents(), path));
      scattered = true;
    }
  }

  private IgnoreTexts texts() {
    return path -> {
      var file = files.get(path);
      return file == null ? Optional.empty() : file.read();
    };
  }

  private Contents gathered() {
    var scratch = new Scratch();
    scratches.add(scratch);
    var copies = new TreeMap<String, Path>();
    files.forEach((path, part) -> copies.put(path, part.contents().folder().resolve(part.path())));
    copy(copies, scratch.folder());
    return new DiskContents(scratch.folder());
  }

  /// Copies files to their paths below a folder.
  static void copy(NavigableMap<String, Path> files, Path folder) {
    Set<Path> made = new TreeSet<>();
    files.forEach((path, bytes) -> {
      var target = folder.resolve(path);
      try {
        if (made.add(target.getParent())) {
          Files.createDirectories(target.getParent());
        }
        Files.copy(bytes, target);
      } catch (IOException e) {
        throw new ProblemException(
            new Problem(
                Code.BAD_INPUT,
                path,
                "cannot be copied: " + e.getMessage(),
                "check its permissions and the space in the temporary folder"),
            e);
      }
    });
  }
}
