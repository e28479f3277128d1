package io.cooper.backup.wal;

import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.WalName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// The header of the first page of a WAL segment: which cluster, which timeline, which place.
///
/// PostgreSQL, `access/xlog_internal.h`, `XLogLongPageHeaderData`: magic and flags of two bytes,
/// timeline of four, address of eight, remaining length and padding of four each, then system
/// identifier of eight, segment and block size of four. In the byte order of the machine, which the
/// magic tells.
///
/// @param timeline on which the page was written; in the first segment of a timeline that is still
///   the parent
/// @param begin the address of the page
/// @param systemId of the cluster, unsigned
record PageHeader(int timeline, Lsn begin, long systemId, SegmentSize size) {
  /// Bytes that it takes.
  static final int LENGTH = 40;

  private static final int LONG_HEADER = 0x0002;

  /// The magic of every release since 9.3 begins with these; within a release the rest varies.
  private static final int OLDEST = 0xD0;

  private static final int YOUNGEST = 0xDF;

  /// Reads the begin of a segment; empty if it is none.
  static Optional<PageHeader> find(byte[] begin) {
    if (begin.length < LENGTH) {
      return Optional.empty();
    }
    var bytes = ByteBuffer.wrap(begin).order(order(begin));
    var magic = bytes.getShort(0) & 0xFFFF;
    var size = bytes.getInt(32);
    if (magic >>> 8 < OLDEST
        || magic >>> 8 > YOUNGEST
        || (bytes.getShort(2) & LONG_HEADER) == 0
        || !SegmentSize.isOne(size)) {
      return Optional.empty();
    }
    return Optional.of(
        new PageHeader(
            bytes.getInt(4), new Lsn(bytes.getLong(8)), bytes.getLong(24), new SegmentSize(size)));
  }

  /// The address that the header of any page says, the first or a later one; empty if it is none.
  static Optional<Lsn> placeOf(byte[] page) {
    if (page.length < LENGTH) {
      return Optional.empty();
    }
    var bytes = ByteBuffer.wrap(page).order(order(page));
    var magic = bytes.getShort(0) & 0xFFFF;
    return magic >>> 8 < OLDEST || magic >>> 8 > YOUNGEST
        ? Optional.empty()
        : Optional.of(new Lsn(bytes.getLong(8)));
  }

  /// The timeline that the header of any page says.
  static int timelineOf(byte[] page) {
    return ByteBuffer.wrap(page).order(order(page)).getInt(4);
  }

  /// The byte order of the machine that wrote a page.
  static ByteOrder order(byte[] begin) {
    var second = begin[1] & 0xFF;
    return second >= OLDEST && second <= YOUNGEST ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
  }

  /// Why a segment of this name cannot have this header; empty if it can.
  Optional<String> strangenessAs(WalName.Segment name) {
    if (!name.fits(size) || !name.begin(size).equals(begin)) {
      return Optional.of(
          "it begins at %s, and a segment of this name and of %d bytes at %s"
              .formatted(begin, size.bytes(), name.begin(size)));
    }
    return Integer.compareUnsigned(timeline, name.timeline()) > 0
        ? Optional.of(
            "it was written on timeline %s, later than its name says"
                .formatted(Integer.toUnsignedString(timeline)))
        : Optional.empty();
  }
}
