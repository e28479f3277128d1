package io.cooper.backup.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.format.WalName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/// A data directory's `pg_wal` as PostgreSQL 18 leaves it, with WAL of our own making: true
/// headers, half-random content.
final class Wal {
  static final long CLUSTER = 7_710_538_029_073_545_286L;
  static final int MEBIBYTE = 1 << 20;
  static final int PAGE = 8192;

  private final Path pgdata;
  private final long systemId;
  private final int size;

  private Wal(Path pgdata, long systemId, int size) {
    this.pgdata = pgdata;
    this.systemId = systemId;
    this.size = size;
  }

  /// A cluster with segments of 1 MiB.
  static Wal in(Path pgdata) {
    return in(pgdata, CLUSTER, MEBIBYTE);
  }

  static Wal in(Path pgdata, long systemId, int size) {
    var wal = new Wal(pgdata, systemId, size);
    try {
      Files.createDirectories(pgdata.resolve("pg_wal/archive_status"));
      Files.createDirectories(pgdata.resolve("global"));
      var control = ByteBuffer.allocate(8192).order(ByteOrder.nativeOrder());
      control.putLong(systemId).putInt(1800);
      Files.write(pgdata.resolve("global/pg_control"), control.array());
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    return wal;
  }

  Path folder() {
    return pgdata.resolve("pg_wal");
  }

  /// Writes a segment or partial segment of any content of its own.
  Path segment(String name, long seed) {
    return file(name, content(name, seed));
  }

  byte[] content(String name, long seed) {
    return content(name, seed, systemId, size);
  }

  /// The header of a segment's first page.
  static byte[] begin(String name, long systemId, int size) {
    var segment = SourceFile.segmentOf(WalName.parse(name));
    return ByteBuffer.allocate(PageHeader.LENGTH)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) 0xD118)
        .putShort((short) 2)
        .putInt(segment.timeline())
        .putLong(((long) segment.log() << 32) + (long) segment.low() * size)
        .putInt(0)
        .putInt(0)
        .putLong(systemId)
        .putInt(size)
        .putInt(PAGE)
        .array();
  }

  static byte[] content(String name, long seed, long systemId, int size) {
    var segment = SourceFile.segmentOf(WalName.parse(name));
    var bytes = new byte[size];
    var random = new Random(seed);
    var out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    var place = ((long) segment.log() << 32) + (long) segment.low() * size;
    for (var page = 0; page < size; page += PAGE) {
      out.position(page);
      out.putShort((short) 0xD118).putShort((short) (page == 0 ? 2 : 0));
      out.putInt(segment.timeline()).putLong(place + page).putInt(0).putInt(0);
      if (page == 0) {
        out.putLong(systemId).putInt(size).putInt(PAGE);
      }
      var filling = new byte[3000];
      random.nextBytes(filling);
      out.put(filling);
    }
    return bytes;
  }

  Path file(String name, byte[] content) {
    try {
      return Files.write(folder().resolve(name), content);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  Path history(int timeline, String text) {
    return file("%08X.history".formatted(timeline), text.getBytes(UTF_8));
  }

  /// Marks a file ready, as PostgreSQL does when it is full.
  void ready(String name) {
    try {
      Files.createFile(folder().resolve("archive_status/" + name + ".ready"));
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /// Marks it done, as PostgreSQL does when the archiver said yes.
  void done(String name) {
    try {
      Files.move(
          folder().resolve("archive_status/" + name + ".ready"),
          folder().resolve("archive_status/" + name + ".done"));
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  static String name(int number) {
    return "00000001%08X%08X".formatted(number / 4096, number % 4096);
  }
}
