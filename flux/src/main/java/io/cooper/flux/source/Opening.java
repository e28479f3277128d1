package io.cooper.flux.source;

import io.cooper.flux.ignore.GitIgnore;
import io.cooper.flux.ignore.GitIgnoreSettings;
import io.cooper.flux.ignore.IgnoreTexts;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Takes snapshots of repositories in whatever state they are: bare, shallow, sparse, without a
/// commit, with large files elsewhere, or no repository at all.
final class Opening {
  private static final int MOST_FILES = 500_000;

  private final Map<String, String> environment;
  private final List<SourceNotice> notices = new ArrayList<>();
  private final List<Temporary> temporaries = new ArrayList<>();

  Opening(Map<String, String> environment) {
    this.environment = environment;
  }

  /// A snapshot and what lives as long as it does.
  record Opened(Snapshot snapshot, List<Temporary> temporaries) {}

  Opened workingTree(Path start) {
    var found = Checkout.around(start, environment);
    if (found.isEmpty()) {
      return new Opened(plainFolder(start), temporaries);
    }
    var checkout = found.get();
    if (checkout.bare()) {
      note(checkout.root().toString(), "a bare repository, taken at HEAD");
      return new Opened(atRevision(start, checkout, "HEAD"), temporaries);
    }
    return new Opened(onDisk(start, checkout), temporaries);
  }

  Opened revision(Path start, String revision) {
    var checkout =
        Checkout.around(start, environment)
            .orElseThrow(() ->
                new Problem(
                        Code.BAD_USE,
                        start.toString(),
                        "not in a Git repository, so there is no revision " + revision,
                        "leave the revision out to check the folder as it is")
                    .asException());
    return new Opened(atRevision(start, checkout, revision), temporaries);
  }

  /// @param name by which the caller knows the commit
  /// @param other a state of the same repository that is open at least as long
  Opened commit(Path start, Checkout checkout, String name, String commit, Contents other) {
    return new Opened(atCommit(start, checkout, name, commit, Optional.of(other)), temporaries);
  }

  private Snapshot plainFolder(Path start) {
    var root = start.toAbsolutePath().normalize();
    note(root.toString(), "not in a Git repository: every file on disk counts as tracked");
    var nothing = new GitIgnore(GitIgnoreSettings.NONE, _ -> Optional.empty());
    var disk = DiskFiles.everythingIn(root, "", MOST_FILES);
    note(disk);
    var tracked = new TreeMap<String, TrackedFile>();
    disk.files().forEach(path -> put(tracked, path, TrackedFile.Kind.FILE));
    disk.links().forEach(path -> put(tracked, path, TrackedFile.Kind.SYMLINK));
    return new Snapshot(
        new SourceTree.Origin.Folder(),
        "",
        root,
        disk,
        new DiskContents(root),
        tracked,
        Set.of(),
        nothing,
        Optional.empty(),
        notices);
  }

  private static void put(
      NavigableMap<String, TrackedFile> files, String path, TrackedFile.Kind kind) {
    files.put(path, new TrackedFile(path, kind));
  }

  private Snapshot onDisk(Path start, Checkout checkout) {
    var root = checkout.root();
    var tracked = sane(checkout.index());
    var elsewhere = new ArrayList<TrackedFile>();
    tracked.values().stream()
        .filter(file -> file.kind() == TrackedFile.Kind.FILE && !isHere(root, file))
        .forEach(elsewhere::add);
    elsewhere.addAll(largeFiles(checkout, tracked));
    Set<String> missing = Set.of();
    var elsewhereFolder = Optional.<Path>empty();
    IgnoreTexts texts = Snapshot.textsBelow(root);
    if (!elsewhere.isEmpty()) {
      var scratch = scratch();
      missing = new Blobs(checkout.git()).write(elsewhere, lackingAtHead(checkout), scratch);
      copyOthers(root, tracked, elsewhere, scratch);
      elsewhereFolder = Optional.of(scratch);
      texts = firstOf(texts, Snapshot.textsBelow(scratch));
    }
    var ignore = new GitIgnore(checkout.ignores(), texts);
    var disk = DiskFiles.in(root, ignore, tracked.navigableKeySet(), MOST_FILES);
    note(disk);
    noteSparse(tracked);
    var contents =
        elsewhereFolder
            .map(DiskContents::new)
            .orElseGet(
                () -> new DiskContents(root, names(checkout, tracked, disk), checkout.format()));
    return new Snapshot(
        new SourceTree.Origin.WorkingTree(),
        relative(root, start),
        root,
        disk,
        contents,
        tracked,
        missing,
        ignore,
        Optional.of(checkout),
        notices);
  }

  private static Map<String, String> names(
      Checkout checkout, NavigableMap<String, TrackedFile> tracked, DiskFiles disk) {
    var names = new HashMap<String, String>();
    for (var path : checkout.unchanged(tracked.values())) {
      var size = disk.sizes().get(path);
      var file = tracked.get(path);
      if (size != null && file != null) {
        names.put(path, BlobFormat.name(file.object(), size));
      }
    }
    return names;
  }

  private static Set<String> lackingAtHead(Checkout checkout) {
    return checkout.git().ask("rev-parse", "--verify", "--quiet", "HEAD").succeeded()
        ? checkout.lacking("HEAD")
        : Set.of();
  }

  /// A sparse checkout may be overruled on disk: then what is on disk counts, as it does for git.
  private static boolean isHere(Path root, TrackedFile file) {
    return file.checkedOut()
        || Files.isRegularFile(root.resolve(file.path()), LinkOption.NOFOLLOW_LINKS);
  }

  private void noteSparse(NavigableMap<String, TrackedFile> tracked) {
    long away = tracked.values().stream().filter(file -> !file.checkedOut()).count();
    if (away > 0) {
      note(
          "sparse checkout",
          "%d tracked files are not on disk and are read from Git".formatted(away));
    }
  }

  private List<TrackedFile> largeFiles(
      Checkout checkout, NavigableMap<String, TrackedFile> tracked) {
    boolean used =
        tracked.keySet().stream()
            .filter(path -> path.equals(".gitattributes") || path.endsWith("/.gitattributes"))
            .anyMatch(path -> mentionsLfs(checkout.root().resolve(path)));
    if (!used) {
      return List.of();
    }
    var large = checkout.largeFiles(List.copyOf(tracked.keySet()));
    if (!large.isEmpty()) {
      note("git-lfs", "%d files are taken as the pointers that Flux gets".formatted(large.size()));
    }
    return tracked.values().stream()
        .filter(file -> file.kind() == TrackedFile.Kind.FILE && large.contains(file.path()))
        .filter(file -> file.checkedOut() && isHere(checkout.root(), file))
        .toList();
  }

  private static boolean mentionsLfs(Path attributes) {
    try {
      return Files.isRegularFile(attributes, LinkOption.NOFOLLOW_LINKS)
          && new String(Files.readAllBytes(attributes), StandardCharsets.UTF_8)
              .contains("filter=lfs");
    } catch (IOException _) {
      return false;
    }
  }

  private static void copyOthers(
      Path root,
      NavigableMap<String, TrackedFile> tracked,
      List<TrackedFile> written,
      Path scratch) {
    var others = new TreeMap<String, Path>();
    tracked
        .keySet()
        .forEach(path -> {
          var file = root.resolve(path);
          if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            others.put(path, file);
          }
        });
    written.forEach(file -> others.remove(file.path()));
    Assembly.copy(others, scratch);
  }

  private static IgnoreTexts firstOf(IgnoreTexts first, IgnoreTexts second) {
    return path -> first.read(path).or(() -> second.read(path));
  }

  private Snapshot atRevision(Path start, Checkout checkout, String revision) {
    return atCommit(start, checkout, revision, checkout.commit(revision), Optional.empty());
  }

  private Snapshot atCommit(
      Path start, Checkout checkout, String name, String commit, Optional<Contents> other) {
    var lacking = checkout.lacking(commit);
    var tracked = sane(lacking.isEmpty() ? checkout.treeWithSizes(commit) : checkout.tree(commit));
    var files =
        tracked.values().stream().filter(file -> file.kind() == TrackedFile.Kind.FILE).toList();
    var blobs = new Blobs(checkout.git());
    Set<String> missing;
    Contents contents;
    if (lacking.isEmpty()) {
      missing = Set.of();
      var committed = new CommittedContents(blobs, files, checkout.format(), other);
      temporaries.add(committed);
      contents = committed;
    } else {
      var scratch = scratch();
      missing = blobs.write(files, lacking, scratch);
      contents = new DiskContents(scratch);
    }
    if (!missing.isEmpty()) {
      note(
          "partial clone",
          "%d tracked files have no content here, such as %s"
              .formatted(missing.size(), missing.iterator().next()));
    }
    var links =
        tracked.values().stream()
            .filter(file -> file.kind() == TrackedFile.Kind.SYMLINK)
            .map(TrackedFile::path);
    var disk =
        new DiskFiles(
            SourceTree.paths(files.stream().map(TrackedFile::path)),
            SourceTree.paths(links),
            new TreeMap<>(),
            SourceTree.paths(Stream.of()),
            List.of(),
            true,
            Map.of());
    return new Snapshot(
        new SourceTree.Origin.Revision(name, commit),
        checkout.bare() ? "" : relative(checkout.root(), start),
        checkout.root(),
        disk,
        contents,
        tracked,
        missing,
        new GitIgnore(checkout.ignores(), contents::read),
        Optional.of(checkout),
        notices);
  }

  private NavigableMap<String, TrackedFile> sane(List<TrackedFile> files) {
    var sane = new TreeMap<String, TrackedFile>();
    for (var file : files) {
      if (!file.isSane()) {
        note(file.path(), "a path that no checkout may write; left out");
      } else if (!isPath(file.path())) {
        note(file.path(), "a name that this locale cannot write (LC_ALL=C.UTF-8 can); left out");
      } else {
        sane.put(file.path(), file);
      }
    }
    return sane;
  }

  private static boolean isPath(String path) {
    try {
      return !Path.of(path).isAbsolute();
    } catch (InvalidPathException _) {
      return false;
    }
  }

  private Path scratch() {
    var scratch = new Scratch();
    temporaries.add(scratch);
    return scratch.folder();
  }

  private void note(DiskFiles disk) {
    disk.unreadable().forEach(path -> note(path, "cannot be read, so it is not looked at"));
    if (!disk.complete()) {
      note("disk", "more than %d files; the rest was not looked at".formatted(MOST_FILES));
    }
  }

  private void note(String where, String what) {
    notices.add(new SourceNotice(where, what));
  }

  private static String relative(Path root, Path start) {
    try {
      return root.relativize(start.toRealPath()).toString().replace('\\', '/');
    } catch (IOException _) {
      return "";
    }
  }
}
