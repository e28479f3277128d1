package io.cooper.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// As much of a data directory as an archiver looks at.
record DataDirectory(Path folder) {
  /// The only segment in it.
  static final String SEGMENT = "000000010000000000000003";

  private static final int MEBIBYTE = 1 << 20;
  private static final int PAGE = 8192;

  /// One of a cluster, without WAL; in the place of another one if there is one.
  static DataDirectory in(Path folder, long systemId) throws IOException {
    Files.createDirectories(folder.resolve("pg_wal/archive_status"));
    Files.createDirectories(folder.resolve("global"));
    var control = ByteBuffer.allocate(PAGE).order(ByteOrder.nativeOrder());
    control.putLong(systemId).putInt(1800);
    Files.write(folder.resolve("global/pg_control"), control.array());
    return new DataDirectory(folder);
  }

  /// A segment of 1 MiB that PostgreSQL 18 could have written.
  Path segment(long systemId, int filling) throws IOException {
    var bytes = ByteBuffer.allocate(MEBIBYTE).order(ByteOrder.LITTLE_ENDIAN);
    for (int page = 0; page < MEBIBYTE; page += PAGE) {
      bytes.position(page);
      bytes.putShort((short) 0xD118).putShort((short) (page == 0 ? 2 : 0));
      bytes.putInt(1).putLong(3L * MEBIBYTE + page).putInt(0).putInt(0);
      if (page == 0) {
        bytes.putLong(systemId).putInt(MEBIBYTE).putInt(PAGE);
      }
      bytes.putInt(filling);
    }
    return Files.write(folder.resolve("pg_wal").resolve(SEGMENT), bytes.array());
  }
}
