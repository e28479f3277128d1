package io.cooper.backup.wal;

import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// A file that is to be archived, looked at before anything is sent: it is what its name says, and
/// it is known which cluster wrote it.
///
/// @param size in bytes
/// @param systemId of the cluster, unsigned
record SourceFile(Path path, WalName name, long size, long systemId) {
  /// More than PostgreSQL ever writes into a history file or a label.
  static final int LARGEST_TEXT = 1 << 20;

  /// `pg_control` begins with the system identifier and the version of the file's format.
  private static final int CONTROL_HEAD = 12;

  /// Looks at a file.
  ///
  /// @throws ProblemException with [Code#BAD_USE] for a name that is none of a WAL file,
  ///   [Code#BAD_INPUT] for a file that is cut, empty, foreign or not there
  static SourceFile of(Path path) {
    var file = path.toAbsolutePath();
    var name = WalName.parse(Objects.requireNonNull(file.getFileName()).toString());
    try {
      var size = Files.size(file);
      return name.holdsWal() ? segment(file, name, size) : text(file, name, size);
    } catch (IOException cause) {
      throw unreadable(file, cause);
    }
  }

  private static SourceFile segment(Path file, WalName name, long size) throws IOException {
    var header =
        PageHeader.find(begin(file, PageHeader.LENGTH))
            .orElseThrow(() ->
                bad(
                    file,
                    "has %d bytes and no header of a WAL segment at its begin".formatted(size)));
    if (size != header.size().bytes()) {
      throw bad(
          file,
          "has %d bytes, and its header says that segments have %d"
              .formatted(size, header.size().bytes()));
    }
    header
        .strangenessAs(segmentOf(name))
        .ifPresent(strangeness -> {
          throw bad(file, strangeness);
        });
    controlNear(file)
        .filter(systemId -> systemId != header.systemId())
        .ifPresent(systemId -> {
          throw bad(
              file,
              "was written by cluster %s, and the data directory is of cluster %s"
                  .formatted(
                      Long.toUnsignedString(header.systemId()), Long.toUnsignedString(systemId)));
        });
    return new SourceFile(file, name, size, header.systemId());
  }

  private static SourceFile text(Path file, WalName name, long size) throws IOException {
    if (size == 0 || size > LARGEST_TEXT) {
      throw bad(file, "has %d bytes, which no such file has".formatted(size));
    }
    var systemId = controlNear(file);
    if (systemId.isEmpty()) {
      systemId = neighbour(file);
    }
    return new SourceFile(
        file,
        name,
        size,
        systemId.orElseThrow(() ->
            new Problem(
                    Code.BAD_INPUT,
                    file.toString(),
                    "it cannot be told which cluster it belongs to: there is neither a data"
                        + " directory around it nor a WAL segment beside it",
                    "archive it from the pg_wal folder of its cluster")
                .asException()));
  }

  /// What it holds.
  Source bytes() {
    return Source.of(path, size);
  }

  /// The segment that a name is about.
  static WalName.Segment segmentOf(WalName name) {
    return switch (name) {
      case WalName.Segment segment -> segment;
      case WalName.Partial(var segment) -> segment;
      case WalName.Label(var segment, _) -> segment;
      case WalName.History(var timeline) -> new WalName.Segment(timeline, 0, 0);
    };
  }

  /// Whether a page that says to lie there belongs to this segment.
  boolean holds(Optional<Lsn> place) {
    var begin = segmentOf(name).begin(new SegmentSize((int) size));
    return place.filter(at -> at.minus(begin) >= 0 && at.minus(begin) < size).isPresent();
  }

  /// What the control file of the data directory says, if the file lies in a `pg_wal` of one.
  private static Optional<Long> controlNear(Path file) throws IOException {
    var control =
        Optional.ofNullable(file.getParent())
            .map(Path::getParent)
            .map(pgdata -> pgdata.resolve("global").resolve("pg_control"));
    if (control.isEmpty() || !Files.isRegularFile(control.get())) {
      return Optional.empty();
    }
    var head = begin(control.get(), CONTROL_HEAD);
    return head.length < CONTROL_HEAD
        ? Optional.empty()
        : Optional.of(ByteBuffer.wrap(head).order(ByteOrder.nativeOrder()).getLong());
  }

  private static Optional<Long> neighbour(Path file) throws IOException {
    try (Stream<Path> files = Files.list(Objects.requireNonNull(file.getParent()))) {
      for (var other : (Iterable<Path>) files.sorted()::iterator) {
        var name = WalName.find(Objects.requireNonNull(other.getFileName()).toString());
        if (name.filter(WalName::holdsWal).isPresent()) {
          var header = PageHeader.find(begin(other, PageHeader.LENGTH));
          if (header.isPresent()) {
            return header.map(PageHeader::systemId);
          }
        }
      }
    }
    return Optional.empty();
  }

  private static byte[] begin(Path file, int length) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(length);
    }
  }

  private static ProblemException bad(Path file, String what) {
    return new Problem(
            Code.BAD_INPUT,
            file.toString(),
            what,
            "nothing was archived; if PostgreSQL itself asked for it, its disk or file system"
                + " damaged the file: look at the server's log")
        .asException();
  }

  /// What reading it gave instead.
  static ProblemException unreadable(Path file, IOException cause) {
    var problem =
        cause instanceof NoSuchFileException
            ? new Problem(
                Code.BAD_INPUT,
                file.toString(),
                "there is no such file",
                "give the path that PostgreSQL passes as %p, from the data directory")
            : new Problem(
                Code.DISK,
                file.toString(),
                "cannot be read: " + cause,
                "look at the rights of the file and the state of its disk");
    return new ProblemException(problem, cause);
  }
}
