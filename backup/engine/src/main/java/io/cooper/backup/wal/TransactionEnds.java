package io.cooper.backup.wal;

import io.cooper.backup.format.Lsn;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Remembers the last record, and when the newest transaction ended, committed or not.
///
/// PostgreSQL, `access/xact.h` and `access/xlogrecord.h`: the main data of the record of a commit
/// or an abort, also of a prepared transaction, begins with a time of eight bytes, in microseconds
/// since 2000. It follows the header of the record, and whoever caused it.
final class TransactionEnds implements Records.Witness {
  private static final Instant EPOCH = OffsetDateTime.parse("2000-01-01T00:00:00Z").toInstant();

  private static final int INFO_AT = 16;
  private static final int MANAGER_AT = 17;
  private static final int OF_TRANSACTIONS = 1;

  private static final int OPERATION = 0x70;
  private static final int COMMIT = 0x00;
  private static final int ABORT = 0x20;
  private static final int COMMIT_PREPARED = 0x30;
  private static final int ABORT_PREPARED = 0x40;

  private static final int ORIGIN = 253;
  private static final int TOP_TRANSACTION = 252;
  private static final int SHORT_DATA = 255;
  private static final int LONG_DATA = 254;

  private Optional<Lsn> lastRecord = Optional.empty();
  private Optional<Instant> newest = Optional.empty();

  @Override
  public void ended(Lsn begin, ByteBuffer record) {
    lastRecord = Optional.of(begin);
    if (record.get(MANAGER_AT) == OF_TRANSACTIONS && isEnd(record.get(INFO_AT) & OPERATION)) {
      time(record)
          .filter(time -> newest.filter(time::isBefore).isEmpty())
          .ifPresent(time -> newest = Optional.of(time));
    }
  }

  private static boolean isEnd(int operation) {
    return operation == COMMIT
        || operation == ABORT
        || operation == COMMIT_PREPARED
        || operation == ABORT_PREPARED;
  }

  private static Optional<Instant> time(ByteBuffer record) {
    int at = Records.HEADER;
    while (at < record.limit()) {
      switch (record.get(at) & 0xFF) {
        case ORIGIN -> at += 3;
        case TOP_TRANSACTION -> at += 5;
        case SHORT_DATA -> {
          return time(record, at + 2);
        }
        case LONG_DATA -> {
          return time(record, at + 5);
        }
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Instant> time(ByteBuffer record, int at) {
    return at + Long.BYTES > record.limit()
        ? Optional.empty()
        : Optional.of(EPOCH.plus(record.getLong(at), ChronoUnit.MICROS));
  }

  /// Where the last record begins that was right.
  Optional<Lsn> lastRecord() {
    return lastRecord;
  }

  /// When the newest transaction ended.
  Optional<Instant> newest() {
    return newest;
  }
}
