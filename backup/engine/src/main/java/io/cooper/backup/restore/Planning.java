package io.cooper.backup.restore;

import io.cooper.backup.catalog.Backup.Described;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.backup.map.Horizon;
import io.cooper.backup.map.WalMap;
import io.cooper.backup.map.Way;
import io.cooper.backup.restore.Plan.Nearest;
import io.cooper.backup.wal.WalInspection;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Whether a target can be reached from a backup with the WAL that there is.
///
/// PostgreSQL replays all the WAL there is before it says that it has missed its target. What it
/// will say is known before: it stops at a time when it sees a transaction that ended later, and at
/// a place when it sees a record that begins there or later; both must come before the first
/// segment that is missing.
final class Planning {
  /// How much the clocks of the store and of the database may differ.
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private final String place;
  private final WalMap map;
  private final WalInspection reading;
  private final List<Described> others;

  /// @param place where the WAL lies, as messages name it
  /// @param others all backups that are done
  Planning(String place, WalMap map, WalInspection reading, List<Described> others) {
    this.place = place;
    this.map = map;
    this.reading = reading;
    this.others = others;
  }

  Plan plan(Described backup, Target target, int timeline) throws StoreException {
    var way = map.way(timeline);
    var begin = backup.info().get(BackupInfo.BEGIN_WAL);
    if (map.isEmpty() || begin.isEmpty()) {
      return new Plan(
          backup,
          target,
          timeline,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of());
    }
    var from = begin.get().number(map.size());
    var horizon =
        target instanceof Target.Time || target instanceof Target.Place
            ? Horizon.of(map, way, from, reading)
            : Horizon.of(map, way, from);
    var obstacle =
        map.leadsFrom(backup.info(), way)
            ? inconsistent(backup, horizon).or(() -> unreachable(target, horizon, way))
            : Optional.of(branchedOff(backup, timeline));
    var last = Math.max(from, last(backup, target, way, horizon));
    return new Plan(
        backup,
        target,
        timeline,
        Optional.of(
            new Plan.Wal(
                Segment.numbered(way.legAt(from).timeline(), from, map.size()),
                Segment.numbered(way.legAt(last).timeline(), last, map.size()),
                last - from + 1,
                map.bytes(way, from, last + 1))),
        Optional.of(horizon),
        obstacle,
        obstacle.isEmpty() ? List.of() : nearest(backup, target, way, horizon));
  }

  private Problem branchedOff(Described backup, int timeline) {
    return problem(
        "backup %s is of timeline %s, which timeline %s does not come from at its end"
            .formatted(
                backup.id(),
                Integer.toUnsignedString(WalMap.timelineOf(backup.info())),
                Integer.toUnsignedString(timeline)),
        "choose another backup, or recover along its own: --target-timeline current");
  }

  /// The backup's own WAL has to be there, whatever the target.
  private Optional<Problem> inconsistent(Described backup, Horizon horizon) {
    return backup
        .wal()
        .filter(wal -> !horizon.covers(wal.end().number(map.size()), map.size()))
        .map(_ ->
            problem(
                "backup %s needs WAL %s, which is not there"
                    .formatted(backup.id(), horizon.missing()),
                "choose another backup; or archive the segment from the pg_wal of a server that"
                    + " still has it"));
  }

  private Optional<Problem> unreachable(Target target, Horizon horizon, Way way) {
    return switch (target) {
      case Target.Time(var time) -> unreachable(time, horizon, way);
      case Target.Place(var lsn) -> unreachable(lsn, horizon, way);
      // Nothing in the archive tells where those are.
      case Target.Name _, Target.Transaction _, Target.Latest _, Target.Immediate _ ->
          Optional.empty();
    };
  }

  private Optional<Problem> unreachable(OffsetDateTime time, Horizon horizon, Way way) {
    var target = time.toInstant();
    if (horizon.newest().isPresent()) {
      return horizon
          .newest()
          .filter(newest -> !newest.isAfter(target))
          .map(newest ->
              problem(
                  "%s: no transaction that can be replayed ended after %s; the newest that can be reached is just before %s"
                      .formatted(why(horizon, way), time, newest),
                  instead(horizon, way)));
    }
    return horizon
        .before()
        .filter(before -> target.isAfter(before.plus(CLOCKS_DIFFER)))
        .map(before ->
            problem(
                "%s: the target %s is later than all of it; the newest that can be reached is about %s, when it was stored"
                    .formatted(why(horizon, way), time, before),
                instead(horizon, way)));
  }

  private Optional<Problem> unreachable(Lsn lsn, Horizon horizon, Way way) {
    var isBehind =
        lsn.compareTo(horizon.end()) >= 0
            || horizon
                .lastRecord()
                .filter(record -> isInLastSegment(lsn, horizon) && lsn.compareTo(record) > 0)
                .isPresent();
    return isBehind
        ? Optional.of(
            problem(
                "%s: the target %s lies behind it; the newest that can be reached is %s"
                    .formatted(why(horizon, way), lsn, horizon.lastRecord().orElse(horizon.end())),
                instead(horizon, way)))
        : Optional.empty();
  }

  private boolean isInLastSegment(Lsn lsn, Horizon horizon) {
    return map.size().numberOf(lsn) == horizon.missing().number(map.size()) - 1;
  }

  private String why(Horizon horizon, Way way) {
    return isHole(horizon, way)
        ? "WAL %s is missing, and ends at %s before more of it"
            .formatted(horizon.missing(), horizon.end())
        : "the WAL in the archive ends at %s".formatted(horizon.end());
  }

  private String instead(Horizon horizon, Way way) {
    return isHole(horizon, way)
        ? "choose an earlier target, or one after the next backup"
        : "choose an earlier target, or wait until the server has archived its WAL";
  }

  private boolean isHole(Horizon horizon, Way way) {
    return map.firstThere(way, horizon.missing().number(map.size())).isPresent();
  }

  private Problem problem(String what, String remedy) {
    return new Problem(Code.NO_SUCH_OBJECT, place, what, remedy);
  }

  /// The last segment that is replayed: where the target is, or where nobody knows, all there is.
  private long last(Described backup, Target target, Way way, Horizon horizon) {
    var own = backup.wal().map(wal -> wal.end().number(map.size())).orElse(0L);
    var all = horizon.missing().number(map.size()) - 1;
    return switch (target) {
      case Target.Immediate _ -> own;
      case Target.Place(var lsn) -> Math.max(own, Math.min(all, map.size().numberOf(lsn)));
      case Target.Time(var time) ->
          Math.max(own, firstStoredAfter(time.toInstant(), way, own, all));
      case Target.Latest _, Target.Name _, Target.Transaction _ -> all;
    };
  }

  /// What was stored before a time cannot hold what happened after it.
  private long firstStoredAfter(Instant time, Way way, long from, long all) {
    for (var number = from; number < all; number++) {
      var stored = map.stored(way.legAt(number).timeline(), number);
      if (stored.filter(each -> each.isAfter(time)).isPresent()) {
        return number;
      }
    }
    return all;
  }

  private List<Nearest> nearest(Described backup, Target target, Way way, Horizon horizon)
      throws StoreException {
    var nearest = new ArrayList<Nearest>();
    if (map.leadsFrom(backup.info(), way) && inconsistent(backup, horizon).isEmpty()) {
      nearest.add(
          new Nearest(
              true,
              horizon.lastRecord().orElse(horizon.end()),
              horizon.newest().or(horizon::before),
              backup));
    }
    others.stream()
        .filter(other -> isAfter(other, target, horizon))
        .filter(other -> map.leadsFrom(other.info(), map.way(WalMap.timelineOf(other.info()))))
        .filter(other ->
            other
                .info()
                .get(BackupInfo.BEGIN_WAL)
                .filter(begin ->
                    inconsistent(
                            other,
                            Horizon.of(
                                map,
                                map.way(WalMap.timelineOf(other.info())),
                                begin.number(map.size())))
                        .isEmpty())
                .isPresent())
        .min(Comparator.comparing(other -> other.info().get(BackupInfo.END_LSN).orElseThrow()))
        .ifPresent(other ->
            nearest.add(
                new Nearest(
                    false,
                    other.info().get(BackupInfo.END_LSN).orElseThrow(),
                    other.info().get(BackupInfo.END_TIME).map(OffsetDateTime::toInstant),
                    other)));
    return nearest;
  }

  private static boolean isAfter(Described backup, Target target, Horizon horizon) {
    var end = backup.info().get(BackupInfo.END_LSN);
    var isBehindHole = end.filter(each -> each.compareTo(horizon.end()) > 0).isPresent();
    return switch (target) {
      case Target.Time(var time) ->
          end.isPresent()
              && backup
                  .info()
                  .get(BackupInfo.END_TIME)
                  .filter(each -> each.isAfter(time))
                  .isPresent();
      case Target.Place(var lsn) -> end.filter(each -> each.compareTo(lsn) > 0).isPresent();
      case Target.Name _, Target.Transaction _, Target.Latest _, Target.Immediate _ -> isBehindHole;
    };
  }
}
