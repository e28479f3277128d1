package io.cooper.backup.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.base.Progress;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Postgres;
import io.cooper.backup.restore.Restore;
import io.cooper.backup.restore.RestoreSettings;
import io.cooper.backup.restore.Wanted;
import io.cooper.store.FolderStore;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoredObject;
import io.cooper.store.s3.MinioServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Both directions, on one live server with two tablespaces.
@Tag("interop")
class BaseBackupInteropTest {
  private static final ServerFolder SERVER = new ServerFolder("srv");
  private static final String SPECIAL = "Ts Zwei é";

  @TempDir static Path folder = Path.of(".");

  @TempDir Path own = Path.of(".");

  private static Optional<Postgres> running = Optional.empty();

  @BeforeAll
  static void start() throws Exception {
    var installed = Barman.installed();
    assumeThat(installed).describedAs("barman-cloud: scripts/interop-setup").isPresent();
    assumeThat(MinioServer.program()).describedAs("MinIO: scripts/interop-setup").isPresent();
    var server = Postgres.create(Binaries.embedded(), folder.resolve("data"));
    running = Optional.of(server.start());
    var one = Files.createDirectory(folder.resolve("ts one"));
    var two = Files.createDirectory(folder.resolve("Ts Zwei é"));
    server.execute(
        "CREATE TABLESPACE plain LOCATION '%s'".formatted(one),
        "CREATE TABLESPACE \"%s\" LOCATION '%s'".formatted(SPECIAL, two),
        "CREATE TABLE notes AS SELECT md5(i::text) AS body FROM generate_series(1, 50000) i",
        "CREATE TABLE there TABLESPACE \"%s\" AS SELECT * FROM notes".formatted(SPECIAL),
        "CREATE INDEX ON there (body) TABLESPACE plain");
  }

  @AfterAll
  static void stop() throws Exception {
    if (running.isPresent()) {
      running.get().close();
    }
  }

  private static Postgres server() {
    return running.orElseThrow();
  }

  private static BackupSettings settings() {
    return BackupSettings.of(server().data()).immediately().awaitingWal(Optional.empty());
  }

  private Map<String, Path> places(String name) {
    return Map.of("plain", own.resolve(name + " plain"), SPECIAL, own.resolve(name + " spécial"));
  }

  private Path restoredByUs(ObjectStore store, String name) throws Exception {
    var data = own.resolve("ours");
    new Restore(
            store,
            SERVER,
            RestoreSettings.newest().of(new Wanted.Named(name)).movingTablespaces(places("ours")))
        .into(data, Progress.silent());
    return data;
  }

  private Path restoredByThem(Barman barman, String name) throws Exception {
    var data = own.resolve("theirs");
    var options = new ArrayList<String>();
    places("theirs")
        .forEach((tablespace, place) ->
            options.addAll(List.of("--tablespace", tablespace + ":" + place)));
    var ran = barman.run("barman-cloud-restore", options, name, data.toString());
    assertThat(ran.exit()).describedAs(ran.output()).isZero();
    return data;
  }

  private void requireAlike(Path ours, Path theirs) throws Exception {
    assertThat(Tree.of(ours)).isEqualTo(Tree.of(theirs));
    for (var place : places("ours").entrySet()) {
      var other = Objects.requireNonNull(places("theirs").get(place.getKey()));
      var mine = Tree.of(place.getValue());
      var its = Tree.of(other);
      assertThat(mine).hasSizeGreaterThan(3);
      mine.remove("");
      its.remove("");
      assertThat(mine).isEqualTo(its);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"XZ"},
      mode = EnumSource.Mode.EXCLUDE)
  @Tag("S131")
  void what_cooper_backs_up_barman_restores_alike(Codec codec) throws Exception {
    try (var barman = Barman.start(own)) {
      var store = barman.store();
      new BaseBackup(
              server().database(),
              store,
              SERVER,
              settings().compressed(codec).named("b1").splitAfter(8 << 20))
          .run(Progress.silent());

      requireAlike(restoredByUs(store, "b1"), restoredByThem(barman, "b1"));
      requireStarts(own.resolve("theirs"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--gzip", "--bzip2", "--snappy", "--lz4", "--zstd"})
  @Tag("S131")
  void what_barman_backs_up_cooper_restores_alike(String compression) throws Exception {
    try (var barman = Barman.start(own)) {
      var store = barman.store();
      var options =
          Stream.of(
                  "-h",
                  "127.0.0.1",
                  "-p",
                  Integer.toString(server().port()),
                  "-U",
                  "postgres",
                  "--immediate-checkpoint",
                  "-S",
                  "8MB",
                  "-n",
                  "b1",
                  compression)
              .filter(option -> !option.isEmpty())
              .toList();
      var ran = barman.run("barman-cloud-backup", options);
      assertThat(ran.exit()).describedAs(ran.output()).isZero();

      requireAlike(restoredByUs(store, "b1"), restoredByThem(barman, "b1"));
      requireStarts(own.resolve("ours"));
    }
  }

  /// With the WAL of the live server at hand, what was restored becomes a server.
  private void requireStarts(Path data) throws Exception {
    Files.writeString(
        data.resolve("postgresql.auto.conf"),
        "restore_command = 'cp %s/pg_wal/%%f %%p'%n".formatted(server().data()));
    Files.createFile(data.resolve("recovery.signal"));
    try (var restored = Postgres.of(Binaries.embedded(), data).start().awaitPromotion()) {
      assertThat(restored.ask("SELECT count(*) FROM notes")).isEqualTo("50000");
      assertThat(restored.ask("SELECT count(DISTINCT body) FROM there")).isEqualTo("50000");
    }
  }

  @Test
  void a_backup_that_is_not_done_is_listed_and_never_chosen() throws Exception {
    try (var barman = Barman.start(own)) {
      var store = barman.store();
      var done =
          new BaseBackup(server().database(), store, SERVER, settings().named("b1"))
              .run(Progress.silent());
      var started = new BackupId("20990101T000000");
      putInfo(
          store,
          started,
          done.info()
              .with(BackupInfo.STATUS, Status.STARTED)
              .without(BackupInfo.END_TIME)
              .without(BackupInfo.NAME));

      var list = barman.run("barman-cloud-backup-list", List.of());
      assertThat(list.exit()).describedAs(list.output()).isZero();
      assertThat(list.output()).contains(done.id().text(), started.text(), "STARTED");
      var data = restoredByThem(barman, "auto");
      assertThat(data.resolve("global/pg_control")).exists();
    }
  }

  @Test
  void a_backup_that_failed_is_listed_with_its_reason() throws Exception {
    try (var barman = Barman.start(own)) {
      var store = barman.store();
      var done =
          new BaseBackup(server().database(), store, SERVER, settings().named("b1"))
              .run(Progress.silent());
      putInfo(
          store,
          new BackupId("20990101T000000"),
          done.info()
              .with(BackupInfo.STATUS, Status.FAILED)
              .with(BackupInfo.ERROR, "failure uploading data (disk full)")
              .without(BackupInfo.END_TIME));

      var list = barman.run("barman-cloud-backup-list", List.of());

      assertThat(list.exit()).describedAs(list.output()).isZero();
      assertThat(list.output()).contains("20990101T000000", "FAILED", done.id().text());
    }
  }

  private static void putInfo(ObjectStore store, BackupId id, BackupInfo info) throws Exception {
    try (var object = store.create(SERVER.info(id), Intent.replacing())) {
      object.bytes().write(info.bytes());
      object.commit();
    }
  }

  @Test
  void every_archive_is_one_tar_that_gnu_tar_reads() throws Exception {
    try (var store = new FolderStore(own.resolve("store"))) {
      new BaseBackup(server().database(), store, SERVER, settings().splitAfter(4 << 20))
          .run(Progress.silent());
      List<String> archives;
      try (var all = store.list(SERVER.bases(), "")) {
        archives = all.map(StoredObject::key).filter(key -> key.endsWith(".tar")).toList();
      }
      assertThat(archives).hasSizeGreaterThan(4);
      for (var key : archives) {
        var tar =
            new ProcessBuilder("tar", "-tf", own.resolve("store").resolve(key).toString())
                .redirectErrorStream(true)
                .redirectOutput(own.resolve("tar.log").toFile())
                .start();
        assertThat(tar.waitFor()).describedAs(Files.readString(own.resolve("tar.log"))).isZero();
      }
      var last =
          archives.stream().filter(key -> key.contains("/data_")).reduce((a, b) -> b).orElseThrow();
      assertThat(Files.size(own.resolve("store").resolve(last)) % 10_240).isZero();
    }
  }
}
