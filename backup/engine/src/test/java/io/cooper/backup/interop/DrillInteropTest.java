package io.cooper.backup.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cooper.backup.base.Progress;
import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.drill.Drill;
import io.cooper.backup.drill.DrillSettings;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Postgres;
import io.cooper.backup.verify.Verification;
import io.cooper.backup.wal.WalArchive;
import io.cooper.backup.wal.WalArchiver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What barman-cloud backed up is verified and drilled like a backup of our own.
@Tag("interop")
class DrillInteropTest {
  private static final ServerFolder SERVER = new ServerFolder("srv");

  @TempDir Path folder;

  @BeforeEach
  void requireTools() {
    assumeThat(Barman.installed()).describedAs("barman-cloud is not installed").isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--gzip", "--snappy"})
  void what_barman_backed_up_is_sound_and_comes_back(String compression) throws Exception {
    try (var barman = Barman.start(Files.createDirectory(folder.resolve("barman")));
        var server =
            Postgres.create(
                    Binaries.embedded(),
                    folder.resolve("primary"),
                    List.of("-k", "--wal-segsize=1"),
                    "archive_mode = on",
                    "archive_command = 'mkdir -p %1$s && cp %%p %1$s/%%f'"
                        .formatted(folder.resolve("wals")))
                .start()) {
      server.execute(
          "CREATE TABLE notes AS SELECT md5(i::text) AS body FROM generate_series(1, 40000) i");
      var options =
          compression.isEmpty()
              ? List.of(
                  "--immediate-checkpoint",
                  "-p",
                  "" + server.port(),
                  "-h",
                  "127.0.0.1",
                  "-U",
                  "postgres")
              : List.of(
                  compression,
                  "--immediate-checkpoint",
                  "-p",
                  "" + server.port(),
                  "-h",
                  "127.0.0.1",
                  "-U",
                  "postgres");
      var ran = barman.run("barman-cloud-backup", options);
      assertThat(ran.exit()).as(ran.output()).isZero();
      server.execute("INSERT INTO notes SELECT 'later'", "SELECT pg_switch_wal()");
      archive(barman, server);

      var backup = new Catalog(barman.store(), SERVER).backup("latest");
      var verified = new Verification(barman.store(), SERVER, 2).of(backup, Progress.silent());
      var result =
          new Drill(
                  barman.store(),
                  SERVER,
                  DrillSettings.in(
                          folder.resolve("scratch"),
                          new DrillSettings.Places(
                              Optional.of(Binaries.embedded().bin()),
                              Optional.empty(),
                              folder.resolve("cache"),
                              Map.of()))
                      .checking(DrillSettings.Amcheck.ALL))
              .run(Drill.Watch.silent());

      assertThat(verified.problems()).isEmpty();
      assertThat(verified.compared()).isFalse();
      assertThat(verified.pages()).isGreaterThan(2000);
      assertThat(result.problems()).isEmpty();
      assertThat(result.tables()).anySatisfy(rows -> assertThat(rows.rows()).isEqualTo(40001));
    }
  }

  /// All segments that were switched, with their own system identifier.
  private void archive(Barman barman, Postgres server) throws Exception {
    var archive = new WalArchive(barman.store(), SERVER, WalArchive.Settings.with(Codec.GZIP));
    try (var archiver = new WalArchiver(archive, 1);
        var files = Files.list(server.data().resolve("pg_wal"))) {
      var current = server.ask("SELECT pg_walfile_name(pg_current_wal_lsn())");
      for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
        var name = file.getFileName().toString();
        if (name.matches("[0-9A-F]{24}") && name.compareTo(current) < 0) {
          archiver.archive(file);
        }
      }
    }
  }
}
