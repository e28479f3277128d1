package io.cooper.backup.verify;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.base.Progress;
import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.Codec;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.restore.Site;
import io.cooper.store.Intent;
import io.cooper.store.MemoryStore;
import io.cooper.store.ObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A real backup with its WAL, as bytes under keys, to be damaged in copies.
final class Sample {
  private final SortedMap<String, byte[]> objects;
  private final BackupId id;

  private Sample(SortedMap<String, byte[]> objects, BackupId id) {
    this.objects = objects;
    this.id = id;
  }

  /// Takes one backup in each compression of a server with two tablespaces and WAL over several
  /// small segments.
  static Map<Codec, Sample> take(Path folder, List<Codec> codecs) throws Exception {
    try (var site = new Site(folder)) {
      var primary = site.primary(Binaries.embedded(), List.of("-k", "--wal-segsize=1"));
      for (var space : List.of("one", "two")) {
        Files.createDirectory(folder.resolve(space));
        primary.execute(
            "CREATE TABLESPACE %s LOCATION '%s'".formatted(space, folder.resolve(space)),
            "CREATE TABLE in_%s TABLESPACE %s AS SELECT * FROM notes".formatted(space, space));
      }
      primary.execute("CREATE UNLOGGED TABLE scratch AS SELECT * FROM notes");
      var samples = new TreeMap<Codec, Sample>();
      for (var codec : codecs) {
        var load = Thread.ofPlatform().start(() -> write(primary));
        var settings =
            BackupSettings.of(primary.data())
                .immediately()
                .compressed(codec)
                .splitAfter(codec == Codec.NONE ? 8 << 20 : 1 << 20)
                .awaitingWal(java.util.Optional.of(java.time.Duration.ofMinutes(2)));
        BaseBackup.Taken taken;
        try {
          taken = site.backUp(primary, settings);
        } finally {
          load.join();
        }
        samples.put(codec, new Sample(read(site.store(), taken.id()), taken.id()));
      }
      return samples;
    }
  }

  private static void write(io.cooper.backup.postgres.Postgres primary) {
    try {
      primary.execute(
          "UPDATE notes SET body = body || 'x' WHERE id % 3 = 0",
          "SELECT pg_switch_wal()",
          "INSERT INTO notes (body) SELECT repeat(md5(i::text), 9) FROM generate_series(1, 4000) i");
    } catch (java.sql.SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static SortedMap<String, byte[]> read(ObjectStore store, BackupId id) throws Exception {
    var objects = new TreeMap<String, byte[]>();
    try (var all = store.list("", "")) {
      for (var object : all.toList()) {
        var key = object.key();
        if (!key.contains("/base/") || key.contains(id.text())) {
          try (var in = store.open(key)) {
            objects.put(key, in.readAllBytes());
          }
        }
      }
    }
    return objects;
  }

  BackupId id() {
    return id;
  }

  byte[] bytes(String key) {
    return java.util.Objects.requireNonNull(objects.get(key)).clone();
  }

  /// The same objects, but for one.
  Sample with(String key, byte[] bytes) {
    var changed = new TreeMap<>(objects);
    changed.put(key, bytes);
    return new Sample(changed, id);
  }

  /// The same objects, without one.
  Sample without(String key) {
    var changed = new TreeMap<>(objects);
    changed.remove(key);
    return new Sample(changed, id);
  }

  /// As if barman-cloud had written it: nothing is noted beside it.
  Sample withoutNotes() {
    return without(notes());
  }

  String notes() {
    return io.cooper.backup.base.Inventory.key(Site.SERVER, id);
  }

  String info() {
    return Site.SERVER.info(id);
  }

  /// The keys of its archives.
  List<String> archives() {
    return objects.keySet().stream()
        .filter(key -> Site.SERVER.dataAt(id, key).isPresent())
        .toList();
  }

  /// The keys of the segments that it needs.
  List<String> segments() {
    try (var store = store()) {
      var range =
          ((io.cooper.backup.catalog.Backup.Described)
                  new Catalog(store, Site.SERVER).backups().getFirst())
              .wal()
              .orElseThrow();
      return objects.keySet().stream()
          .filter(key -> Site.SERVER.walAt(key).isPresent())
          .filter(key -> {
            var name = key.substring(key.lastIndexOf('/') + 1);
            return name.compareTo(range.begin().text()) >= 0
                && name.compareTo(range.end().text()) <= 0
                && name.length() == 24;
          })
          .toList();
    }
  }

  /// A segment that it does not need.
  Stream<String> otherSegments() {
    var needed = segments();
    return objects.keySet().stream()
        .filter(key -> Site.SERVER.walAt(key).isPresent() && !needed.contains(key));
  }

  MemoryStore store() {
    var store = new MemoryStore();
    try {
      for (var object : new ArrayList<>(objects.entrySet())) {
        try (var made = store.create(object.getKey(), Intent.replacing())) {
          made.bytes().write(object.getValue());
          made.commit();
        }
      }
    } catch (java.io.IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return store;
  }

  /// What a verification says of it.
  Verified verified() throws Exception {
    try (var store = store()) {
      var backups = new Catalog(store, Site.SERVER).backups();
      return new Verification(store, Site.SERVER, 2).of(backups.getFirst(), Progress.silent());
    }
  }
}
