package io.cooper.backup.wal;

import io.cooper.backup.format.Lsn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A segment, decompressed, from its first byte to its last. Holds one page.
final class SegmentPages {
  private static final int SMALLEST = 1 << 10;
  private static final int LARGEST = 64 << 10;
  private static final int SIZE_AT = 36;

  private SegmentPages() {}

  /// Says what is wrong with a page, if anything is.
  @FunctionalInterface
  interface Judge {
    Optional<String> page(byte[] page, Lsn at);
  }

  /// What was read.
  ///
  /// @param bytes of it, the begin included
  /// @param fault the first thing that is wrong: what follows is often of it
  record Read(long bytes, Optional<String> fault) {}

  /// Reads a segment to its end, whatever is wrong with it: the compression may have more to say.
  ///
  /// @param begin its first bytes, which are already read
  /// @param header what they say
  /// @param in what follows them
  /// @throws IOException as the stream does
  static Read read(byte[] begin, PageHeader header, InputStream in, Judge judge)
      throws IOException {
    int pageSize = ByteBuffer.wrap(begin).order(PageHeader.order(begin)).getInt(SIZE_AT);
    if (pageSize < SMALLEST || pageSize > LARGEST || Integer.bitCount(pageSize) != 1) {
      return new Read(
          begin.length, Optional.of("says that its pages have %d bytes".formatted(pageSize)));
    }
    var page = new byte[pageSize];
    System.arraycopy(begin, 0, page, 0, begin.length);
    int filled = begin.length;
    var fault = Optional.<String>empty();
    long size = header.size().bytes();
    for (long at = 0; at < size; at += pageSize) {
      filled += in.readNBytes(page, filled, pageSize - filled);
      if (filled < pageSize) {
        var end = at + filled;
        return new Read(
            end, fault.or(() -> Optional.of("ends after %d of %d bytes".formatted(end, size))));
      }
      if (fault.isEmpty()) {
        fault = judge.page(page, header.begin().plus(at));
      }
      filled = 0;
    }
    return new Read(
        size,
        in.read() < 0
            ? fault
            : fault.or(
                () -> Optional.of("has more than the %d bytes that it can have".formatted(size))));
  }
}
