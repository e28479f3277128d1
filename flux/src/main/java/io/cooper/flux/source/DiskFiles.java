package io.cooper.flux.source;

import io.cooper.flux.ignore.GitIgnore;
import io.cooper.flux.ignore.IgnoreRule;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is on disk below a folder. Links are not followed. A folder that a rule hides is remembered
/// and not entered, unless something in it is tracked: nobody waits for `node_modules`.
///
/// @param files regular files
/// @param links symbolic links
/// @param hidden hidden folders that were not entered, with the rule that hides them
/// @param repositories folders that are repositories of their own and were not entered
/// @param unreadable folders that could not be read
/// @param complete false if there is more than the limit
/// @param sizes of the regular files, in bytes
record DiskFiles(
    NavigableSet<String> files,
    NavigableSet<String> links,
    NavigableMap<String, IgnoreRule> hidden,
    NavigableSet<String> repositories,
    List<String> unreadable,
    boolean complete,
    Map<String, Long> sizes) {

  static final DiskFiles NONE =
      new DiskFiles(
          new TreeSet<>(),
          new TreeSet<>(),
          new TreeMap<>(),
          new TreeSet<>(),
          List.of(),
          true,
          Map.of());

  /// Walks a working tree.
  ///
  /// @param tracked paths that git tracks; folders that hold one are always entered
  static DiskFiles in(Path root, GitIgnore ignore, NavigableSet<String> tracked, int limit) {
    return new Walk(root, "", Optional.of(ignore), tracked, limit).result();
  }

  /// Walks a folder without regard to any rule.
  ///
  /// @param prefix path of the folder relative to the root, empty or with a slash at the end
  static DiskFiles everythingIn(Path folder, String prefix, int limit) {
    return new Walk(folder, prefix, Optional.empty(), new TreeSet<>(), limit).result();
  }

  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path root;
    private final Optional<GitIgnore> ignore;
    private final NavigableSet<String> tracked;
    private final int limit;
    private final NavigableSet<String> files = new TreeSet<>();
    private final NavigableSet<String> links = new TreeSet<>();
    private final NavigableMap<String, IgnoreRule> hidden = new TreeMap<>();
    private final NavigableSet<String> repositories = new TreeSet<>();
    private final List<String> unreadable = new ArrayList<>();
    private final Map<String, Long> sizes = new HashMap<>();
    private final StringBuilder prefix;
    private boolean complete = true;

    Walk(
        Path root,
        String prefix,
        Optional<GitIgnore> ignore,
        NavigableSet<String> tracked,
        int limit) {
      this.root = root;
      this.prefix = new StringBuilder(prefix);
      this.ignore = ignore;
      this.tracked = tracked;
      this.limit = limit;
    }

    DiskFiles result() {
      try {
        Files.walkFileTree(root, this);
      } catch (IOException e) {
        unreadable.add(prefix.toString());
      }
      return new DiskFiles(
          files, links, hidden, repositories, List.copyOf(unreadable), complete, sizes);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (folder.equals(root)) {
        return FileVisitResult.CONTINUE;
      }
      var name = folder.getFileName().toString();
      if (name.equals(".git")) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      var path = prefix + name;
      boolean wanted = holdsTracked(path);
      if (!wanted) {
        var rule = ignore.flatMap(rules -> rules.hiding(path, true));
        if (rule.isPresent()) {
          hidden.put(path, rule.get());
          return FileVisitResult.SKIP_SUBTREE;
        }
        if (Files.exists(folder.resolve(".git"), LinkOption.NOFOLLOW_LINKS)) {
          repositories.add(path);
          return FileVisitResult.SKIP_SUBTREE;
        }
      }
      prefix.append(name).append('/');
      return FileVisitResult.CONTINUE;
    }

    private boolean holdsTracked(String folder) {
      var first = tracked.ceiling(folder + "/");
      return first != null && first.startsWith(folder + "/");
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException trouble) {
      if (!folder.equals(root)) {
        prefix.setLength(prefix.length() - folder.getFileName().toString().length() - 1);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      var path = prefix + file.getFileName().toString();
      if (attributes.isSymbolicLink()) {
        links.add(path);
      } else if (attributes.isRegularFile()) {
        files.add(path);
        sizes.put(path, attributes.size());
      }
      complete = files.size() < limit;
      return complete ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException trouble) {
      unreadable.add(prefix + file.getFileName().toString());
      return FileVisitResult.CONTINUE;
    }
  }
}
