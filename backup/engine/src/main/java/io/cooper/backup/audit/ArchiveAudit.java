package io.cooper.backup.audit;

import io.cooper.backup.audit.Audit.Broken;
import io.cooper.backup.audit.Audit.Looked;
import io.cooper.backup.audit.Audit.Span;
import io.cooper.backup.audit.Finding.Kind;
import io.cooper.backup.catalog.Backup;
import io.cooper.backup.catalog.Backup.Described;
import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.backup.map.Horizon;
import io.cooper.backup.map.Line;
import io.cooper.backup.map.WalMap;
import io.cooper.backup.map.Way;
import io.cooper.backup.wal.WalArchive;
import io.cooper.backup.wal.WalInspection;
import io.cooper.problem.Code;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Looks over an archive: what is missing, doubled, foreign or damaged, and what can be restored
/// with the rest.
///
/// Without reading WAL it needs one listing of the WAL, one of the backups, and one small object
/// for each backup and each timeline; memory is eight bytes for each segment.
public final class ArchiveAudit {
  private final ObjectStore store;
  private final ServerFolder server;
  private final Settings settings;

  /// How much of the WAL is read.
  public enum Reading {
    /// Nothing: names, times and sizes tell what they tell.
    NONE,
    /// The last segment before each end, for the exact instant that can be reached.
    ENDS,
    /// That, and the first bytes of segments: whose they are, and whether they are what they are
    /// called.
    HEADERS,
    /// All of them: every page and the checksum of every record.
    ALL
  }

  /// How an audit is made.
  ///
  /// @param budget in stored bytes that are read at most; where it is not enough for all, segments
  ///   evenly apart are read
  /// @param jobs how many objects are read at once
  public record Settings(Reading reading, long budget, int jobs) {
    private static final int USUAL_JOBS = 4;
    private static final long USUAL_BUDGET = 1L << 30;

    /// The ends alone, four at once, of at most 1 GiB.
    public static Settings usual() {
      return new Settings(Reading.ENDS, USUAL_BUDGET, USUAL_JOBS);
    }

    /// The same, reading more or less.
    public Settings reading(Reading other) {
      return new Settings(other, budget, jobs);
    }

    /// The same, within another budget.
    public Settings within(long bytes) {
      return new Settings(reading, bytes, jobs);
    }
  }

  /// @param server whose archive
  public ArchiveAudit(ObjectStore store, ServerFolder server, Settings settings) {
    this.store = store;
    this.server = server;
    this.settings = settings;
  }

  /// Looks.
  ///
  /// @throws StoreException if the store does not answer; what it answers of single objects is a
  ///   finding
  public Audit run() throws StoreException, InterruptedException {
    var findings = new Findings();
    var backups = new Catalog(store, server).backups();
    var done = done(backups, findings);
    var size = size(done);
    var survey = new Survey(size, findings);
    var whole = WalMap.of(store, server, size, survey);
    addHistories(whole, done, findings);
    addHoles(whole, done, findings);
    var owner = owner(done);
    var inspection = new WalInspection(store, server);
    var look =
        new Look(
            store, server, settings, inspection, owner.map(Long::parseUnsignedLong), survey, whole);
    look.run();
    var map = whole.without(survey.useless());
    var broken = new ArrayList<Broken>();
    var spans = new ArrayList<Span>();
    for (var line : map.lines()) {
      spans.addAll(spans(map, line, done, inspection));
    }
    done.forEach(backup -> broken(map, backup).ifPresent(broken::add));
    return new Audit(
        store.name() + "/" + server.name(),
        owner,
        map,
        done,
        spans,
        broken,
        findings.all(),
        findings.more(),
        new Looked(survey.objects(), survey.bytes(), look.objects(), inspection.bytesRead()));
  }

  private List<Described> done(List<Backup> backups, Findings findings) {
    var done = new ArrayList<Described>();
    for (var backup : backups) {
      switch (backup) {
        case Described described when described.isRestorable() -> done.add(described);
        case Described described when described.info().status() == Status.DONE ->
            findings.add(
                Kind.BACKUP_DAMAGED,
                server.info(described.id()),
                "says that the backup is done, and there is no archive of it");
        case Described _ -> {}
        case Backup.Unreadable(_, var problem) when problem.code() == Code.NO_SUCH_OBJECT -> {}
        case Backup.Unreadable(var id, var problem) ->
            findings.add(Kind.BACKUP_DAMAGED, server.info(id), problem.what());
      }
    }
    return done;
  }

  private SegmentSize size(List<Described> done) throws StoreException {
    var said =
        done.reversed().stream()
            .flatMap(backup -> backup.info().get(BackupInfo.SEGMENT_SIZE).stream())
            .findFirst();
    if (said.isPresent()) {
      return said.get();
    }
    return new WalArchive(store, server, WalArchive.Settings.with(Codec.NONE))
        .segmentSize()
        .orElse(SegmentSize.USUAL);
  }

  private Optional<String> owner(List<Described> done) {
    return done.reversed().stream()
        .flatMap(backup -> backup.info().get(BackupInfo.SYSTEM_ID).stream())
        .findFirst()
        .or(() ->
            settings.reading() == Reading.NONE || settings.reading() == Reading.ENDS
                ? Optional.empty()
                : new WalArchive(store, server, WalArchive.Settings.with(Codec.NONE))
                    .owner()
                    .map(Long::toUnsignedString));
  }

  private static void addHistories(WalMap map, List<Described> done, Findings findings) {
    map.unreadable()
        .forEach(problem -> findings.add(Kind.HISTORY_DAMAGED, problem.where(), problem.what()));
    for (var line : map.lines()) {
      var name = new WalName.History(line.timeline());
      var isSaid =
          map.unreadable().stream().anyMatch(problem -> problem.where().contains(name.text()));
      if (line.timeline() != 1 && line.history().isEmpty() && !line.runs().isEmpty() && !isSaid) {
        var own =
            done.stream().anyMatch(backup -> WalMap.timelineOf(backup.info()) == line.timeline());
        findings.add(
            Kind.HISTORY_MISSING,
            name.text(),
            "nobody can follow timeline %s from %s"
                .formatted(
                    Integer.toUnsignedString(line.timeline()),
                    own ? "backups of its parents" : "any backup"));
      }
    }
  }

  /// Segments that are not there, on the ways from the backups that there are.
  private static void addHoles(WalMap map, List<Described> done, Findings findings) {
    var holes = new Holes(map);
    for (var line : map.lines()) {
      var way = map.way(line.timeline());
      done.stream()
          .filter(backup -> map.leadsFrom(backup.info(), way))
          .flatMap(backup -> backup.info().get(BackupInfo.BEGIN_WAL).stream())
          .map(begin -> begin.number(map.size()))
          .min(Comparator.naturalOrder())
          .ifPresent(from -> holes.addBetween(way, from));
    }
    for (var backup : done) {
      var way = map.way(WalMap.timelineOf(backup.info()));
      backup
          .wal()
          .ifPresent(wal ->
              holes.addUpTo(way, wal.begin().number(map.size()), wal.end().number(map.size())));
    }
    holes.tell(findings);
  }

  /// A backup whose own WAL is not all there.
  private static Optional<Broken> broken(WalMap map, Described backup) {
    var way = map.way(WalMap.timelineOf(backup.info()));
    return backup
        .wal()
        .flatMap(wal -> {
          var missing = map.firstMissing(way, wal.begin().number(map.size()));
          return missing.number(map.size()) <= wal.end().number(map.size())
              ? Optional.of(new Broken(backup.id(), missing))
              : Optional.empty();
        });
  }

  private List<Span> spans(WalMap map, Line line, List<Described> done, WalInspection inspection)
      throws StoreException {
    var way = map.way(line.timeline());
    var spans = new ArrayList<Span>();
    var together = new ArrayList<Described>();
    Optional<Segment> end = Optional.empty();
    var usable =
        done.stream()
            .filter(backup -> backup.wal().isPresent() && broken(map, backup).isEmpty())
            .filter(backup -> map.leadsFrom(backup.info(), way))
            .sorted(Comparator.comparing(backup -> begin(map, backup)))
            .toList();
    for (var backup : usable) {
      var missing = map.firstMissing(way, begin(map, backup));
      if (end.isPresent() && !end.get().equals(missing)) {
        spans.add(span(map, way, together, inspection));
        together.clear();
      }
      end = Optional.of(missing);
      together.add(backup);
    }
    if (!together.isEmpty()) {
      spans.add(span(map, way, together, inspection));
    }
    return spans;
  }

  private static long begin(WalMap map, Described backup) {
    return backup.wal().orElseThrow().begin().number(map.size());
  }

  private Span span(WalMap map, Way way, List<Described> backups, WalInspection inspection)
      throws StoreException {
    var from = begin(map, backups.getFirst());
    var horizon =
        settings.reading() == Reading.NONE || inspection.bytesRead() >= settings.budget()
            ? Horizon.of(map, way, from)
            : Horizon.of(map, way, from, inspection);
    var first = backups.getFirst();
    return new Span(
        way.timeline(),
        backups.stream().map(Described::id).toList(),
        first.info().get(BackupInfo.END_LSN).orElse(map.size().beginOf(from)),
        first.info().get(BackupInfo.END_TIME),
        horizon,
        map.firstThere(way, horizon.missing().number(map.size())).isPresent());
  }
}
