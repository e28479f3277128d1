package io.cooper.backup.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Notes about files that were stored before PostgreSQL asked for it, for the process that it will
/// ask. A note holds only for the very file: its inode, its size, and the times of its last write
/// and of its last change of name. It is good for one question.
///
/// A note that is lost costs one comparison with the archive. One that is there is never wrong: it
/// is written after the store has the file.
final class Marks {
  private final Path folder;

  Marks(Path folder) {
    this.folder = folder;
  }

  /// What tells a file from every other that ever had its name.
  static String stamp(Path file) {
    try {
      var facts =
          Files.readAttributes(
              file, "unix:ino,dev,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
      return "%s %s %s %s %s"
          .formatted(
              facts.get("dev"),
              facts.get("ino"),
              facts.get("size"),
              facts.get("lastModifiedTime"),
              facts.get("ctime"));
    } catch (IOException cause) {
      throw SourceFile.unreadable(file, cause);
    } catch (UnsupportedOperationException cause) {
      throw new ProblemException(
          new Problem(
              Code.BAD_USE,
              file.toString(),
              "its file system has no inodes, so that files cannot be told apart",
              "archive without running ahead"),
          cause);
    }
  }

  /// Notes that a file is stored. A note that cannot be written is left out.
  void add(Path file, String stamp) {
    var mark = mark(file);
    var half = mark.resolveSibling(mark.getFileName() + ".tmp");
    try {
      Files.createDirectories(folder);
      Files.writeString(half, stamp, UTF_8);
      Files.move(half, mark, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException _) {
      // PostgreSQL will ask, and the archive will be compared with.
    }
  }

  /// Whether there was a note about this very file; there is none afterwards.
  boolean take(Path file, String stamp) {
    var mark = mark(file);
    var noted = read(mark);
    try {
      return noted.isPresent() && Files.deleteIfExists(mark) && noted.get().equals(stamp);
    } catch (IOException _) {
      return false;
    }
  }

  /// Drops notes about files that PostgreSQL will not ask for.
  void retain(Collection<Path> files) {
    var names = files.stream().map(this::mark).collect(Collectors.toSet());
    try (Stream<Path> marks = Files.list(folder)) {
      for (var mark : marks.filter(mark -> !names.contains(mark)).toList()) {
        if (!mark.toString().endsWith(".tmp")) {
          Files.deleteIfExists(mark);
        }
      }
    } catch (IOException | UncheckedIOException _) {
      // Not there yet, or another process tidies up too.
    }
  }

  private static Optional<String> read(Path mark) {
    try {
      return Optional.of(Files.readString(mark, UTF_8));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private Path mark(Path file) {
    return folder.resolve(Objects.requireNonNull(file.getFileName()).toString());
  }
}
