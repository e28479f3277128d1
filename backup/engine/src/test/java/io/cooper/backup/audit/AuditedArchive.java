package io.cooper.backup.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.backup.wal.MadeWal;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;

/// An archive with two timelines and two backups, sound, and what a test does to it:
///
///     timeline 1   1 2 3 4 5 6 7 8 9 10        backup begins in 3
///     timeline 2                8 9 10 … 14    backup begins in 10, ends in 11
record AuditedArchive(MadeWal parent, MadeWal child, Map<Segment, byte[]> stored, Lsn left) {
  static final ServerFolder SERVER = new ServerFolder("srv");

  private static final long SYSTEM = 7_710_538_029_073_545_286L;
  private static final List<Codec> CODECS = List.of(Codec.NONE, Codec.GZIP, Codec.ZSTD, Codec.LZ4);
  private static final Instant BEGIN = Instant.parse("2026-11-21T08:00:00Z");

  static AuditedArchive make() {
    var parent = MadeWal.from(1, SYSTEM, 1, BEGIN).fillTo(8);
    parent.fillTo(8);
    var left = parent.at();
    var child = parent.branch(2, 2).fillTo(12).switchSegment().fillTo(15);
    parent.fillTo(11);
    var stored = new HashMap<Segment, byte[]>();
    for (var number = 1L; number <= 10; number++) {
      stored.put(parent.name(number), encoded(parent.name(number), parent.content(number)));
    }
    for (var number = 8L; number <= 14; number++) {
      stored.put(child.name(number), encoded(child.name(number), child.content(number)));
    }
    return new AuditedArchive(parent, child, stored, left);
  }

  private static Codec codec(Segment segment) {
    return CODECS.get(segment.low() % CODECS.size());
  }

  boolean isPlain(Segment segment) {
    return codec(segment) == Codec.NONE;
  }

  private static byte[] encoded(Segment segment, byte[] plain) {
    return encoded(codec(segment), plain);
  }

  private static byte[] encoded(Codec codec, byte[] plain) {
    var encoded = new ByteArrayOutputStream();
    try (var encoder = codec.encodeWal(encoded, plain.length, Codec.Level.Named.USUAL, 1)) {
      encoder.write(plain);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    return encoded.toByteArray();
  }

  String key(Segment segment) {
    return SERVER.wal(segment, codec(segment));
  }

  void into(ObjectStore store) throws IOException {
    for (var each : stored.entrySet()) {
      put(store, key(each.getKey()), each.getValue());
    }
    put(
        store,
        "srv/wals/00000002.history",
        "1\t%s\tno recovery target specified\n".formatted(left).getBytes(US_ASCII));
    put(store, SERVER.info(new BackupId("20261121T090000")), info(1, 3, 3).bytes());
    put(store, SERVER.bases() + "20261121T090000/data.tar", new byte[9]);
    put(store, SERVER.info(new BackupId("20261121T100000")), info(2, 10, 11).bytes());
    put(store, SERVER.bases() + "20261121T100000/data.tar", new byte[9]);
  }

  static void put(ObjectStore store, String key, byte[] content) throws IOException {
    try (var object = store.create(key, Intent.replacing())) {
      object.bytes().write(content);
      object.commit();
    }
  }

  BackupInfo info(int timeline, long begin, long end) {
    return BackupInfo.of(Status.DONE)
        .with(BackupInfo.BEGIN_WAL, Segment.numbered(timeline, begin, MadeWal.SIZE))
        .with(BackupInfo.BEGIN_LSN, MadeWal.SIZE.beginOf(begin).plus(0x28))
        .with(BackupInfo.END_WAL, Segment.numbered(timeline, end, MadeWal.SIZE))
        .with(BackupInfo.END_LSN, endOf(end))
        .with(BackupInfo.END_TIME, timeOf(timeline, end).atOffset(ZoneOffset.UTC))
        .with(BackupInfo.TIMELINE, (long) timeline)
        .with(BackupInfo.SEGMENT_SIZE, MadeWal.SIZE)
        .with(BackupInfo.SYSTEM_ID, Long.toUnsignedString(SYSTEM))
        .with(BackupInfo.VERSION, 180_001L);
  }

  private static Lsn endOf(long segment) {
    return MadeWal.SIZE.beginOf(segment).plus(0x80000);
  }

  /// When the newest transaction had ended before a backup did.
  private Instant timeOf(int timeline, long segment) {
    return (timeline == 1 ? parent : child)
        .ends().stream()
            .filter(end -> end.record().compareTo(endOf(segment)) < 0)
            .map(MadeWal.End::time)
            .reduce(BEGIN, (_, later) -> later);
  }

  Segment any(Random random) {
    return stored.keySet().stream().sorted().toList().get(random.nextInt(stored.size()));
  }

  private MadeWal of(Segment segment) {
    return segment.timeline() == 1 ? parent : child;
  }

  private byte[] plain(Segment segment) {
    return of(segment).content(segment.number(MadeWal.SIZE));
  }

  void truncate(ObjectStore store, Segment segment, Random random) throws IOException {
    var whole = Objects.requireNonNull(stored.get(segment));
    put(store, key(segment), Arrays.copyOf(whole, 1 + random.nextInt(whole.length - 1)));
  }

  void corrupt(ObjectStore store, Segment segment, Random random) throws IOException {
    var plain = plain(segment);
    var at = of(segment).insideARecord(segment.number(MadeWal.SIZE), random);
    plain[at] ^= (byte) (1 + random.nextInt(255));
    put(store, key(segment), encoded(segment, plain));
  }

  void swap(ObjectStore store, Segment one, Segment other) throws IOException {
    put(store, key(one), encoded(one, plain(other)));
    put(store, key(other), encoded(other, plain(one)));
  }

  void foreign(ObjectStore store, Segment segment) throws IOException {
    var plain = plain(segment);
    ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN).putLong(24, 42);
    put(store, key(segment), encoded(segment, plain));
  }

  /// @return the key that comes second
  String duplicate(ObjectStore store, Segment segment) throws IOException {
    var codec = isPlain(segment) ? Codec.GZIP : Codec.XZ;
    var other = SERVER.wal(segment, codec);
    put(store, other, encoded(codec, plain(segment)));
    return other.compareTo(key(segment)) > 0 ? other : key(segment);
  }

  void withoutHistory(ObjectStore store) throws IOException {
    store.delete(List.of("srv/wals/00000002.history"));
  }

  /// The segments from one name to another, on one timeline.
  List<Segment> between(String range) {
    var names = range.split(" to ", -1);
    var first = segment(names[0]);
    var last = segment(names[names.length - 1]);
    return LongStream.rangeClosed(first.number(MadeWal.SIZE), last.number(MadeWal.SIZE))
        .mapToObj(number -> Segment.numbered(first.timeline(), number, MadeWal.SIZE))
        .toList();
  }

  private static Segment segment(String name) {
    return (Segment) io.cooper.backup.format.WalName.parse(name);
  }

  private static List<Segment> way(int timeline) {
    var way = new ArrayList<Segment>();
    for (var number = 3L; number <= (timeline == 1 ? 10 : 14); number++) {
      way.add(Segment.numbered(timeline == 2 && number >= 8 ? 2 : 1, number, MadeWal.SIZE));
    }
    return way;
  }

  /// What of the segments that are gone can be missed: more WAL follows on a way from a backup, or
  /// a backup needs it.
  Set<Segment> missing(Collection<Segment> gone) {
    var missing = new HashSet<Segment>();
    for (var timeline = 1; timeline <= 2; timeline++) {
      missing.addAll(missing(way(timeline), gone));
    }
    return missing;
  }

  private static Set<Segment> missing(List<Segment> way, Collection<Segment> gone) {
    var missing = new HashSet<Segment>();
    for (var at = 0; at < way.size(); at++) {
      var follows = way.subList(at + 1, way.size()).stream().anyMatch(each -> !gone.contains(each));
      if (gone.contains(way.get(at)) && follows) {
        missing.add(way.get(at));
      }
    }
    return missing;
  }

  /// The same, where nobody can follow timeline 2 but from its own backup.
  Set<Segment> missingWithoutHistory(Collection<Segment> gone) {
    var missing = missing(way(1), gone);
    missing.addAll(missing(way(2).subList(7, 12), gone));
    return missing;
  }

  Instant anyTime(Random random) {
    var ends = new ArrayList<>(parent.ends());
    ends.addAll(child.ends());
    return ends.get(random.nextInt(ends.size())).time().plusMillis(random.nextInt(3) - 1);
  }

  Lsn anyPlace(Random random) {
    return MadeWal.SIZE.beginOf(1).plus(random.nextLong(15L << 20));
  }

  private record Start(long begin, Lsn end, Instant time) {}

  private List<Start> starts() {
    return List.of(new Start(3, endOf(3), timeOf(1, 3)), new Start(10, endOf(11), timeOf(2, 11)));
  }

  boolean isAfterABackup(Instant time) {
    return !starts().getFirst().time().isAfter(time);
  }

  /// Whether a recovery along timeline 2 stops at a time: it begins with the newest backup that
  /// ended by then, and sees a transaction that ended later before a segment is missing.
  boolean reaches(Instant time, Collection<Segment> gone) {
    return starts().stream()
        .filter(start -> !start.time().isAfter(time))
        .reduce((_, later) -> later)
        .filter(start -> {
          var end = end(start.begin(), gone);
          var ends = new ArrayList<MadeWal.End>();
          parent.ends().stream()
              .filter(each -> each.record().compareTo(left) < 0)
              .forEach(ends::add);
          ends.addAll(child.ends());
          return end.compareTo(start.end()) >= 0
              && ends.stream()
                  .filter(each -> each.record().compareTo(MadeWal.SIZE.beginOf(start.begin())) >= 0)
                  .filter(each -> each.next().compareTo(end) <= 0)
                  .anyMatch(each -> each.time().isAfter(time));
        })
        .isPresent();
  }

  /// The same for a place: a record must begin there or later.
  boolean reaches(Lsn place, Collection<Segment> gone) {
    return starts().stream()
        .filter(start -> start.end().compareTo(place) <= 0)
        .reduce((_, later) -> later)
        .filter(start -> {
          var end = end(start.begin(), gone);
          return end.compareTo(start.end()) >= 0
              && child
                  .lastRecordBefore(end)
                  .or(() -> parent.lastRecordBefore(end))
                  .filter(last -> last.compareTo(place) >= 0)
                  .isPresent();
        })
        .isPresent();
  }

  private Lsn end(long from, Collection<Segment> gone) {
    for (var segment : way(2)) {
      if (segment.number(MadeWal.SIZE) >= from && gone.contains(segment)) {
        return segment.begin(MadeWal.SIZE);
      }
    }
    return MadeWal.SIZE.beginOf(15);
  }
}
