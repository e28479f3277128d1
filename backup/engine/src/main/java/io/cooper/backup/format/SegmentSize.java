package io.cooper.backup.format;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;

/// The size of the segments of a cluster's WAL, chosen by `initdb --wal-segsize`.
///
/// @param bytes a power of two from 1 MiB to 1 GiB
public record SegmentSize(int bytes) {
  /// What PostgreSQL uses unless told otherwise: 16 MiB.
  public static final SegmentSize USUAL = new SegmentSize(16 << 20);

  private static final int SMALLEST = 1 << 20;
  private static final int LARGEST = 1 << 30;

  /// @throws io.cooper.problem.ProblemException with [Code#BAD_INPUT] for any other number
  public SegmentSize {
    if (!isOne(bytes)) {
      throw new Problem(
              Code.BAD_INPUT,
              "WAL segment size " + bytes,
              "is not a power of two from 1 MiB to 1 GiB",
              "take the cluster's wal_segment_size in bytes, usually 16777216")
          .asException();
    }
  }

  /// Whether a cluster can have segments of so many bytes.
  public static boolean isOne(long bytes) {
    return bytes >= SMALLEST && bytes <= LARGEST && Long.bitCount(bytes) == 1;
  }

  /// How many segments share the middle eight digits of their names.
  int perLog() {
    return (int) ((1L << 32) / bytes);
  }

  /// Which segment holds the byte at a place, counted from the beginning of all WAL, whatever the
  /// timeline.
  public long numberOf(Lsn place) {
    return Long.divideUnsigned(place.bytes(), bytes);
  }

  /// Where a segment begins.
  public Lsn beginOf(long number) {
    return new Lsn(number * bytes);
  }

  /// How far a place lies from the beginning of its segment.
  public int offsetOf(Lsn place) {
    return (int) (place.bytes() & (bytes - 1));
  }
}
