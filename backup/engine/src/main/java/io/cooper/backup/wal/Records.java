package io.cooper.backup.wal;

import io.cooper.backup.format.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Follows the records of WAL from page to page, as recovery does, and compares the checksum of
/// each whose begin it has seen.
///
/// PostgreSQL 13 to 18, `access/xlog_internal.h` and `access/xlogrecord.h`: a page begins with a
/// header of 24 bytes, the first of a segment with one of 40; where a record goes on from the page
/// before, the header says how many bytes of it are left. A record begins at a multiple of eight,
/// with a header of 24 bytes: its whole length in the first four, in the last four a CRC-32C of all
/// that follows the header and then of the header before it. After the record of a switch the rest
/// of its segment is of no meaning.
///
/// Holds the first bytes of one record, whatever its length. For one thread at a time.
final class Records {
  /// The bytes of a record that a witness is shown, at most.
  static final int SHOWN = 64;

  /// What every record begins with.
  static final int HEADER = 24;

  private static final int SHORT_HEADER = 24;
  private static final int CONTINUES = 0x0001;
  private static final int LONG_HEADER = 0x0002;
  private static final int OVERWRITES = 0x0008;
  private static final int LEFT_AT = 16;

  private static final int INFO_AT = 16;
  private static final int MANAGER_AT = 17;
  private static final int SUM_AT = 20;
  private static final int OF_XLOG = 0;
  private static final int SWITCH = 0x40;
  private static final int KIND = 0xF0;

  /// Sees every record that is whole and right, in order.
  @FunctionalInterface
  interface Witness {
    /// @param record its first bytes, [#SHOWN] of them or all, in the order of the machine that
    ///   wrote it; of no meaning later
    void ended(Lsn begin, ByteBuffer record);
  }

  private final Witness witness;
  private final byte[] head = new byte[SHOWN];
  private final CRC32C sum = new CRC32C();
  private int shown;
  private int left;

  /// Whether the begin of the record that is under way was seen.
  private boolean seen;

  private boolean following;
  private boolean switched;
  private Lsn begin = new Lsn(0);

  /// Compares checksums alone.
  Records() {
    this((_, _) -> {});
  }

  Records(Witness witness) {
    this.witness = witness;
  }

  /// A segment begins. One that is not the next of the last: what is under way is forgotten.
  void segment(boolean isNext) {
    switched = false;
    following &= isNext;
  }

  /// Whether what follows in the segment is of no meaning.
  boolean isOver() {
    return switched;
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
    if (!following) {
      following = true;
      seen = false;
      left = onThis;
    } else if ((flags & OVERWRITES) != 0) {
      // The record before was never finished: PostgreSQL crashed in the middle of it.
      left = 0;
    }
    if (left != onThis || onThis < 0) {
      return Optional.of(
          "the page at %s begins with %d bytes of an earlier record, of which %d are left"
              .formatted(at, Integer.toUnsignedLong(onThis), left));
    }
    return records(page, bytes, at, (flags & LONG_HEADER) != 0 ? PageHeader.LENGTH : SHORT_HEADER);
  }

  private Optional<String> records(byte[] page, ByteBuffer numbers, Lsn at, int from) {
    int place = from;
    while (place < page.length && !switched) {
      if (left == 0) {
        begin = at.plus(place);
        left = numbers.getInt(place);
        seen = true;
        shown = 0;
        sum.reset();
        if (left < HEADER) {
          return Optional.of(
              "there is no record at %s: its length is %d"
                  .formatted(begin, Integer.toUnsignedLong(left)));
        }
      }
      int count = Math.min(left, page.length - place);
      if (seen) {
        take(page, place, count);
      }
      left -= count;
      place = aligned(place + count);
      if (left == 0 && seen && !ended(numbers.order())) {
        return Optional.of("the record at %s has a wrong checksum".formatted(begin));
      }
    }
    return Optional.empty();
  }

  private void take(byte[] from, int offset, int count) {
    int ofHeader = Math.clamp(HEADER - shown, 0, count);
    int ofHead = Math.min(count, SHOWN - shown);
    System.arraycopy(from, offset, head, shown, ofHead);
    shown += ofHead;
    sum.update(from, offset + ofHeader, count - ofHeader);
  }

  /// Whether the record that has ended is right.
  private boolean ended(ByteOrder order) {
    var record = ByteBuffer.wrap(head, 0, shown).order(order);
    sum.update(head, 0, SUM_AT);
    if ((int) sum.getValue() != record.getInt(SUM_AT)) {
      return false;
    }
    switched = head[MANAGER_AT] == OF_XLOG && (head[INFO_AT] & KIND) == SWITCH;
    witness.ended(begin, record);
    return true;
  }

  private static int aligned(int length) {
    return (length + 7) & ~7;
  }
}
