package io.cooper.backup.map;

import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.backup.wal.WalInspection;
import io.cooper.store.StoreException;
import java.time.Instant;
import java.util.Optional;

/// How far in time, and to which record, a recovery gets that finds a segment missing.
///
/// @param end where the WAL ends that it has
/// @param missing the segment that is not there
/// @param lastRecord where the last record begins that it replays; empty if the WAL was not read
/// @param newest when the last transaction ended that it replays: a target before it is reached,
///   for PostgreSQL stops at the first transaction that ended later; empty if the WAL was not read,
///   or none ended for many segments
/// @param before when the last segment came into the archive: all that is replayed happened before;
///   empty if there is no segment at all
public record Horizon(
    Lsn end,
    Segment missing,
    Optional<Lsn> lastRecord,
    Optional<Instant> newest,
    Optional<Instant> before) {
  /// An idle database has segments in which no transaction ends; so many of them are looked at.
  private static final int SEGMENTS_READ = 4;

  /// The horizon of a way, without reading any WAL.
  ///
  /// @param from the segment with which the recovery begins
  public static Horizon of(WalMap map, Way way, long from) {
    var missing = map.firstMissing(way, from);
    var number = missing.number(map.size());
    var before =
        number > from
            ? map.stored(way.legAt(number - 1).timeline(), number - 1)
            : Optional.<Instant>empty();
    return new Horizon(
        map.size().beginOf(number), missing, Optional.empty(), Optional.empty(), before);
  }

  /// The horizon of a way, exactly: reads the last segments, until a transaction is found.
  public static Horizon of(WalMap map, Way way, long from, WalInspection reading)
      throws StoreException {
    var known = of(map, way, from);
    Optional<Lsn> lastRecord = Optional.empty();
    Optional<Instant> newest = Optional.empty();
    var missing = known.missing.number(map.size());
    var first = Math.max(from, missing - SEGMENTS_READ);
    for (var number = missing - 1; number >= first && newest.isEmpty(); number--) {
      var segment = Segment.numbered(way.legAt(number).timeline(), number, map.size());
      var inspected = reading.segment(segment);
      if (inspected.isPresent()) {
        lastRecord = lastRecord.or(inspected.get()::lastRecord);
        newest = inspected.get().newest();
      }
    }
    return new Horizon(known.end, known.missing, lastRecord, newest, known.before);
  }

  /// Whether a recovery has a segment.
  ///
  /// @param number see [io.cooper.backup.format.SegmentSize#numberOf]
  public boolean covers(long number, io.cooper.backup.format.SegmentSize size) {
    return number < missing.number(size);
  }
}
