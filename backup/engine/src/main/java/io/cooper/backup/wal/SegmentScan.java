package io.cooper.backup.wal;

import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.WalName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Reads a segment from its first byte to its last: every page's header, every record's checksum,
/// and when transactions ended. Holds one page and the beginning of one record.
///
/// PostgreSQL, `access/xlog_internal.h` (`XLogPageHeaderData`) and `access/xlogrecord.h`
/// (`XLogRecord`); records are aligned to eight bytes and cross pages. What the segment before this
/// one began, and what the next one ends, cannot be checked alone.
final class SegmentScan {
  private static final Instant EPOCH = OffsetDateTime.parse("2000-01-01T00:00:00Z").toInstant();

  private static final int SHORT_HEADER = 24;
  private static final int RECORD_HEADER = 24;
  private static final int BEFORE_CRC = 20;

  /// As much of a record as tells when a transaction ended.
  private static final int KEPT = 64;

  private static final int CONTINUED = 0x0001;

  /// The record before was never finished: PostgreSQL crashed in the middle of it.
  private static final int GIVEN_UP = 0x0008;

  private static final int XLOG = 0;
  private static final int XACT = 1;
  private static final int SWITCH = 0x40;

  private final WalName.Segment name;
  private final Optional<Lsn> begun;
  private final byte[] head = new byte[KEPT];
  private final CRC32C crc = new CRC32C();
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
  private Optional<PageHeader> first = Optional.empty();

  /// Bytes of the record that is being read, all of it and what has come; none if none is.
  private long length;

  private long come;

  /// What is left of a record of the segment before.
  private long foreign;

  private boolean isOver;
  private Lsn recordAt = new Lsn(0);
  private Optional<Lsn> lastRecord = Optional.empty();
  private Optional<Instant> newest = Optional.empty();
  private Optional<String> damage = Optional.empty();

  private SegmentScan(WalName.Segment name, Optional<Lsn> begun) {
    this.name = name;
    this.begun = begun;
  }

  /// What a segment holds.
  ///
  /// @param header of its first page, if it begins as a segment does
  /// @param damage what is wrong with it, in words; empty if it is sound
  /// @param lastRecord where the last record begins that ends in it
  /// @param newest the newest time at which one of its transactions ended, committed or not
  record Scanned(
      Optional<PageHeader> header,
      Optional<String> damage,
      Optional<Lsn> lastRecord,
      Optional<Instant> newest) {}

  /// Scans a segment, decompressed.
  ///
  /// @param begun where its timeline left its parent, if that is known
  /// @throws IOException as the stream does
  static Scanned of(WalName.Segment name, Optional<Lsn> begun, InputStream segment)
      throws IOException {
    var scan = new SegmentScan(name, begun);
    scan.read(segment);
    return new Scanned(scan.first, scan.damage, scan.lastRecord, scan.newest);
  }

  private void read(InputStream segment) throws IOException {
    var begin = segment.readNBytes(PageHeader.LENGTH);
    first = PageHeader.find(begin);
    if (first.isEmpty()) {
      fail("does not begin as a WAL segment does");
      return;
    }
    first.get().strangenessAs(name).ifPresent(this::fail);
    order = PageHeader.order(begin);
    var pageSize = ByteBuffer.wrap(begin).order(order).getInt(36);
    if (Integer.bitCount(pageSize) != 1 || pageSize < 1 << 10 || pageSize > 1 << 16) {
      fail("says that its pages have %d bytes".formatted(pageSize));
      return;
    }
    var page = new byte[pageSize];
    System.arraycopy(begin, 0, page, 0, begin.length);
    var size = first.get().size().bytes();
    var filled = begin.length;
    for (var at = 0L; at < size; at += pageSize) {
      var count = filled + segment.readNBytes(page, filled, pageSize - filled);
      if (count < pageSize) {
        fail("ends after %d of %d bytes".formatted(at + count, size));
        return;
      }
      filled = 0;
      page(page, first.get().begin().plus(at), at == 0);
    }
    if (segment.read() >= 0) {
      fail("has more than the %d bytes that it can have".formatted(size));
    }
  }

  /// The first damage counts: what follows is often of it.
  private void fail(String what) {
    damage = damage.or(() -> Optional.of(what));
    isOver = true;
  }

  private void page(byte[] bytes, Lsn place, boolean isFirst) {
    if (isOver) {
      return;
    }
    var page = ByteBuffer.wrap(bytes).order(order);
    if (!PageHeader.placeOf(bytes).equals(Optional.of(place))) {
      fail("has no page at %s".formatted(place));
      return;
    }
    var strange = strangeTimeline(page.getInt(4), name, place, begun);
    if (strange.isPresent()) {
      fail(strange.get());
      return;
    }
    var info = page.getShort(2);
    var left = Integer.toUnsignedLong(page.getInt(16));
    page.position(isFirst ? PageHeader.LENGTH : SHORT_HEADER);
    if ((info & GIVEN_UP) != 0) {
      length = 0;
      foreign = 0;
    }
    if (isFirst) {
      foreign = (info & CONTINUED) == 0 ? 0 : left;
    } else if (!agrees((info & CONTINUED) != 0, left)) {
      fail("the page at %s does not go on where the one before ends".formatted(place));
      return;
    }
    content(page, place);
  }

  /// Why a page of a timeline cannot stand in a segment of this name; empty if it can. Before a
  /// timeline left its parent, its pages are copies of its parent's.
  static Optional<String> strangeTimeline(
      int timeline, WalName.Segment name, Lsn place, Optional<Lsn> begun) {
    var isOwn = begun.filter(begin -> place.compareTo(begin) >= 0).isPresent();
    return Integer.compareUnsigned(timeline, name.timeline()) > 0
            || (isOwn && timeline != name.timeline())
        ? Optional.of(
            "has a page of timeline %s at %s".formatted(Integer.toUnsignedString(timeline), place))
        : Optional.empty();
  }

  private boolean agrees(boolean isContinued, long left) {
    var expected = foreign > 0 ? foreign : length > 0 ? length - come : 0;
    return isContinued ? left == expected : expected == 0;
  }

  private void content(ByteBuffer page, Lsn place) {
    while (page.hasRemaining() && !isOver) {
      if (foreign > 0) {
        var count = (int) Math.min(foreign, page.remaining());
        page.position(page.position() + count);
        foreign -= count;
        align(page);
      } else if (length == 0) {
        begin(page, place);
      } else {
        goOn(page);
      }
    }
  }

  private static void align(ByteBuffer page) {
    page.position(Math.min(page.limit(), (page.position() + 7) & ~7));
  }

  private void begin(ByteBuffer page, Lsn place) {
    recordAt = place.plus(page.position());
    length = Integer.toUnsignedLong(page.getInt(page.position()));
    come = 0;
    crc.reset();
    if (length < RECORD_HEADER) {
      fail("has no record at %s".formatted(recordAt));
    }
  }

  private void goOn(ByteBuffer page) {
    var count = (int) Math.min(length - come, page.remaining());
    for (var at = 0; at < count && come + at < KEPT; at++) {
      head[(int) come + at] = page.get(page.position() + at);
    }
    var header = (int) Math.max(0, Math.min(count, RECORD_HEADER - come));
    if (count > header) {
      crc.update(page.array(), page.position() + header, count - header);
    }
    page.position(page.position() + count);
    come += count;
    if (come == length) {
      end();
      align(page);
    }
  }

  private void end() {
    var record = ByteBuffer.wrap(head).order(order);
    crc.update(head, 0, BEFORE_CRC);
    if ((int) crc.getValue() != record.getInt(BEFORE_CRC)) {
      fail("the record at %s has a wrong checksum".formatted(recordAt));
      return;
    }
    lastRecord = Optional.of(recordAt);
    var info = record.get(16) & 0xF0;
    var kind = record.get(17) & 0xFF;
    if (kind == XACT) {
      ended(record, info)
          .filter(time -> newest.filter(time::isBefore).isEmpty())
          .ifPresent(time -> newest = Optional.of(time));
    }
    // What follows a switch is zeros.
    isOver = kind == XLOG && info == SWITCH;
    length = 0;
  }

  /// When a transaction ended: the first eight bytes of what its record holds, in microseconds
  /// since 2000. `access/xact.h`: commit, abort, and both of a prepared one.
  private Optional<Instant> ended(ByteBuffer record, int info) {
    var operation = info & 0x70;
    if (operation != 0x00 && operation != 0x20 && operation != 0x30 && operation != 0x40) {
      return Optional.empty();
    }
    var at = RECORD_HEADER;
    while (at + 1 < Math.min(length, KEPT)) {
      switch (record.get(at) & 0xFF) {
        case 253 -> at += 3;
        case 252 -> at += 5;
        case 255 -> {
          return time(record, at + 2);
        }
        case 254 -> {
          return time(record, at + 5);
        }
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Instant> time(ByteBuffer record, int at) {
    return at + Long.BYTES > Math.min(length, KEPT)
        ? Optional.empty()
        : Optional.of(EPOCH.plus(record.getLong(at), ChronoUnit.MICROS));
  }
}
