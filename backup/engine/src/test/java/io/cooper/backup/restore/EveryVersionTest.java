package io.cooper.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.base.Progress;
import io.cooper.backup.base.UnixSockets;
import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.drill.Drill;
import io.cooper.backup.drill.DrillSettings;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Postgres;
import io.cooper.backup.verify.Verification;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same small cluster in each version of PostgreSQL: backed up, restored, recovered, and judged
/// by PostgreSQL itself.
class EveryVersionTest {
  private static final int WITH_HEAP_CHECK = 14;

  /// What was restored to be looked at writes nothing into the archive.
  private static final String ALONE = "archive_mode = off";

  @TempDir Path folder = Path.of(".");

  @ParameterizedTest
  @ValueSource(ints = {13, 18})
  @Tag("S113")
  void the_oldest_and_the_newest_version_come_back(int major) throws Exception {
    comesBack(major);
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 15, 16, 17})
  @Tag("interop")
  @Tag("S113")
  void the_versions_between_come_back(int major) throws Exception {
    comesBack(major);
  }

  private void comesBack(int major) throws Exception {
    var found = Binaries.of(major);
    assumeThat(found).describedAs("PostgreSQL %d: scripts/interop-setup", major).isPresent();
    var binaries = found.get();
    var place = Files.createDirectory(folder.resolve("Ts Zwei é"));
    try (var site = new Site(folder)) {
      var primary = site.primary(binaries, List.of("-k"));
      primary.execute(
          "CREATE EXTENSION amcheck",
          "CREATE TABLESPACE \"Ts Zwei é\" LOCATION '%s'".formatted(place),
          "CREATE TABLE there TABLESPACE \"Ts Zwei é\" AS SELECT * FROM notes",
          "CREATE INDEX there_body ON there (body)");
      var taken =
          site.backUp(
              primary,
              BackupSettings.of(primary.data()).immediately().compressed(Codec.LZ4).named("b"));
      primary.execute("INSERT INTO notes (body) VALUES ('after the backup')");
      var expected = primary.ask(Site.SUMS);
      Site.awaitArchived(primary);

      var server =
          site.restored(
              binaries,
              "restored",
              RestoreSettings.newest()
                  .movingTablespaces(Map.of("Ts Zwei é", folder.resolve("moved")))
                  .recovering(site.recovery()),
              ALONE);

      requireProved(site, binaries, folder);
      assertThat(taken.info().get(BackupInfo.VERSION).orElseThrow() / 10_000).isEqualTo(major);
      assertThat(taken.inventory().damagedPages()).isZero();
      assertThat(server.ask(Site.SUMS)).isEqualTo(expected);
      assertThat(server.ask("SELECT count(*) FROM there")).isEqualTo("5000");
      server.execute(
          "SELECT bt_index_check('there_body', true)", "SELECT bt_index_check('notes_pkey', true)");
      if (major >= WITH_HEAP_CHECK) {
        assertThat(server.ask("SELECT count(*) FROM verify_heapam('notes')")).isEqualTo("0");
        assertThat(server.ask("SELECT count(*) FROM verify_heapam('there')")).isEqualTo("0");
      }
      requireSoundPages(site, server);
    }
  }

  /// Read to its end, and drilled with all checks.
  private static void requireProved(Site site, Binaries binaries, Path folder) throws Exception {
    var verified =
        new Verification(site.store(), Site.SERVER, 2)
            .of(new Catalog(site.store(), Site.SERVER).backup("b"), Progress.silent());
    var drilled =
        new Drill(
                site.store(),
                Site.SERVER,
                DrillSettings.in(
                        folder.resolve("scratch"),
                        new DrillSettings.Places(
                            Optional.of(binaries.bin()),
                            Optional.empty(),
                            folder.resolve("cache"),
                            Map.of()))
                    .checking(DrillSettings.Amcheck.ALL))
            .run(Drill.Watch.silent());
    assertThat(verified.problems()).isEmpty();
    assertThat(verified.pages()).isPositive();
    assertThat(drilled.problems()).isEmpty();
    assertThat(drilled.checks())
        .anySatisfy(check -> assertThat(check).matches("[1-9]\\d+ relations checked by amcheck"))
        .anySatisfy(check -> assertThat(check).contains("pages compared"));
  }

  /// What PostgreSQL wrote into the restored files is read again, and every page judged.
  private static void requireSoundPages(Site site, Postgres server) throws Exception {
    server.execute("CHECKPOINT");
    var again =
        site.backUp(
            server,
            BackupSettings.of(server.data()).immediately().awaitingWal(java.util.Optional.empty()));
    assertThat(again.inventory().damagedPages()).isZero();
  }

  @Test
  @Tag("S113")
  void large_segments_no_checksums_and_a_unix_socket_make_no_difference() throws Exception {
    var binaries = Binaries.embedded();
    var sockets = Files.createTempDirectory("cooper-sock");
    try (var site = new Site(folder)) {
      var primary =
          site.primary(
              binaries,
              List.of("--wal-segsize=64", "--no-data-checksums"),
              "unix_socket_directories = '%s'".formatted(sockets));
      var database = primary.database();
      UnixSockets.use(database, sockets, primary.port());
      var taken =
          new BaseBackup(
                  database,
                  site.store(),
                  Site.SERVER,
                  BackupSettings.of(primary.data()).immediately())
              .run(Progress.silent());
      var expected = primary.ask(Site.SUMS);
      Site.awaitArchived(primary);

      var server =
          site.restored(
              binaries, "restored", RestoreSettings.newest().recovering(site.recovery()), ALONE);

      var info = taken.info();
      assertThat(info.segmentSize()).isEqualTo(new SegmentSize(64 << 20));
      assertThat(info.get(BackupInfo.DATA_CHECKSUMS)).contains("off");
      assertThat(info.get(BackupInfo.BEGIN_WAL).orElseThrow().text())
          .isEqualTo(primaryName(info.get(BackupInfo.BEGIN_LSN).orElseThrow().bytes()));
      assertThat(server.ask(Site.SUMS)).isEqualTo(expected);
    } finally {
      Files.deleteIfExists(sockets);
    }
  }

  private static String primaryName(long lsn) {
    return "00000001%08X%08X".formatted(lsn >>> 32, (lsn & 0xFFFF_FFFFL) / (64 << 20));
  }

  @Test
  @Tag("S130")
  void a_promoted_server_is_backed_up_on_its_own_timeline_and_comes_back_there() throws Exception {
    var binaries = Binaries.embedded();
    try (var site = new Site(folder)) {
      var primary = site.primary(binaries, List.of("-k"));
      site.backUp(primary, BackupSettings.of(primary.data()).immediately());
      Site.awaitArchived(primary);
      primary.stop();
      var promoted =
          site.restored(binaries, "promoted", RestoreSettings.newest().recovering(site.recovery()));
      promoted.execute("INSERT INTO notes (body) VALUES ('on timeline 2')");
      var taken = site.backUp(promoted, BackupSettings.of(promoted.data()).immediately());
      promoted.execute("INSERT INTO notes (body) VALUES ('after it')");
      var expected = promoted.ask(Site.SUMS);
      Site.awaitArchived(promoted);

      var server =
          site.restored(
              binaries, "restored", RestoreSettings.newest().recovering(site.recovery()), ALONE);

      assertThat(taken.info().get(BackupInfo.TIMELINE)).contains(2L);
      assertThat(taken.info().get(BackupInfo.BEGIN_WAL).orElseThrow().text())
          .startsWith("00000002");
      assertThat(server.ask(Site.SUMS)).isEqualTo(expected);
      assertThat(server.ask("SELECT timeline_id FROM pg_control_checkpoint()")).isEqualTo("3");
    }
  }
}
