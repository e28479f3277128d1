package io.cooper.backup.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.base.Progress;
import io.cooper.backup.catalog.Catalog;
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
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.s3.MinioServer;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Two generations of barman-cloud, the newest and that of CloudNativePG's images, as readers and
/// as writers; and what CloudNativePG takes out of their answers.
@Tag("interop")
class ReadersInteropTest {
  private static final ServerFolder SERVER = new ServerFolder("srv");

  /// What CloudNativePG names the backups of its in-tree method.
  private static final String IN_TREE = "backup-20261121080000";

  @TempDir static Path folder = Path.of(".");

  @TempDir Path own = Path.of(".");

  private static Optional<Postgres> running = Optional.empty();

  private enum Release {
    NEWEST,
    OLDER;

    Barman of(Barman newest) {
      if (this == NEWEST) {
        return newest;
      }
      assumeThat(Barman.older()).describedAs("barman 3.17: scripts/interop-setup").isPresent();
      return newest.of(Barman.older().orElseThrow());
    }
  }

  @BeforeAll
  static void start() throws Exception {
    assumeThat(Barman.installed()).describedAs("barman-cloud: scripts/interop-setup").isPresent();
    assumeThat(MinioServer.program()).describedAs("MinIO: scripts/interop-setup").isPresent();
    running =
        Optional.of(
            Postgres.create(Binaries.embedded(), folder.resolve("data"), "archive_mode = off")
                .start());
    server()
        .execute(
            "CREATE TABLE notes AS SELECT md5(i::text) AS body FROM generate_series(1, 9000) i");
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

  private static BackupSettings settings(String name) {
    return BackupSettings.of(server().data())
        .immediately()
        .awaitingWal(Optional.empty())
        .named(name);
  }

  private static BaseBackup.Taken backUp(ObjectStore store, BackupSettings settings)
      throws Exception {
    return new BaseBackup(server().database(), store, SERVER, settings).run(Progress.silent());
  }

  private static JsonNode json(Barman barman, String program, String... arguments)
      throws Exception {
    var ran = barman.run(program, List.of("--format", "json"), arguments);
    assertThat(ran.exit()).describedAs(ran.output()).isZero();
    return JsonMapper.shared().readTree(ran.output().substring(ran.output().indexOf('{')));
  }

  private Path restoredByUs(ObjectStore store, String name) throws Exception {
    var data = own.resolve("ours");
    new Restore(store, SERVER, RestoreSettings.newest().of(new Wanted.Named(name)))
        .into(data, Progress.silent());
    return data;
  }

  private Path restoredBy(Barman barman, String name) throws Exception {
    var data = own.resolve("theirs");
    var ran = barman.run("barman-cloud-restore", List.of(), name, data.toString());
    assertThat(ran.exit()).describedAs(ran.output()).isZero();
    return data;
  }

  @ParameterizedTest
  @EnumSource(Release.class)
  void barman_lists_and_shows_all_that_cloudnativepg_reads(Release release) throws Exception {
    try (var newest = Barman.start(own)) {
      var barman = release.of(newest);
      var taken = backUp(newest.store(), settings(IN_TREE).compressed(Codec.GZIP));

      var console = barman.run("barman-cloud-backup-list", List.of());
      assertThat(console.exit()).describedAs(console.output()).isZero();
      assertThat(console.output()).contains(taken.id().text());
      var listed = json(barman, "barman-cloud-backup-list").path("backups_list");
      assertThat(listed.size()).isEqualTo(1);
      requireAllFields(listed.get(0), taken);
      var shown = json(barman, "barman-cloud-backup-show", IN_TREE);
      assertThat(shown.propertyNames()).containsExactly("cloud");
      requireAllFields(shown.path("cloud"), taken);
    }
  }

  private static void requireAllFields(JsonNode backup, BaseBackup.Taken taken) {
    var info = taken.info();
    assertThat(backup.path("backup_id").asString()).isEqualTo(taken.id().text());
    assertThat(backup.path("backup_name").asString()).isEqualTo(IN_TREE);
    assertThat(backup.path("systemid").asString())
        .isEqualTo(info.get(BackupInfo.SYSTEM_ID).orElseThrow());
    assertThat(backup.path("timeline").asInt()).isEqualTo(1);
    assertThat(backup.path("begin_xlog").asString())
        .isEqualTo(info.get(BackupInfo.BEGIN_LSN).orElseThrow().toString());
    assertThat(backup.path("end_xlog").asString())
        .isEqualTo(info.get(BackupInfo.END_LSN).orElseThrow().toString());
    assertThat(backup.path("begin_wal").asString()).matches("[0-9A-F]{24}");
    assertThat(backup.path("end_wal").asString()).matches("[0-9A-F]{24}");
    assertThat(OffsetDateTime.parse(backup.path("begin_time_iso").asString()).toInstant())
        .isEqualTo(info.get(BackupInfo.BEGIN_TIME).orElseThrow().toInstant());
    assertThat(OffsetDateTime.parse(backup.path("end_time_iso").asString()).toInstant())
        .isEqualTo(info.get(BackupInfo.END_TIME).orElseThrow().toInstant());
    assertThat(backup.path("error").isNull()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"NONE", "GZIP", "BZIP2", "SNAPPY"})
  @Tag("S131")
  void the_older_barman_restores_the_compressions_it_knows(Codec codec) throws Exception {
    try (var newest = Barman.start(own)) {
      var older = Release.OLDER.of(newest);
      backUp(newest.store(), settings("b1").compressed(codec).splitAfter(4 << 20));

      assertThat(Tree.of(restoredByUs(newest.store(), "b1")))
          .isEqualTo(Tree.of(restoredBy(older, "b1")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--gzip", "--bzip2", "--snappy"})
  @Tag("S131")
  void cooper_restores_what_the_operators_in_tree_method_wrote_with_the_older_barman(
      String compression) throws Exception {
    try (var newest = Barman.start(own)) {
      var older = Release.OLDER.of(newest);
      var ran =
          older.run(
              "barman-cloud-backup",
              List.of(
                  "--user=postgres",
                  "--host=127.0.0.1",
                  "--port=" + server().port(),
                  "--name=" + IN_TREE,
                  "--immediate-checkpoint",
                  compression));
      assertThat(ran.exit()).describedAs(ran.output()).isZero();

      assertThat(Tree.of(restoredByUs(newest.store(), IN_TREE)))
          .isEqualTo(Tree.of(restoredBy(older, IN_TREE)));
      assertThat(new Catalog(newest.store(), SERVER).backups()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"NEWEST, true", "OLDER, false"})
  void policies_of_barman_pass_over_what_is_not_done(Release release, boolean listed)
      throws Exception {
    try (var newest = Barman.start(own)) {
      var barman = release.of(newest);
      var taken = backUp(newest.store(), settings("b1"));
      var started = new BackupId("20990101T000000");
      put(
          newest.store(),
          started,
          taken
              .info()
              .with(BackupInfo.STATUS, Status.STARTED)
              .without(BackupInfo.END_TIME)
              .without(BackupInfo.NAME));

      var list = barman.run("barman-cloud-backup-list", List.of());
      var deletion =
          barman.run("barman-cloud-backup-delete", List.of("-r", "REDUNDANCY 1", "--dry-run"));

      assertThat(list.exit()).describedAs(list.output()).isZero();
      assertThat(list.output().contains(started.text())).isEqualTo(listed);
      assertThat(list.output()).contains(taken.id().text());
      assertThat(deletion.exit()).describedAs(deletion.output()).isZero();
      assertThat(deletion.output()).doesNotContain(started.text(), taken.id().text());
    }
  }

  private static void put(ObjectStore store, BackupId id, BackupInfo info) throws Exception {
    try (var object = store.create(SERVER.info(id), Intent.replacing())) {
      object.bytes().write(info.bytes());
      object.commit();
    }
  }

  /// Every barman stops at the second frame of an archive.
  @Test
  void several_compressors_make_one_frame() throws Exception {
    try (var barman = Barman.start(own)) {
      backUp(barman.store(), settings("b1").compressed(Codec.ZSTD).withJobs(1));

      assertThat(Tree.of(restoredByUs(barman.store(), "b1")))
          .isEqualTo(Tree.of(restoredBy(barman, "b1")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"with blanks and é/deeper", "trailing/"})
  void a_prefix_may_have_any_letters(String prefix) throws Exception {
    try (var barman = Barman.start(own, prefix)) {
      var taken = backUp(barman.store(), settings("b1"));

      var list = barman.run("barman-cloud-backup-list", List.of());
      assertThat(list.output()).contains(taken.id().text());
      assertThat(Tree.of(restoredByUs(barman.store(), "b1")))
          .isEqualTo(Tree.of(restoredBy(barman, "b1")));
    }
  }
}
