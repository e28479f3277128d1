package io.cooper.backup.wal;

import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.WalName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// Segments that were fetched before PostgreSQL asked for them, in a folder that several processes
/// may share and any of them may die in. Keyed by archive and timeline with its descent: what was
/// fetched for another server, or for a timeline of the same number that branched off elsewhere, is
/// never delivered.
///
/// A segment is whole, forced to the disk and checked before it gets its name, and its name holds
/// the checksum of its bytes, which is looked at again before it is delivered.
final class Spool {
  private static final Duration DEAD_AFTER = Duration.ofHours(1);
  private static final int BUFFER = 64 << 10;

  /// What this process has under way ends with this.
  private static final String OURS = ".%d.tmp".formatted(ProcessHandle.current().pid());

  private final Path folder;
  private final long atMost;
  private long promised;

  /// @param root shared by all archives
  /// @param archive which one this is
  /// @param atMost bytes, of whole segments and those under way together
  Spool(Path root, String archive, long atMost) {
    this.folder = root.resolve(WalArchiver.digest(archive));
    this.atMost = atMost;
  }

  /// Takes room for a segment, or does not. Given back by [#give].
  synchronized boolean take(SegmentSize size) {
    if (promised + held() + size.bytes() > atMost) {
      return false;
    }
    promised += size.bytes();
    return true;
  }

  /// Gives room back: the segment is there, and counted by itself, or will not come.
  synchronized void give(SegmentSize size) {
    promised -= size.bytes();
  }

  /// Where to fetch a segment to, before it is [#keep]t.
  Path cradle(WalName.Segment segment) throws IOException {
    Files.createDirectories(folder);
    return folder.resolve("%s.%x.tmp".formatted(segment, ThreadLocalRandom.current().nextLong()));
  }

  /// Takes in a whole segment that was forced to the disk.
  void keep(WalName.Segment segment, String descent, Path cradle) throws IOException {
    var place = folder.resolve(descent);
    Files.createDirectories(place);
    Files.move(
        cradle,
        place.resolve("%s.%08x".formatted(segment, checksum(cradle))),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    try (var directory = FileChannel.open(place, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  boolean has(WalName.Segment segment, String descent) {
    return find(segment, descent).isPresent();
  }

  /// Delivers a segment, if it is here and sound; then it is here no longer.
  Optional<WalArchive.Fetched> deliver(WalName.Segment segment, String descent, Path destination) {
    var found = find(segment, descent);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try {
      var file = found.get();
      var size = Files.size(file);
      if (!file.toString().endsWith(".%08x".formatted(checksum(file)))
          || !SegmentSize.isOne(size)) {
        Files.deleteIfExists(file);
        return Optional.empty();
      }
      move(file, destination);
      return Optional.of(new WalArchive.Fetched(segment, size));
    } catch (NoSuchFileException _) {
      // Another process took it.
      return Optional.empty();
    } catch (IOException cause) {
      throw Stored.disk(destination, cause);
    }
  }

  /// By a rename where that is possible, else by a copy beside the destination and a rename there.
  private static void move(Path file, Path destination) throws IOException {
    try {
      Files.move(
          file, destination, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (java.nio.file.AtomicMoveNotSupportedException _) {
      var half =
          destination.resolveSibling(
              ".%s.%x.tmp"
                  .formatted(destination.getFileName(), ThreadLocalRandom.current().nextInt()));
      try {
        Files.copy(file, half);
        Files.move(
            half, destination, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(file);
      } finally {
        Files.deleteIfExists(half);
      }
    }
  }

  /// Drops what lies before a segment of the same timeline, for recovery only goes forward, and
  /// what dead processes left half done.
  void forget(WalName.Segment before, Instant now) {
    for (var file : files()) {
      var name = Objects.requireNonNull(file.getFileName()).toString();
      var segment = WalName.find(name.substring(0, Math.max(0, name.indexOf('.'))));
      var passed =
          segment
              .filter(WalName.Segment.class::isInstance)
              .map(WalName.Segment.class::cast)
              .filter(other -> other.timeline() == before.timeline())
              .filter(other -> other.compareTo(before) < 0);
      try {
        if (name.endsWith(".tmp")
            ? Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(DEAD_AFTER))
            : passed.isPresent()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException _) {
        // Somebody else is tidying up too.
      }
    }
  }

  private Optional<Path> find(WalName.Segment segment, String descent) {
    var place = folder.resolve(descent);
    return files().stream()
        .filter(file -> place.equals(file.getParent()))
        .filter(file ->
            Objects.requireNonNull(file.getFileName()).toString().startsWith(segment.text() + "."))
        .findFirst();
  }

  private long held() {
    return files().stream()
        .filter(file -> !file.toString().endsWith(OURS))
        .mapToLong(Spool::size)
        .sum();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException _) {
      return 0;
    }
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException | UncheckedIOException _) {
      // Not there yet, or changed by another process while it was read.
      return List.of();
    }
  }

  private static int checksum(Path file) throws IOException {
    var sum = new CRC32C();
    var buffer = new byte[BUFFER];
    try (var in = Files.newInputStream(file)) {
      for (int count; (count = in.read(buffer)) >= 0; ) {
        sum.update(buffer, 0, count);
      }
    }
    return (int) sum.getValue();
  }
}
