package io.cooper.backup.map;

import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.ServerFolder.StoredName;
import io.cooper.backup.format.TimelineHistory;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.UncheckedStoreException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// All the WAL of an archive, as one listing of it and its history files tell. Memory is eight
/// bytes for each segment.
public final class WalMap {
  /// More than PostgreSQL ever writes into a history file.
  private static final int LARGEST_HISTORY = 1 << 20;

  private final SegmentSize size;
  private final SortedMap<Integer, Line> lines = new TreeMap<>(Integer::compareUnsigned);
  private final List<Problem> unreadable = new ArrayList<>();

  private WalMap(SegmentSize size) {
    this.size = size;
  }

  /// Sees everything that lies among the WAL, in the order of keys, while a map is made.
  @FunctionalInterface
  public interface Beside {
    /// @param name what the key says; empty if no WAL file has such a key
    void see(StoredObject object, Optional<StoredName> name);
  }

  /// Reads the map of an archive.
  ///
  /// @param size of its segments
  public static WalMap of(ObjectStore store, ServerFolder server, SegmentSize size)
      throws StoreException {
    return of(store, server, size, (_, _) -> {});
  }

  /// Reads the map of an archive, and shows what is listed to somebody else.
  public static WalMap of(ObjectStore store, ServerFolder server, SegmentSize size, Beside beside)
      throws StoreException {
    var map = new WalMap(size);
    var histories = new ArrayList<StoredObject>();
    try (var objects = store.list(server.wals(), "")) {
      objects.forEach(object -> {
        var stored = server.walAt(object.key());
        stored.ifPresent(name -> map.add(object, name.name(), histories));
        beside.see(object, stored);
      });
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
    for (var history : histories) {
      map.addHistory(store, server, history);
    }
    return map;
  }

  private void add(StoredObject object, WalName name, List<StoredObject> histories) {
    switch (name) {
      case WalName.Segment segment -> {
        if (segment.fits(size)) {
          line(segment.timeline()).add(segment.number(size), object.modified(), object.size());
        }
      }
      case WalName.Partial(var segment) -> {
        if (segment.fits(size)) {
          line(segment.timeline()).addPartial(segment.number(size));
        }
      }
      case WalName.History _ -> histories.add(object);
      case WalName.Label _ -> {}
    }
  }

  private Line line(int timeline) {
    return lines.computeIfAbsent(timeline, Line::new);
  }

  private void addHistory(ObjectStore store, ServerFolder server, StoredObject object)
      throws StoreException {
    var stored = server.walAt(object.key()).orElseThrow();
    var where = store.name() + "/" + object.key();
    try (var in = stored.codec().decode(store.open(object.key()))) {
      var text = in.readNBytes(LARGEST_HISTORY);
      line(stored.name().timeline())
          .setHistory(TimelineHistory.parse(where, (WalName.History) stored.name(), text));
    } catch (ProblemException malformed) {
      unreadable.add(malformed.problem());
    } catch (StoreException failed) {
      if (failed.code() != Code.OBJECT_DAMAGED) {
        throw failed;
      }
      unreadable.add(failed.problem());
    } catch (IOException damaged) {
      requireNoFailure(damaged);
      unreadable.add(
          new Problem(
              Code.OBJECT_DAMAGED,
              where,
              "cannot be decompressed: " + damaged.getMessage(),
              "archive the file again from the pg_wal of a server of this timeline"));
    }
  }

  /// Libraries that decompress hand on what the store said, sometimes wrapped.
  private static void requireNoFailure(IOException damaged) throws StoreException {
    for (Throwable at = damaged; at != null; at = at.getCause()) {
      if (at instanceof StoreException failed && failed.code() != Code.OBJECT_DAMAGED) {
        throw failed;
      }
    }
  }

  /// The size of its segments.
  public SegmentSize size() {
    return size;
  }

  /// Its timelines, in order; also those of which it has a history and no WAL.
  public Collection<Line> lines() {
    return lines.values();
  }

  /// What it has of a timeline.
  public Optional<Line> find(int timeline) {
    return Optional.ofNullable(lines.get(timeline));
  }

  /// History files that cannot be read as such.
  public List<Problem> unreadable() {
    return List.copyOf(unreadable);
  }

  /// Whether it has no segment at all.
  public boolean isEmpty() {
    return lines.values().stream().allMatch(line -> line.runs().isEmpty());
  }

  /// The history of a timeline, if the archive has it and it can be read.
  public Optional<TimelineHistory> history(int timeline) {
    return find(timeline).flatMap(Line::history);
  }

  /// The way of a recovery to the end of a timeline.
  public Way way(int timeline) {
    return history(timeline)
        .map(history -> Way.along(history, size))
        .orElseGet(() -> Way.alone(timeline));
  }

  /// The same without some segments: those that are there and of no use.
  public WalMap without(Collection<WalName.Segment> segments) {
    var map = new WalMap(size);
    for (var line : lines.values()) {
      var numbers = new TreeSet<Long>();
      for (var segment : segments) {
        if (segment.timeline() == line.timeline()) {
          numbers.add(segment.number(size));
        }
      }
      map.lines.put(line.timeline(), line.without(numbers));
    }
    map.unreadable.addAll(unreadable);
    return map;
  }

  /// Whether a recovery on a way can begin with a backup: the last byte that the backup needs lies
  /// on it.
  public boolean leadsFrom(BackupInfo backup, Way way) {
    var timeline = timelineOf(backup);
    var end = backup.get(BackupInfo.END_LSN);
    return timeline == way.timeline()
        || history(way.timeline())
            .filter(history -> end.isPresent() && history.includes(timeline, end.get().plus(-1)))
            .isPresent();
  }

  /// The timeline that a backup ended on.
  public static int timelineOf(BackupInfo backup) {
    return backup
        .get(BackupInfo.END_WAL)
        .map(WalName.Segment::timeline)
        .or(() -> backup.get(BackupInfo.TIMELINE).map(Long::intValue))
        .orElse(1);
  }

  /// The first segment on a way, from a given one on, that is there.
  public Optional<WalName.Segment> firstThere(Way way, long from) {
    for (var leg : way.legs()) {
      if (leg.to() > from) {
        var there =
            find(leg.timeline())
                .flatMap(line -> line.firstThere(Math.max(from, leg.from())))
                .filter(number -> number < leg.to());
        if (there.isPresent()) {
          return Optional.of(WalName.Segment.numbered(leg.timeline(), there.get(), size));
        }
      }
    }
    return Optional.empty();
  }

  /// The first segment on a way that is not there.
  ///
  /// @param from where the way is begun
  public WalName.Segment firstMissing(Way way, long from) {
    var at = from;
    while (true) {
      var leg = way.legAt(at);
      var here = at;
      var missing = find(leg.timeline()).map(line -> line.firstMissing(here)).orElse(here);
      if (missing < leg.to()) {
        return WalName.Segment.numbered(leg.timeline(), missing, size);
      }
      at = leg.to();
    }
  }

  /// Stored bytes of the segments on a way.
  ///
  /// @param to the segment after the last
  public long bytes(Way way, long from, long to) {
    return way.legs().stream()
        .mapToLong(leg ->
            find(leg.timeline()).stream()
                .flatMap(line -> line.runs().stream())
                .mapToLong(run -> run.bytes(Math.max(from, leg.from()), Math.min(to, leg.to())))
                .sum())
        .sum();
  }

  /// When a segment came into the archive, by the store's clock; empty if it is not there.
  public Optional<Instant> stored(int timeline, long number) {
    return find(timeline).flatMap(line -> line.runOf(number)).map(run -> run.stored(number));
  }

  /// The end of the WAL, on whichever timeline it goes furthest.
  public Optional<Lsn> end() {
    return lines.values().stream()
        .filter(line -> !line.runs().isEmpty())
        .map(line -> size.beginOf(line.runs().getLast().end()))
        .max(Comparator.naturalOrder());
  }
}
