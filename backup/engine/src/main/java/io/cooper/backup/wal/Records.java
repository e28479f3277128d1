package io.cooper.backup.wal;

import io.cooper.backup.format.Lsn;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Follows the records of WAL from page to page, as recovery does, and compares the checksum of
/// each. The first record whose begin it has seen is the first it judges.
///
/// PostgreSQL 13 to 18, `access/xlog_internal.h` and `access/xlogrecord.h`: a page begins with a
/// header of 24 bytes, the first of a segment with one of 40; where a record goes on from the page
/// before, the header says how many bytes of it are left. A record begins at a multiple of eight,
/// with a header of 24 bytes: its whole length in the first four, in the last four a CRC-32C of all
/// that follows the header and then of the header before it. After the record of a switch the rest
/// of its segment is of no meaning.
///
/// Holds one header, whatever the length of a record. For one thread at a time.
final class Records {
  private static final int SHORT_HEADER = 24;
  private static final int CONTINUES = 0x0001;
  private static final int LONG_HEADER = 0x0002;
  private static final int OVERWRITES = 0x0008;
  private static final int LEFT_AT = 16;

  private static final int RECORD_HEADER = 24;
  private static final int INFO_AT = 16;
  private static final int MANAGER_AT = 17;
  private static final int SUM_AT = 20;
  private static final int OF_XLOG = 0;
  private static final int SWITCH = 0x40;
  private static final int KIND = 0xF0;

  private final byte[] head = new byte[RECORD_HEADER];
  private final CRC32C sum = new CRC32C();
  private int headFilled;
  private int left;
  private boolean following;
  private boolean switched;
  private Lsn begin = new Lsn(0);

  /// A segment begins. One that is not the next of the last: what is under way is forgotten.
  void segment(boolean isNext) {
    switched = false;
    if (!isNext) {
      following = false;
      left = 0;
    }
  }

  /// Follows through a page; says what is wrong with it, if anything is.
  ///
  /// @param at its address
  Optional<String> page(byte[] page, Lsn at) {
    if (switched) {
      return Optional.empty();
    }
    if (PageHeader.placeOf(page).filter(at::equals).isEmpty()) {
      return Optional.of(
          "the page at %s has %s"
              .formatted(
                  at,
                  PageHeader.placeOf(page)
                      .map(place -> "the address " + place)
                      .orElse("no header of a page of WAL")));
    }
    var bytes = ByteBuffer.wrap(page).order(PageHeader.order(page));
    int flags = bytes.getShort(2);
    int onThis = (flags & CONTINUES) != 0 ? bytes.getInt(LEFT_AT) : 0;
    int place = (flags & LONG_HEADER) != 0 ? PageHeader.LENGTH : SHORT_HEADER;
    if (!following) {
      return first(page, bytes, at, place, onThis);
    }
    if (left > 0 && (flags & OVERWRITES) != 0) {
      left = 0;
    }
    if (left != onThis) {
      return Optional.of(
          "the page at %s begins with %d bytes of an earlier record, of which %d are left"
              .formatted(at, Integer.toUnsignedLong(onThis), left));
    }
    return records(page, bytes, at, place);
  }

  /// Passes over what is left of a record whose begin was not seen.
  private Optional<String> first(byte[] page, ByteBuffer numbers, Lsn at, int from, int onThis) {
    int room = page.length - from;
    if (onThis < 0 || onThis > room) {
      return Optional.empty();
    }
    following = true;
    return records(page, numbers, at, from + aligned(onThis));
  }

  private Optional<String> records(byte[] page, ByteBuffer numbers, Lsn at, int from) {
    int place = from;
    while (place < page.length) {
      if (left == 0) {
        begin = at.plus(place);
        left = numbers.getInt(place);
        headFilled = 0;
        sum.reset();
        if (left < RECORD_HEADER) {
          return Optional.of(
              "there is no record at %s: its length is %d"
                  .formatted(begin, Integer.toUnsignedLong(left)));
        }
      }
      int count = Math.min(left, page.length - place);
      take(page, place, count);
      left -= count;
      place = aligned(place + count);
      if (left == 0) {
        if (!isRight(numbers)) {
          return Optional.of("the record at %s has a wrong checksum".formatted(begin));
        }
        if (head[MANAGER_AT] == OF_XLOG && (head[INFO_AT] & KIND) == SWITCH) {
          switched = true;
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private void take(byte[] from, int offset, int count) {
    int ofHead = Math.min(count, RECORD_HEADER - headFilled);
    System.arraycopy(from, offset, head, headFilled, ofHead);
    headFilled += ofHead;
    sum.update(from, offset + ofHead, count - ofHead);
  }

  private boolean isRight(ByteBuffer numbers) {
    sum.update(head, 0, SUM_AT);
    return (int) sum.getValue() == ByteBuffer.wrap(head).order(numbers.order()).getInt(SUM_AT);
  }

  private static int aligned(int length) {
    return (length + 7) & ~7;
  }
}
