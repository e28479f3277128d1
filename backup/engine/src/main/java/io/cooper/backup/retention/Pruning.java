package io.cooper.backup.retention;

import io.cooper.backup.catalog.Backup;
import io.cooper.backup.catalog.Backup.Described;
import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.ServerFolder.StoredName;
import io.cooper.backup.format.WalName;
import io.cooper.backup.map.WalMap;
import io.cooper.backup.retention.PrunePlan.Amount;
import io.cooper.backup.retention.PrunePlan.Doomed;
import io.cooper.backup.retention.PrunePlan.WalShare;
import io.cooper.backup.retention.Pruned.Left;
import io.cooper.backup.retention.Verdict.Fate;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.UncheckedStoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Removes from an archive what nobody needs any more: first a plan, then its execution.
///
/// - A backup that stays never loses WAL that it needs, and never stands there half: its
///   description goes first, so that nobody takes the rest for a backup.
/// - An execution that is killed can be made again: the next one finishes what was begun. Two at
///   once do no harm.
/// - Nothing is deleted that was not in the plan; what is marked to be kept between plan and
///   execution is spared.
///
/// Unlike barman-cloud-backup-delete, which removes WAL only together with a backup, unneeded WAL
/// goes in any case, also that which was there before the first backup.
public final class Pruning {
  private static final int AT_ONCE = 1000;

  /// Another deletion that began so long ago has ended.
  private static final Duration MAY_BE_RUNNING = Duration.ofHours(1);

  private final ObjectStore store;
  private final ServerFolder server;
  private final Clock clock;

  /// @param server whose archive
  public Pruning(ObjectStore store, ServerFolder server, Clock clock) {
    this.store = store;
    this.server = server;
    this.clock = clock;
  }

  /// What a policy removes. Needs one listing of the archive and one small object for each backup.
  ///
  /// @param atLeast so many done backups stay, whatever the policy says
  /// @throws ProblemException with [Code#BAD_INPUT] if a backup cannot be read: nobody knows what
  ///   it needs
  public PrunePlan plan(RetentionPolicy policy, int atLeast) throws StoreException {
    var begun = Deleting.begun(store, server);
    var backups = new Catalog(store, server).backups();
    var verdicts = new Judgement(policy, atLeast, clock.instant(), begun.keySet()).of(backups);
    var rule = atLeast > 0 ? "%s, at least %d".formatted(policy, atLeast) : policy.toString();
    return plan(rule, verdicts, map -> WalNeeds.of(verdicts, map), stale(begun, verdicts));
  }

  /// What the deletion of one backup removes: the backup, and the WAL that was there for it alone.
  ///
  /// @param wanted an id or a name
  /// @param atLeast so many done backups must stay
  /// @throws ProblemException with [Code#BAD_USE] if it is marked to be kept, is snapshots of
  ///   disks, or fewer would stay; with [Code#NO_SUCH_OBJECT] if there is no such backup
  public PrunePlan planOf(String wanted, int atLeast) throws StoreException {
    var backups = new Catalog(store, server).backups();
    var doomed = only(backups, wanted);
    requireMayGo(doomed, backups, atLeast);
    var verdicts =
        backups.stream()
            .map(backup ->
                backup.equals(doomed)
                    ? new Verdict(backup, Fate.OBSOLETE, "was named")
                    : bystander(backup))
            .toList();
    return plan(
        "backup " + doomed.id(), verdicts, map -> needsWithout(doomed, verdicts, map), List.of());
  }

  private Backup only(List<Backup> backups, String wanted) {
    var fitting =
        backups.stream()
            .filter(backup ->
                backup.id().text().equals(wanted)
                    || (backup instanceof Described described
                        && described.name().filter(wanted::equals).isPresent()))
            .toList();
    if (fitting.size() == 1) {
      return fitting.getFirst();
    }
    throw fitting.isEmpty()
        ? problem(
            Code.NO_SUCH_OBJECT,
            server.bases(),
            "has no backup '%s' among its %d".formatted(wanted, backups.size()),
            "take an id or a name from: cooper backup list")
        : problem(
            Code.BAD_USE,
            server.bases(),
            "%d backups are called '%s'".formatted(fitting.size(), wanted),
            "give the id of one of them: "
                + String.join(", ", fitting.stream().map(each -> each.id().text()).toList()));
  }

  private void requireMayGo(Backup doomed, List<Backup> backups, int atLeast) {
    if (!(doomed instanceof Described described)) {
      return;
    }
    if (described.keep().isPresent()) {
      throw problem(
          Code.BAD_USE,
          server.base(doomed.id()),
          "is marked to be kept (%s)".formatted(described.keep().get().text()),
          "take the mark away first: cooper backup keep --release " + doomed.id());
    }
    if (described.isSnapshot()) {
      throw problem(
          Code.BAD_USE,
          server.base(doomed.id()),
          "consists of snapshots of disks, which would stay behind",
          "remove the snapshots at their provider, or use barman-cloud-backup-delete");
    }
    var staying =
        backups.stream()
            .filter(each -> !each.equals(doomed))
            .filter(each -> each instanceof Described other && other.isRestorable())
            .count();
    if (described.isRestorable() && staying < atLeast) {
      throw problem(
          Code.BAD_USE,
          server.base(doomed.id()),
          "would leave %d backups, and %d must stay at least".formatted(staying, atLeast),
          "take another backup first, or ask for fewer");
    }
  }

  private static Verdict bystander(Backup backup) {
    return switch (backup) {
      case Described described ->
          switch (described.info().status()) {
            case DONE -> new Verdict(backup, Fate.NEEDED, "was not named");
            case FAILED -> new Verdict(backup, Fate.LEFT, "failed");
            case STARTED, WAITING_FOR_WALS, SYNCING, EMPTY ->
                new Verdict(backup, Fate.UNDER_WAY, "under way");
          };
      case Backup.Unreadable _ -> new Verdict(backup, Fate.LEFT, "cannot be read");
    };
  }

  /// What the others need; if no other is done, what this one needed, as barman-cloud does. WAL of
  /// an archive with a backup that cannot be read stays.
  private static WalNeeds needsWithout(Backup doomed, List<Verdict> verdicts, WalMap map) {
    var draft = new WalNeeds.Draft();
    var anyDone = false;
    for (var verdict : verdicts) {
      switch (verdict.backup()) {
        case Described described when verdict.fate().needsAllWal() -> {
          draft.since(described);
          anyDone |= verdict.fate() == Fate.NEEDED;
        }
        case Backup.Unreadable(_, var problem) when problem.code() != Code.NO_SUCH_OBJECT ->
            draft.all();
        case Described _, Backup.Unreadable _ -> {}
      }
    }
    if (!anyDone) {
      if (doomed instanceof Described described
          && described.info().status() == BackupInfo.Status.DONE) {
        draft.since(described);
      } else {
        draft.all();
      }
    }
    return draft.in(map);
  }

  /// Notes of deletions that ended, or that were killed before they had deleted anything.
  private List<String> stale(Map<BackupId, Instant> begun, List<Verdict> verdicts) {
    var doomed = ids(verdicts.stream().filter(verdict -> verdict.fate() == Fate.OBSOLETE));
    var there = ids(verdicts.stream());
    var longAgo = clock.instant().minus(MAY_BE_RUNNING);
    return begun.entrySet().stream()
        .filter(entry -> !doomed.contains(entry.getKey()))
        .filter(entry -> !there.contains(entry.getKey()) || entry.getValue().isBefore(longAgo))
        .map(entry -> Deleting.key(server, entry.getKey()))
        .sorted()
        .toList();
  }

  private static Set<BackupId> ids(Stream<Verdict> verdicts) {
    return verdicts.map(verdict -> verdict.backup().id()).collect(Collectors.toSet());
  }

  private interface Needing {
    WalNeeds in(WalMap map);
  }

  private PrunePlan plan(
      String rule, List<Verdict> verdicts, Needing needing, List<String> staleNotes)
      throws StoreException {
    var draft = new WalDraft();
    var map = WalMap.of(store, server, sizeOf(verdicts), draft);
    var needs = needing.in(map);
    draft.judge(map, needs);
    var own = own();
    var doomed = new ArrayList<Doomed>();
    for (var verdict : verdicts) {
      if (verdict.fate() == Fate.OBSOLETE) {
        doomed.add(doomed(verdict.backup().id(), own));
      }
    }
    var there = new HashSet<String>();
    verdicts.forEach(verdict -> there.add(verdict.backup().id().text()));
    return new PrunePlan(
        store.name() + "/" + server.name(),
        rule,
        verdicts,
        doomed,
        draft.shares(),
        draft.stays,
        needs,
        Stream.concat(orphans(own, there).stream(), staleNotes.stream()).toList(),
        draft.newest);
  }

  private static SegmentSize sizeOf(List<Verdict> verdicts) {
    return verdicts.reversed().stream()
        .flatMap(verdict ->
            verdict.backup() instanceof Described described
                ? described.info().get(BackupInfo.SEGMENT_SIZE).stream()
                : Stream.<SegmentSize>empty())
        .findFirst()
        .orElse(SegmentSize.USUAL);
  }

  /// What goes and stays of the WAL. One listing tells all of it: whole segments are in the map,
  /// and what lies beside them is little.
  private static final class WalDraft implements WalMap.Beside {
    private final Map<Integer, WalShare> shares = new TreeMap<>(Integer::compareUnsigned);
    private final List<Beside> beside = new ArrayList<>();
    private Optional<WalName> before = Optional.empty();
    private Amount stays = Amount.NONE;
    private Instant newest = Instant.MIN;

    private record Beside(WalName name, long bytes) {}

    @Override
    public void see(StoredObject object, Optional<StoredName> stored) {
      if (stored.isEmpty()) {
        return;
      }
      var name = stored.get().name();
      newest = object.modified().isAfter(newest) ? object.modified() : newest;
      // The map has a segment once, also if it lies there in two compressions.
      if (!(name instanceof WalName.Segment) || before.equals(Optional.of(name))) {
        beside.add(new Beside(name, object.size()));
      }
      if (name instanceof WalName.Segment) {
        before = Optional.of(name);
      }
    }

    void judge(WalMap map, WalNeeds needs) {
      for (var line : map.lines()) {
        for (var run : line.runs()) {
          for (var number = run.first(); number < run.end(); number++) {
            var segment = WalName.Segment.numbered(line.timeline(), number, map.size());
            judge(segment, run.bytes(number, number + 1), needs);
          }
        }
      }
      beside.forEach(each -> judge(each.name(), each.bytes(), needs));
    }

    private void judge(WalName name, long bytes, WalNeeds needs) {
      if (needs.include(name)) {
        stays = stays.plus(bytes);
        return;
      }
      shares.merge(name.timeline(), share(name, bytes), WalShare::plus);
    }

    private static WalShare share(WalName name, long bytes) {
      return new WalShare(name.timeline(), name.text(), name.text(), new Amount(1, bytes));
    }

    List<WalShare> shares() {
      return List.copyOf(shares.values());
    }
  }

  /// What Cooper knows of each backup, by its id: the notes of whoever took it, and what
  /// verifications found.
  private Map<String, List<String>> own() throws StoreException {
    var own = new HashMap<String, List<String>>();
    addOwn(own, server.own() + "backups/", key -> beginning(key, key.lastIndexOf('/') + 1, '.'));
    addOwn(own, server.verified(), key -> beginning(key, server.verified().length(), '/'));
    return own;
  }

  private static String beginning(String key, int from, char until) {
    return key.substring(from, Math.max(from, key.indexOf(until, from)));
  }

  private void addOwn(Map<String, List<String>> own, String folder, UnaryOperator<String> idOf)
      throws StoreException {
    try (var objects = store.list(folder, "")) {
      objects.forEach(object -> {
        var id = idOf.apply(object.key());
        if (BackupId.find(id).isPresent()) {
          own.computeIfAbsent(id, _ -> new ArrayList<>()).add(object.key());
        }
      });
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
  }

  /// What is known of backups that somebody else deleted; of one that may just be taken, nothing.
  private static List<String> orphans(Map<String, List<String>> own, Set<String> there) {
    return own.entrySet().stream()
        .filter(entry -> !there.contains(entry.getKey()))
        .filter(entry -> entry.getValue().stream().noneMatch(key -> key.endsWith(".running")))
        .flatMap(entry -> entry.getValue().stream())
        .sorted()
        .toList();
  }

  private Doomed doomed(BackupId id, Map<String, List<String>> own) throws StoreException {
    var keys = new ArrayList<String>();
    var bytes = 0L;
    try (var objects = store.list(server.base(id), "")) {
      for (var object : (Iterable<StoredObject>) objects::iterator) {
        keys.add(object.key());
        bytes += object.size();
      }
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
    keys.addAll(own.getOrDefault(id.text(), List.of()));
    return new Doomed(id, keys, bytes);
  }

  /// Does what a plan says.
  ///
  /// @throws StoreException if the store does not answer; what was begun is finished by the next
  ///   execution. What it refuses to delete is in the result
  public Pruned execute(PrunePlan plan) throws StoreException {
    var deleting = Deleting.in(store, server);
    var gone = new ArrayList<BackupId>();
    var left = new ArrayList<Left>();
    var spared = new HashSet<BackupId>();
    for (var doomed : plan.doomed()) {
      var refused = deleting.delete(doomed);
      refused.ifPresentOrElse(
          why -> {
            left.add(why);
            spared.add(doomed.id());
          },
          () -> gone.add(doomed.id()));
    }
    var wal = plan.wal().isEmpty() ? Amount.NONE : deleteWal(plan, spared, deleting, left);
    deleting.deleteAll("what Cooper knew of backups that are gone", plan.orphans(), left);
    return new Pruned(gone, wal, left, deleting.isHiding());
  }

  private Amount deleteWal(PrunePlan plan, Set<BackupId> spared, Deleting deleting, List<Left> left)
      throws StoreException {
    var needs = plan.needs();
    for (var verdict : plan.verdicts()) {
      needs = spared.contains(verdict.backup().id()) ? needs.and(verdict.backup()) : needs;
    }
    var batch = new Batch(deleting, left);
    try (var objects = store.list(server.wals(), "")) {
      for (var object : (Iterable<StoredObject>) objects::iterator) {
        var stored = server.walAt(object.key());
        if (stored.isPresent()
            && !needs.include(stored.get().name())
            && isIn(plan, object, stored.get().name())) {
          batch.add(object);
        }
      }
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
    batch.flush();
    return batch.gone;
  }

  private static boolean isIn(PrunePlan plan, StoredObject object, WalName name) {
    return !object.modified().isAfter(plan.newest())
        && plan.wal().stream()
            .anyMatch(share ->
                share.timeline() == name.timeline()
                    && share.first().compareTo(name.text()) <= 0
                    && share.last().compareTo(name.text()) >= 0);
  }

  /// WAL that is deleted together.
  private static final class Batch {
    private final Deleting deleting;
    private final List<Left> left;
    private final List<String> keys = new ArrayList<>();
    private long bytes;
    private Amount gone = Amount.NONE;

    Batch(Deleting deleting, List<Left> left) {
      this.deleting = deleting;
      this.left = left;
    }

    void add(StoredObject object) throws StoreException {
      keys.add(object.key());
      bytes += object.size();
      if (keys.size() == AT_ONCE) {
        flush();
      }
    }

    void flush() throws StoreException {
      if (keys.isEmpty()) {
        return;
      }
      var first = keys.getFirst();
      var what = "WAL from " + first.substring(first.lastIndexOf('/') + 1);
      var stayed = deleting.deleteAll(what, keys, left);
      gone = gone.plus(new Amount(keys.size() - stayed, stayed == 0 ? bytes : 0));
      keys.clear();
      bytes = 0;
    }
  }

  private ProblemException problem(Code code, String key, String what, String remedy) {
    return new Problem(code, store.name() + "/" + key, what, remedy).asException();
  }
}
