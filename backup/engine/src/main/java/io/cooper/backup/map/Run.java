package io.cooper.backup.map;

import java.time.Instant;
import java.util.Arrays;

/// Segments of one timeline that follow each other without a gap. Eight bytes for each: a hundred
/// thousand of them are less than a megabyte.
public final class Run {
  private static final int FEW = 16;

  private final long first;
  private int count;

  /// Seconds since 1970, unsigned.
  private int[] stored = new int[FEW];

  private int[] bytes = new int[FEW];

  Run(long first) {
    this.first = first;
  }

  /// Its first segment, see [io.cooper.backup.format.SegmentSize#numberOf].
  public long first() {
    return first;
  }

  /// The segment after its last.
  public long end() {
    return first + count;
  }

  /// How many segments it has.
  public int count() {
    return count;
  }

  /// When a segment came into the archive, by the store's clock, to the second, rounded up: all
  /// that is in it happened before.
  public Instant stored(long number) {
    return Instant.ofEpochSecond(Integer.toUnsignedLong(stored[index(number)]));
  }

  /// Stored bytes of the segments from one up to, and without, another.
  public long bytes(long from, long to) {
    var sum = 0L;
    for (var number = Math.max(from, first); number < Math.min(to, end()); number++) {
      sum += Integer.toUnsignedLong(bytes[index(number)]);
    }
    return sum;
  }

  /// The same segments from one up to, and without, another.
  Run part(long from, long to) {
    var part = new Run(from);
    part.stored = Arrays.copyOfRange(stored, index(from), index(to));
    part.bytes = Arrays.copyOfRange(bytes, index(from), index(to));
    part.count = Math.toIntExact(to - from);
    return part;
  }

  private int index(long number) {
    return Math.toIntExact(number - first);
  }

  void add(Instant when, long size) {
    if (count == stored.length) {
      stored = Arrays.copyOf(stored, count * 2);
      bytes = Arrays.copyOf(bytes, count * 2);
    }
    stored[count] = (int) (when.getNano() == 0 ? when.getEpochSecond() : when.getEpochSecond() + 1);
    // No segment is larger than 1 GiB; what says to be is found by the audit.
    bytes[count] = (int) Math.min(size, 0xFFFF_FFFFL);
    count++;
  }
}
