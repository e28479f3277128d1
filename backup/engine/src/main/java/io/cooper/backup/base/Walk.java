package io.cooper.backup.base;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;

/// Walks over a folder that changes meanwhile, one entry at a time: a folder before what is in it,
/// links not followed. What vanishes is passed over. Holds one open folder for each level, and no
/// list of files, however many there are.
final class Walk implements AutoCloseable {
  private final Path root;
  private final Exclusions exclusions;
  private final Deque<Level> levels = new ArrayDeque<>();

  private record Level(String prefix, DirectoryStream<Path> stream, Iterator<Path> entries) {}

  private Walk(Path root, Exclusions exclusions) {
    this.root = root;
    this.exclusions = exclusions;
  }

  /// A walk over what is in a folder, which may be a link to one.
  static Walk over(Path root, Exclusions exclusions) {
    var walk = new Walk(root, exclusions);
    walk.enter("", root);
    return walk;
  }

  /// The next entry; empty at the end.
  Optional<FoundFile> next() {
    while (!levels.isEmpty()) {
      var level = levels.getFirst();
      var path = nextPath(level);
      if (path.isEmpty()) {
        leave();
        continue;
      }
      var name = level.prefix + path.get().getFileName();
      if (!exclusions.takes(name)) {
        continue;
      }
      var found = look(name, path.get());
      if (found.isPresent()) {
        if (found.get().kind() == FoundFile.Kind.FOLDER && exclusions.descends(name)) {
          enter(name + "/", path.get());
        }
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> nextPath(Level level) {
    try {
      return level.entries.hasNext() ? Optional.of(level.entries.next()) : Optional.empty();
    } catch (DirectoryIteratorException failed) {
      throw unreadable(level.prefix, Objects.requireNonNull(failed.getCause()));
    }
  }

  private static Optional<FoundFile> look(String name, Path path) {
    try {
      return Optional.of(FoundFile.at(name, path, LinkOption.NOFOLLOW_LINKS))
          .filter(found -> found.kind() != FoundFile.Kind.OTHER);
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException cause) {
      throw unreadable(path.toString(), cause);
    }
  }

  @SuppressWarnings("StreamResourceLeak") // closed when the level is left
  private void enter(String prefix, Path folder) {
    try {
      var stream = Files.newDirectoryStream(folder);
      levels.push(new Level(prefix, stream, stream.iterator()));
    } catch (NoSuchFileException | NotDirectoryException gone) {
      if (prefix.isEmpty()) {
        throw unreadable(root.toString(), gone);
      }
    } catch (IOException cause) {
      throw unreadable(folder.toString(), cause);
    }
  }

  private void leave() {
    try {
      levels.pop().stream.close();
    } catch (IOException cause) {
      throw unreadable(root.toString(), cause);
    }
  }

  static ProblemException unreadable(String where, IOException cause) {
    return new ProblemException(
        new Problem(
            Code.DISK,
            where,
            "cannot be read: " + cause,
            "run as the user that PostgreSQL runs as, where its data directory is mounted"),
        cause);
  }

  @Override
  public void close() {
    while (!levels.isEmpty()) {
      leave();
    }
  }
}
