package io.cooper.backup.wal;

import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.WalName;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;

/// What a segment holds, read from its first byte to its last. What the segment before this one
/// began, and what the next one ends, cannot be checked alone.
///
/// @param header of its first page, if it begins as a segment does
/// @param damage what is wrong with it, in words; empty if it is sound
/// @param lastRecord where the last record begins that ends in it
/// @param newest the newest time at which one of its transactions ended, committed or not
record SegmentScan(
    Optional<PageHeader> header,
    Optional<String> damage,
    Optional<Lsn> lastRecord,
    Optional<Instant> newest) {

  /// Scans a segment, decompressed.
  ///
  /// @param begun where its timeline left its parent, if that is known
  /// @throws IOException as the stream does
  static SegmentScan of(WalName.Segment name, Optional<Lsn> begun, InputStream segment)
      throws IOException {
    var begin = segment.readNBytes(PageHeader.LENGTH);
    var header = PageHeader.find(begin);
    if (header.isEmpty()) {
      return damaged(header, "does not begin as a WAL segment does");
    }
    var strange = header.get().strangenessAs(name);
    if (strange.isPresent()) {
      return damaged(header, strange.get());
    }
    var ends = new TransactionEnds();
    var records = new Records(ends);
    var read =
        SegmentPages.read(
            begin,
            header.get(),
            segment,
            (page, at) ->
                records.isOver()
                    ? Optional.empty()
                    : records
                        .page(page, at)
                        .or(() -> strangeTimeline(PageHeader.timelineOf(page), name, at, begun)));
    return new SegmentScan(header, read.fault(), ends.lastRecord(), ends.newest());
  }

  private static SegmentScan damaged(Optional<PageHeader> header, String what) {
    return new SegmentScan(header, Optional.of(what), Optional.empty(), Optional.empty());
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
}
