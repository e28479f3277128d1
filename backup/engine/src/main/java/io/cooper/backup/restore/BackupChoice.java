package io.cooper.backup.restore;

import io.cooper.backup.catalog.Backup.Described;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.TimelineHistory;
import io.cooper.backup.map.WalMap;
import io.cooper.backup.wal.WalArchive;
import io.cooper.backup.wal.WalInspection;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Chooses the backup that a restore begins with: the newest that is done and ended before the
/// target of the recovery. Reads the descriptions once; for one thread, and one moment.
public final class BackupChoice {
  /// PostgreSQL's own default: the newest timeline there is.
  static final String LATEST = "latest";

  /// The timeline of the backup, whichever that is.
  static final String CURRENT = "current";

  private final ObjectStore store;
  private final ServerFolder server;
  private Optional<List<Chosen>> known = Optional.empty();

  /// @param server whose backups
  public BackupChoice(ObjectStore store, ServerFolder server) {
    this.store = store;
    this.server = server;
  }

  /// A backup and its description.
  public record Chosen(BackupId id, BackupInfo info) {}

  /// Chooses, and throws what stands in the way.
  ///
  /// @param target of the recovery; [Target.Latest] if there is none
  /// @param timeline along which is recovered: a number, `latest` or `current`. A backup of a
  ///   timeline that the wanted one did not come from, or left before the backup ended, does not
  ///   fit
  /// @throws ProblemException with [Code#NO_SUCH_OBJECT] if no backup fits or the target cannot be
  ///   reached with the WAL that is in the archive, with [Code#BAD_USE] if one was named that is
  ///   not done, or if none was named where only the user can know which is right; with
  ///   [Code#BAD_INPUT] if the named one cannot be read
  public Chosen choose(Wanted wanted, Target target, String timeline) throws StoreException {
    var plan = plan(wanted, target, timeline);
    if (plan.obstacle().isPresent()) {
      throw plan.obstacle().get().asException();
    }
    return new Chosen(plan.backup().id(), plan.backup().info());
  }

  /// Chooses without a look at the WAL: whoever recovers brings it, or waits for it.
  ///
  /// @throws ProblemException as [#choose] does, but for WAL
  Chosen chooseAnyway(Wanted wanted, Target target, String timeline) throws StoreException {
    var chosen = chosen(wanted, target, timeline);
    requireBefore(chosen, target);
    return chosen;
  }

  /// Chooses, and says how the target is reached, or why it cannot be and what can be instead.
  /// Reads the listing of the WAL, and for a time or a place the last segment that can be replayed.
  ///
  /// @throws ProblemException as [#choose] does, if there is no backup to begin with
  public Plan plan(Wanted wanted, Target target, String timeline) throws StoreException {
    var chosen = chooseAnyway(wanted, target, timeline);
    var map = WalMap.of(store, server, chosen.info.segmentSize());
    var done =
        all().stream().filter(each -> isDone(each.info)).map(BackupChoice::described).toList();
    var planning =
        new Planning(
            store.name() + "/" + server.wals(), map, new WalInspection(store, server), done);
    var along = timeline(timeline, chosen, map);
    var plan = planning.plan(described(chosen), target, along);
    return wanted instanceof Wanted.Fitting && isFree(target) && plan.obstacle().isPresent()
        ? older(planning, target, along, done, plan)
        : plan;
  }

  /// Where any backup would do, one that cannot become consistent is passed over.
  private static Plan older(
      Planning planning, Target target, int timeline, List<Described> done, Plan newest)
      throws StoreException {
    var older =
        done.stream()
            .filter(each -> each.id().compareTo(newest.backup().id()) < 0)
            .sorted(Comparator.comparing(Described::id).reversed())
            .toList();
    for (var backup : older) {
      var plan = planning.plan(backup, target, timeline);
      if (plan.obstacle().isEmpty()) {
        return plan;
      }
    }
    return newest;
  }

  private static boolean isFree(Target target) {
    return target instanceof Target.Latest || target instanceof Target.Immediate;
  }

  /// As PostgreSQL does: the latest is found by counting on from that of the backup, until there is
  /// no history.
  private static int timeline(String timeline, Chosen chosen, WalMap map) {
    return switch (timeline) {
      case CURRENT -> WalMap.timelineOf(chosen.info);
      case LATEST -> {
        var newest = WalMap.timelineOf(chosen.info);
        while (map.history(newest + 1).isPresent()) {
          newest++;
        }
        yield newest;
      }
      default -> Integer.parseUnsignedInt(timeline);
    };
  }

  private static Described described(Chosen chosen) {
    return new Described(chosen.id, chosen.info, Optional.empty(), 0, 0);
  }

  private Chosen chosen(Wanted wanted, Target target, String timeline) throws StoreException {
    return switch (wanted) {
      case Wanted.Id(var id) -> requireDone(named(id));
      case Wanted.Named(var name) -> requireDone(newestNamed(name));
      case Wanted.Fitting() -> fitting(target, timeline);
    };
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

  /// A backup that was named may have ended after the target.
  private void requireBefore(Chosen chosen, Target target) {
    var late =
        switch (target) {
          case Target.Time(var time) ->
              chosen
                  .info
                  .get(BackupInfo.END_TIME)
                  .filter(end -> end.isAfter(time))
                  .map(Object::toString);
          case Target.Place(var lsn) ->
              chosen
                  .info
                  .get(BackupInfo.END_LSN)
                  .filter(end -> end.compareTo(lsn) > 0)
                  .map(Object::toString);
          case Target.Name _, Target.Transaction _, Target.Latest _, Target.Immediate _ ->
              Optional.<String>empty();
        };
    if (late.isPresent()) {
      throw none("backup %s ended at %s, after the target".formatted(chosen.id, late.get()));
    }
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
    int newest = done.stream().mapToInt(each -> WalMap.timelineOf(each.info)).max().orElse(1);
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

  /// Whether the last byte that the backup needs lies on the way.
  private static boolean leadsTo(TimelineHistory history, BackupInfo info) {
    var end = info.get(BackupInfo.END_LSN);
    return end.isEmpty() || history.includes(WalMap.timelineOf(info), end.get().plus(-1));
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
    if (known.isEmpty()) {
      known = Optional.of(read());
    }
    return known.get();
  }

  private List<Chosen> read() throws StoreException {
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
