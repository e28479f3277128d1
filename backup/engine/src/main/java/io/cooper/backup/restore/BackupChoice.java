package io.cooper.backup.restore;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.TimelineHistory;
import io.cooper.backup.wal.WalArchive;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Chooses the backup that a restore begins with: the newest that is done and ended before the
/// target of the recovery.
public final class BackupChoice {
  /// PostgreSQL's own default: the newest timeline there is.
  static final String LATEST = "latest";

  /// The timeline of the backup, whichever that is.
  static final String CURRENT = "current";

  /// How much the clocks of the store and of the database may differ.
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private final ObjectStore store;
  private final ServerFolder server;

  /// @param server whose backups
  public BackupChoice(ObjectStore store, ServerFolder server) {
    this.store = store;
    this.server = server;
  }

  /// A backup and its description.
  public record Chosen(BackupId id, BackupInfo info) {}

  /// Chooses.
  ///
  /// @param target of the recovery; [Target.Latest] if there is none
  /// @param timeline along which is recovered: a number, `latest` or `current`. A backup of a
  ///   timeline that the wanted one did not come from, or left before the backup ended, does not
  ///   fit
  /// @throws ProblemException with [Code#NO_SUCH_OBJECT] if no backup fits or the target lies
  ///   beyond all WAL that is in the archive, with [Code#BAD_USE] if one was named that is not
  ///   done, or if none was named where only the user can know which is right; with
  ///   [Code#BAD_INPUT] if the named one cannot be read
  public Chosen choose(Wanted wanted, Target target, String timeline) throws StoreException {
    var chosen =
        switch (wanted) {
          case Wanted.Id(var id) -> requireDone(named(id));
          case Wanted.Named(var name) -> requireDone(newestNamed(name));
          case Wanted.Fitting() -> fitting(target, timeline);
        };
    requireReachable(chosen, target);
    return chosen;
  }

  private Chosen named(BackupId id) throws StoreException {
    return read(id).orElseThrow(() -> none("there is no backup " + id));
  }

  private Chosen newestNamed(String name) throws StoreException {
    return all().stream()
        .filter(each -> each.info.get(BackupInfo.NAME).equals(Optional.of(name)))
        .max(
            Comparator.<Chosen, Boolean>comparing(each -> isDone(each.info))
                .thenComparing(Chosen::id))
        .orElseThrow(() -> none("there is no backup named '%s'".formatted(name)));
  }

  private Chosen requireDone(Chosen chosen) {
    if (isDone(chosen.info)) {
      return chosen;
    }
    throw new Problem(
            Code.BAD_USE,
            store.name() + "/" + server.info(chosen.id),
            "says %s%s: the backup is not complete"
                .formatted(
                    chosen.info.status(),
                    chosen.info.get(BackupInfo.ERROR).map(each -> ", " + each).orElse("")),
            "choose one that is DONE, or leave the choice to Cooper")
        .asException();
  }

  private static boolean isDone(BackupInfo info) {
    return info.status() == Status.DONE || info.status() == Status.WAITING_FOR_WALS;
  }

  private Chosen fitting(Target target, String timeline) throws StoreException {
    var complete = all().stream().filter(each -> isDone(each.info)).toList();
    var done = along(timeline, complete);
    return switch (target) {
      case Target.Latest() -> newest(done, _ -> true, "none is done");
      case Target.Immediate() -> newest(done, _ -> true, "none is done");
      case Target.Time(var time) ->
          newest(
              done,
              each -> endedBy(each.info, time),
              "none ended by " + time + earliest(done, BackupInfo.END_TIME));
      case Target.Place(var lsn) ->
          newest(
              done,
              each -> endedBy(each.info, lsn),
              "none ended at or before " + lsn + earliest(done, BackupInfo.END_LSN));
      case Target.Name(var name) -> only(done, "restore point '%s'".formatted(name));
      case Target.Transaction(var id) -> only(done, "transaction " + Long.toUnsignedString(id));
    };
  }

  private static <T extends Comparable<? super T>> String earliest(
      List<Chosen> done, BackupInfo.Field<T> field) {
    return done.stream()
        .flatMap(each -> each.info.get(field).stream())
        .min(Comparator.naturalOrder())
        .map(first -> "; the oldest target that can be reached is " + first)
        .orElse("");
  }

  /// PostgreSQL replays all the WAL there is before it says that it has missed its target: what can
  /// be told from the archive is told before anything is restored.
  private void requireReachable(Chosen chosen, Target target) throws StoreException {
    switch (target) {
      case Target.Time(var time) -> requireReachable(chosen, time);
      case Target.Place(var lsn) -> requireReachable(chosen, lsn);
      // Nothing in the archive tells where those are.
      case Target.Name _, Target.Transaction _, Target.Latest _, Target.Immediate _ -> {}
    }
  }

  private void requireReachable(Chosen chosen, OffsetDateTime time) throws StoreException {
    if (endedAfter(chosen.info, time)) {
      throw none(
          "backup %s ended at %s, after the target %s"
              .formatted(chosen.id, chosen.info.get(BackupInfo.END_TIME).orElseThrow(), time));
    }
    var reach = Reach.of(store, server, chosen.info.segmentSize());
    if (reach.isPresent() && time.toInstant().isAfter(reach.get().stored().plus(CLOCKS_DIFFER))) {
      throw beyond(
          "the target %s is later than all WAL in the archive; the newest that can be reached is about %s, when WAL up to %s was stored"
              .formatted(time, reach.get().stored(), reach.get().end()));
    }
  }

  private static boolean endedAfter(BackupInfo info, OffsetDateTime time) {
    return info.get(BackupInfo.END_TIME).filter(end -> end.isAfter(time)).isPresent();
  }

  private void requireReachable(Chosen chosen, Lsn lsn) throws StoreException {
    var end = chosen.info.get(BackupInfo.END_LSN);
    if (end.filter(each -> each.compareTo(lsn) > 0).isPresent()) {
      throw none("backup %s ended at %s, after the target %s".formatted(chosen.id, end.get(), lsn));
    }
    var reach = Reach.of(store, server, chosen.info.segmentSize());
    if (reach.isPresent() && lsn.compareTo(reach.get().end()) > 0) {
      throw beyond(
          "the target %s is beyond all WAL in the archive; the newest that can be reached is %s"
              .formatted(lsn, reach.get().end()));
    }
  }

  private ProblemException beyond(String what) {
    return new Problem(
            Code.NO_SUCH_OBJECT,
            store.name() + "/" + server.wals(),
            what,
            "choose an earlier target, or wait until the server has archived its WAL")
        .asException();
  }

  private List<Chosen> along(String timeline, List<Chosen> done) throws StoreException {
    if (timeline.equals(CURRENT)) {
      return done;
    }
    var history =
        timeline.equals(LATEST) ? newestHistory(done) : history(Integer.parseUnsignedInt(timeline));
    return done.stream()
        .filter(each -> history.isEmpty() || leadsTo(history.get(), each.info))
        .toList();
  }

  /// As PostgreSQL does: counts on from the newest that is known, until there is no history.
  private Optional<TimelineHistory> newestHistory(List<Chosen> done) throws StoreException {
    int newest = done.stream().mapToInt(each -> timelineOf(each.info)).max().orElse(1);
    var found = history(newest);
    for (var next = history(newest + 1); next.isPresent(); next = history(newest + 1)) {
      found = next;
      newest++;
    }
    return found;
  }

  private Optional<TimelineHistory> history(int timeline) throws StoreException {
    return new WalArchive(store, server, WalArchive.Settings.with(Codec.NONE)).history(timeline);
  }

  private static int timelineOf(BackupInfo info) {
    return info.get(BackupInfo.TIMELINE).map(Long::intValue).orElse(1);
  }

  /// Whether the last byte that the backup needs lies on the way.
  private static boolean leadsTo(TimelineHistory history, BackupInfo info) {
    var end = info.get(BackupInfo.END_LSN);
    return end.isEmpty() || history.includes(timelineOf(info), end.get().plus(-1));
  }

  private static boolean endedBy(BackupInfo info, OffsetDateTime time) {
    return info.get(BackupInfo.END_TIME).filter(end -> !end.isAfter(time)).isPresent();
  }

  private static boolean endedBy(BackupInfo info, Lsn lsn) {
    return info.get(BackupInfo.END_LSN).filter(end -> end.compareTo(lsn) <= 0).isPresent();
  }

  private Chosen newest(List<Chosen> done, Predicate<Chosen> fits, String otherwise) {
    return done.stream()
        .filter(fits)
        .max(Comparator.comparing(BackupChoice::end).thenComparing(Chosen::id))
        .orElseThrow(() -> none("of %d complete backups, %s".formatted(done.size(), otherwise)));
  }

  private static OffsetDateTime end(Chosen chosen) {
    return chosen.info.get(BackupInfo.END_TIME).orElse(OffsetDateTime.MIN);
  }

  /// Nothing in the archive tells when a name or a transaction was: with several backups only the
  /// user knows which one is older.
  private Chosen only(List<Chosen> done, String target) {
    if (done.size() > 1) {
      throw new Problem(
              Code.BAD_USE,
              store.name() + "/" + server.bases(),
              "has %d backups, and none tells whether it is older than %s"
                  .formatted(done.size(), target),
              "name the backup that ended before it: " + ids(done))
          .asException();
    }
    return newest(done, _ -> true, "none is done");
  }

  private static String ids(List<Chosen> backups) {
    return String.join(", ", backups.stream().map(each -> each.id.text()).sorted().toList());
  }

  private ProblemException none(String what) {
    return new Problem(
            Code.NO_SUCH_OBJECT,
            store.name() + "/" + server.bases(),
            what,
            "look at what is there: cooper backup list")
        .asException();
  }

  /// All backups that can be read. One that cannot be does not keep the others from being restored.
  private List<Chosen> all() throws StoreException {
    var found = new ArrayList<Chosen>();
    for (var folder : store.folders(server.bases())) {
      var id = BackupId.find(folder);
      if (id.isPresent()) {
        try {
          read(id.get()).ifPresent(found::add);
        } catch (ProblemException _) {
          // It may be half-written, or of a later version.
        }
      }
    }
    return found;
  }

  private Optional<Chosen> read(BackupId id) throws StoreException {
    var key = server.info(id);
    try (var stored = store.open(key)) {
      return Optional.of(
          new Chosen(id, BackupInfo.parse(store.name() + "/" + key, stored.readAllBytes())));
    } catch (StoreException failed) {
      if (failed.code() == Code.NO_SUCH_OBJECT) {
        return Optional.empty();
      }
      throw failed;
    } catch (IOException other) {
      throw new IllegalStateException("a store fails with nothing else", other);
    }
  }
}
