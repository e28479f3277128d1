package io.cooper.backup.base;

import io.cooper.backup.base.BackupSession.Cluster;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The data directory of a running server, where this process sees it, and the files that count as
/// its own elsewhere.
final class DataDirectory {
  private static final int CONTROL_READS = 10;

  private final Path pgdata;
  private final Cluster cluster;

  DataDirectory(Path pgdata, Cluster cluster) {
    this.pgdata = pgdata;
    this.cluster = cluster;
  }

  /// Where `pg_control` is.
  Path control() {
    return pgdata.resolve(Exclusions.CONTROL);
  }

  /// The data directory that this process sees must be the server's.
  ///
  /// @throws ProblemException with [Code#BAD_INPUT] if it is not
  void requireOwn() {
    var control = control();
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(control);
    } catch (IOException cause) {
      throw new ProblemException(
          new Problem(
              Code.BAD_INPUT,
              control.toString(),
              "cannot be read: " + cause,
              "give the data directory of the server that is backed up; PostgreSQL itself has it at "
                  + cluster.dataDirectory()),
          cause);
    }
    var found =
        bytes.length < Long.BYTES
            ? "none"
            : Long.toUnsignedString(
                ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong());
    if (!found.equals(cluster.systemId())) {
      throw new Problem(
              Code.BAD_INPUT,
              pgdata.toString(),
              "belongs to the cluster with system identifier %s, the server has %s"
                  .formatted(found, cluster.systemId()),
              "give the data directory of this server; PostgreSQL itself has it at "
                  + cluster.dataDirectory())
          .asException();
    }
  }

  /// PostgreSQL may write the file while it is read: what counts is what reads alike twice.
  byte[] steadyControl() throws IOException {
    var control = control();
    var bytes = Files.readAllBytes(control);
    for (int read = 1; read < CONTROL_READS; read++) {
      var again = Files.readAllBytes(control);
      if (Arrays.equals(bytes, again)) {
        return bytes;
      }
      bytes = again;
    }
    throw new Problem(
            Code.DISK,
            control.toString(),
            "changed at each of %d looks".formatted(CONTROL_READS),
            "try again; if it stays so, look for what else writes into the data directory")
        .asException();
  }

  /// Configuration that lies outside of it.
  List<Path> externalFiles() throws IOException {
    var inside = Path.of(cluster.dataDirectory());
    var files = new ArrayList<Path>();
    for (var file :
        Stream.of(cluster.configFile(), cluster.hbaFile(), cluster.identFile())
            .flatMap(Optional::stream)
            .map(Path::of)
            .filter(path -> !path.startsWith(inside))
            .toList()) {
      try {
        FoundFile.at("", file);
        files.add(file);
      } catch (NoSuchFileException absent) {
        if (!Optional.of(file.toString()).equals(cluster.identFile())) {
          throw Walk.unreadable(file.toString(), absent);
        }
      }
    }
    return files;
  }
}
