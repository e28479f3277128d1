package io.cooper.backup.retention;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.catalog.Backup.Keep;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoredObject;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/// An archive by chance: timelines that branch off, backups on them, marks, failures, holes. What
/// is in the objects is of no account for retention, so there is nothing in them.
public final class MadeArchive {
  public static final ServerFolder SERVER = new ServerFolder("srv");
  public static final SegmentSize SIZE = SegmentSize.USUAL;

  private static final DateTimeFormatter ID = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss");
  private static final int MINUTES_A_SEGMENT = 40;

  /// Segments just below the end of the first log, so that names with a carry are among them.
  private static final long FIRST = 240;

  final Instant now;
  public final List<Made> backups = new ArrayList<>();
  final TreeMap<Integer, Branch> timelines = new TreeMap<>();

  private final ObjectStore store;
  private final Random random;

  /// @param parent 0 for none
  record Branch(int parent, long from, long to) {}

  /// A backup as it was made; begin and end are segments.
  public record Made(
      BackupId id,
      Status status,
      int timeline,
      long begin,
      long end,
      Optional<Keep> keep,
      Instant ended) {}

  private MadeArchive(ObjectStore store, long seed, Instant now) {
    this.store = store;
    this.random = new Random(seed);
    this.now = now;
  }

  /// Makes one; the same seed and time, the same archive.
  public static MadeArchive in(ObjectStore store, long seed, Instant now) throws IOException {
    var archive = new MadeArchive(store, seed, now);
    archive.make();
    return archive;
  }

  private void make() throws IOException {
    var length = 20 + random.nextInt(60);
    timelines.put(1, new Branch(0, FIRST, FIRST + length));
    for (int timeline = 2; timeline < 2 + random.nextInt(4); timeline++) {
      var parent = 1 + random.nextInt(timeline - 1);
      var on = branch(parent);
      var from = on.from + random.nextLong(on.to - on.from);
      timelines.put(timeline, new Branch(parent, from, from + 1 + random.nextInt(length)));
    }
    for (var timeline : timelines.keySet()) {
      makeWal(timeline);
    }
    var count = random.nextInt(8);
    for (int number = 0; number < count; number++) {
      makeBackup();
    }
  }

  private Branch branch(int timeline) {
    return Objects.requireNonNull(timelines.get(timeline));
  }

  private Instant at(long segment) {
    var last = timelines.values().stream().mapToLong(Branch::to).max().orElseThrow();
    return now.minusSeconds((last - segment) * MINUTES_A_SEGMENT * 60);
  }

  private void makeWal(int timeline) throws IOException {
    var branch = branch(timeline);
    var suffix = List.of("", ".gz", ".zst").get(random.nextInt(3));
    for (var number = branch.from; number < branch.to; number++) {
      var name = Segment.numbered(timeline, number, SIZE);
      var key = SERVER.anyWal(name);
      if (random.nextInt(12) > 0) {
        put(key + suffix, "wal");
      }
      if (random.nextInt(10) == 0) {
        put(key + ".00000028.backup" + suffix, "label");
      }
      if (random.nextInt(20) == 0) {
        put(key + ".partial" + suffix, "part");
      }
    }
    if (timeline > 1) {
      put("%s%08X.history".formatted(SERVER.wals(), timeline), history(timeline));
    }
  }

  private String history(int timeline) {
    var branch = branch(timeline);
    return branch.parent == 0
        ? ""
        : history(branch.parent)
            + "%d\t%s\tno recovery target specified\n"
                .formatted(branch.parent, SIZE.beginOf(branch.from).plus(0x1000));
  }

  private void makeBackup() throws IOException {
    var timeline = List.copyOf(timelines.keySet()).get(random.nextInt(timelines.size()));
    var branch = branch(timeline);
    var begin = branch.from + random.nextLong(branch.to - branch.from);
    var end = begin + random.nextInt(3);
    var ended = at(end).plusSeconds(60 + random.nextInt(600));
    var id =
        new BackupId(ID.format(at(begin).plusSeconds(random.nextInt(60)).atOffset(ZoneOffset.UTC)));
    if (backups.stream().anyMatch(each -> each.id().equals(id))) {
      return;
    }
    var status =
        switch (random.nextInt(8)) {
          case 0 -> Status.FAILED;
          case 1 -> Status.STARTED;
          default -> Status.DONE;
        };
    var keep =
        status != Status.DONE || random.nextInt(5) > 0
            ? Optional.<Keep>empty()
            : Optional.of(random.nextBoolean() ? Keep.FULL : Keep.STANDALONE);
    var info =
        BackupInfo.of(status)
            .with(BackupInfo.BEGIN_TIME, at(begin).atOffset(ZoneOffset.UTC))
            .with(BackupInfo.BEGIN_WAL, Segment.numbered(timeline, begin, SIZE))
            .with(BackupInfo.BEGIN_LSN, SIZE.beginOf(begin).plus(0x28))
            .with(BackupInfo.TIMELINE, (long) timeline)
            .with(BackupInfo.SEGMENT_SIZE, SIZE)
            .with(BackupInfo.SYSTEM_ID, "7710538029073545286")
            .with(BackupInfo.VERSION, 180_001L);
    if (status == Status.DONE) {
      info =
          info.with(BackupInfo.END_TIME, ended.atOffset(ZoneOffset.UTC))
              .with(BackupInfo.END_WAL, Segment.numbered(timeline, end, SIZE))
              .with(BackupInfo.END_LSN, SIZE.beginOf(end).plus(0x138));
    }
    put(SERVER.base(id) + "data.tar", "tar");
    put(SERVER.info(id), info.toString());
    if (keep.isPresent()) {
      put(SERVER.keep(id), keep.get().text());
    }
    backups.add(new Made(id, status, timeline, begin, end, keep, ended));
  }

  void put(String key, String text) throws IOException {
    try (var object = store.create(key, Intent.replacing())) {
      object.bytes().write(text.getBytes(UTF_8));
      object.commit();
    }
  }

  /// All keys of the archive.
  public static List<String> keys(ObjectStore store) throws IOException {
    try (var objects = store.list(SERVER.name() + "/", "")) {
      return objects.map(StoredObject::key).toList();
    }
  }

  /// Whether a recovery to the end of a timeline comes by another one at a segment, by the
  /// histories as they were made.
  public boolean comesBy(int timeline, int other, long segment) {
    if (timeline == other) {
      return true;
    }
    var branch = branch(timeline);
    return branch.parent != 0
        && (branch.parent == other
            ? segment <= branch.from
            : comesBy(branch.parent, other, segment));
  }

  @Override
  public String toString() {
    return "timelines %s, backups %s".formatted(timelines, backups);
  }
}
