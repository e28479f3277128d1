package io.cooper.backup.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.base.Progress;
import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.cloud.Cloud;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Postgres;
import io.cooper.backup.restore.Restore;
import io.cooper.backup.restore.RestoreSettings;
import io.cooper.backup.restore.Wanted;
import io.cooper.backup.wal.WalArchive;
import io.cooper.store.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Both directions on Azure and Google: rows 22 and 23 of the interop matrix, which are rows 1, 2,
/// 5, 6, 8, 10 and 11 on other clouds.
@Tag("interop")
@Tag("S83")
@Tag("S84")
class OtherCloudsTest {
  private static final ServerFolder SERVER = new ServerFolder("srv");

  @TempDir static Path folder = Path.of(".");

  @TempDir Path own = Path.of(".");

  private static Optional<Postgres> running = Optional.empty();

  @BeforeAll
  static void start() throws Exception {
    assumeThat(Barman.installed()).describedAs("barman-cloud: scripts/interop-setup").isPresent();
    var server = Postgres.create(Binaries.embedded(), folder.resolve("data"));
    running = Optional.of(server.start());
    server.execute(
        "CREATE TABLE notes AS SELECT md5(i::text) AS body FROM generate_series(1, 50000) i");
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

  private Barman barmanOn(Cloud.Kind kind) throws IOException {
    assumeThat(Cloud.has(kind)).describedAs(kind + ": scripts/interop-setup").isTrue();
    return Barman.start(own, kind);
  }

  private static WalArchive archive(Barman barman, Codec codec) {
    return new WalArchive(barman.store(), SERVER, WalArchive.Settings.with(codec));
  }

  /// A segment that the server has written.
  private static Path segment() throws Exception {
    var name = server().ask("SELECT pg_walfile_name(pg_switch_wal())");
    return server().data().resolve("pg_wal").resolve(name);
  }

  /// Rows 5 and 6.
  @ParameterizedTest
  @EnumSource(
      value = Cloud.Kind.class,
      names = {"AZURITE", "FAKE_GCS"})
  void segments_go_both_ways(Cloud.Kind kind) throws Exception {
    var theirs = own.resolve("theirs");
    var ours = own.resolve("ours");
    try (var barman = barmanOn(kind)) {
      for (var codec : Codec.values()) {
        var option = codec == Codec.NONE ? List.<String>of() : List.of("--" + codec.option());
        server().execute("INSERT INTO notes VALUES ('%s')".formatted(codec));
        var first = segment();
        var archived = barman.run("barman-cloud-wal-archive", option, first.toString());
        assertThat(archived.exit()).as(archived.output()).isZero();
        archive(barman, Codec.NONE).get(WalName.parse(first.getFileName().toString()), ours);
        assertThat(ours).hasSameBinaryContentAs(first);

        server().execute("INSERT INTO notes VALUES ('%s')".formatted(codec));
        var second = segment();
        archive(barman, codec).put(second);
        var spool = Files.createDirectories(own.resolve("spool " + codec));
        var restored =
            barman.run(
                "barman-cloud-wal-restore",
                List.of("--spool-dir", spool.toString()),
                second.getFileName().toString(),
                theirs.toString());
        assertThat(restored.exit()).as(restored.output()).isZero();
        assertThat(theirs).hasSameBinaryContentAs(second);
        Files.delete(theirs);
        Files.delete(ours);
      }
      var absent =
          barman.run(
              "barman-cloud-wal-restore",
              List.of("--spool-dir", own.resolve("empty").toString()),
              "00000001000000FF000000FF",
              theirs.toString());
      assertThat(absent.exit()).as(absent.output()).isEqualTo(1);
    }
  }

  /// Rows 2, 8, 10 and 11.
  @ParameterizedTest
  @EnumSource(
      value = Cloud.Kind.class,
      names = {"AZURITE", "FAKE_GCS"})
  @Tag("S131")
  void what_cooper_backs_up_barman_restores_lists_keeps_and_deletes(Cloud.Kind kind)
      throws Exception {
    try (var barman = barmanOn(kind)) {
      var settings =
          BackupSettings.of(server().data())
              .immediately()
              .awaitingWal(Optional.empty())
              .compressed(Codec.GZIP)
              .named("b1")
              .splitAfter(8 << 20);
      var id =
          new BaseBackup(server().database(), barman.store(), SERVER, settings)
              .run(Progress.silent())
              .id();

      var list = barman.run("barman-cloud-backup-list", List.of());
      assertThat(list.exit()).as(list.output()).isZero();
      assertThat(list.output()).contains(id.text(), "b1");

      requireAlike(barman);
      requireStarts(own.resolve("theirs"));

      var kept = barman.run("barman-cloud-backup-keep", List.of("--target", "full"), id.text());
      assertThat(kept.exit()).as(kept.output()).isZero();
      assertThat(new Catalog(barman.store(), SERVER).backup("b1").keep()).isPresent();
      assumeThat(kind)
          .describedAs("the emulator's answer to a batch, by which barman removes, is not one")
          .isNotEqualTo(Cloud.Kind.FAKE_GCS);
      assertThat(barman.run("barman-cloud-backup-keep", List.of("-r"), id.text()).exit()).isZero();
      assertThat(new Catalog(barman.store(), SERVER).backup("b1").keep()).isEmpty();

      var deleted = barman.run("barman-cloud-backup-delete", List.of("-b", id.text()));
      assertThat(deleted.exit()).as(deleted.output()).isZero();
      try (var left = barman.store().list(SERVER.base(id), "")) {
        assertThat(left.map(StoredObject::key)).isEmpty();
      }
    }
  }

  /// Row 1.
  @ParameterizedTest
  @EnumSource(
      value = Cloud.Kind.class,
      names = {"AZURITE", "FAKE_GCS"})
  @Tag("S131")
  void what_barman_backs_up_cooper_restores_alike(Cloud.Kind kind) throws Exception {
    try (var barman = barmanOn(kind)) {
      var options =
          Stream.of(
                  "-h",
                  "127.0.0.1",
                  "-p",
                  Integer.toString(server().port()),
                  "-U",
                  "postgres",
                  "--immediate-checkpoint",
                  "--gzip",
                  "-n",
                  "b1")
              .toList();
      var ran = barman.run("barman-cloud-backup", options);
      assumeThat(kind == Cloud.Kind.FAKE_GCS && ran.output().contains("400"))
          .describedAs("barman 3.20 sends to Google what the emulator does not know")
          .isFalse();
      assertThat(ran.exit()).describedAs(ran.output()).isZero();

      requireAlike(barman);
      requireStarts(own.resolve("ours"));
    }
  }

  private void requireAlike(Barman barman) throws Exception {
    var ours = own.resolve("ours");
    new Restore(barman.store(), SERVER, RestoreSettings.newest().of(new Wanted.Named("b1")))
        .into(ours, Progress.silent());
    var theirs = own.resolve("theirs");
    var ran = barman.run("barman-cloud-restore", new ArrayList<>(), "b1", theirs.toString());
    assertThat(ran.exit()).describedAs(ran.output()).isZero();
    assertThat(Tree.of(ours)).isEqualTo(Tree.of(theirs));
  }

  /// With the WAL of the live server at hand, what was restored becomes a server.
  private static void requireStarts(Path data) throws Exception {
    Files.writeString(
        data.resolve("postgresql.auto.conf"),
        "restore_command = 'cp %s/pg_wal/%%f %%p'%n".formatted(server().data()));
    Files.createFile(data.resolve("recovery.signal"));
    try (var restored = Postgres.of(Binaries.embedded(), data).start().awaitPromotion()) {
      assertThat(Long.parseLong(restored.ask("SELECT count(*) FROM notes")))
          .isGreaterThanOrEqualTo(50_000);
    }
  }
}
