package io.cooper.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.base.Progress;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Postgres;
import io.cooper.store.FolderStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A live server with archiving, a backup of it, and a server from that backup.
class RoundTripTest {
  private static final ServerFolder SERVER = new ServerFolder("srv");
  private static final Optional<Duration> NEVER = Optional.empty();
  private static final String SUMS =
      "SELECT count(*) || ' ' || coalesce(sum(hashtext(body)::bigint), 0) FROM notes";

  @TempDir Path folder;

  private FolderStore store = new FolderStore(Path.of("."));
  private final ArrayList<Postgres> servers = new ArrayList<>();

  @BeforeEach
  void open() {
    store = new FolderStore(folder.resolve("store"));
  }

  @AfterEach
  void stop() throws Exception {
    for (var server : servers) {
      server.close();
    }
    store.close();
  }

  private Postgres primary(Binaries binaries) throws Exception {
    var server =
        Postgres.create(
            binaries,
            folder.resolve("primary"),
            "archive_mode = on",
            "archive_command = '%s'".formatted(archiveCommand()));
    servers.add(server);
    server.start();
    server.execute(
        "CREATE TABLE notes (id bigserial PRIMARY KEY, body text)",
        "INSERT INTO notes (body) SELECT repeat(md5(i::text), 20) FROM generate_series(1, 5000) i");
    return server;
  }

  private String archiveCommand() {
    var wals = folder.resolve("store/srv/wals");
    return ("d=%s/$(echo %%f | cut -c1-16); case %%f in *.history) d=%s;; esac;"
            + " mkdir -p $d && cp %%p $d/%%f.tmp && mv $d/%%f.tmp $d/%%f")
        .formatted(wals, wals);
  }

  private Recovery recovery() {
    return Recovery.by("cp %s/store/srv/wals/$(echo %%f | cut -c1-16)/%%f %%p".formatted(folder));
  }

  private BaseBackup.Taken backUp(Postgres server, BackupSettings settings) throws Exception {
    return new BaseBackup(server.database(), store, SERVER, settings).run(Progress.silent());
  }

  private Postgres restored(Binaries binaries, RestoreSettings settings) throws Exception {
    var data = folder.resolve("restored");
    new Restore(store, SERVER, settings).into(data, Progress.silent());
    var server = Postgres.of(binaries, data);
    server.configure("archive_mode = off");
    servers.add(server);
    return server.start().awaitPromotion();
  }

  @Test
  @Tag("S113")
  @Tag("S129")
  void a_server_under_load_comes_back_as_it_was_when_the_load_ended() throws Exception {
    var binaries = Binaries.embedded();
    var primary = primary(binaries);
    var going = new AtomicBoolean(true);
    var load = Thread.ofPlatform().start(() -> load(primary, going));

    var taken =
        backUp(
            primary,
            BackupSettings.of(primary.data()).immediately().compressed(Codec.LZ4).named("first"));

    going.set(false);
    load.join();
    var expected = primary.ask(SUMS);
    primary.execute("SELECT pg_switch_wal()");
    awaitArchived(primary);
    assertThat(taken.info().status()).isEqualTo(BackupInfo.Status.DONE);
    assertThat(taken.inventory().damagedPages()).isZero();
    var server =
        restored(
            binaries,
            RestoreSettings.newest().of(new Wanted.Named("first")).recovering(recovery()));
    assertThat(server.ask(SUMS)).isEqualTo(expected);
    server.execute("CREATE TABLE goes_on AS SELECT 1", "REINDEX DATABASE postgres");
    assertThat(backUp(server, BackupSettings.of(server.data()).immediately().awaitingWal(NEVER)))
        .extracting(again -> again.inventory().damagedPages())
        .isEqualTo(0L);
  }

  @Test
  @Tag("S113")
  void what_comes_back_passes_the_checks_of_postgresql() throws Exception {
    var installed = Binaries.installed(15);
    assumeThat(installed).describedAs("Debian's PostgreSQL 15 is not installed").isPresent();
    var binaries = installed.get();
    var primary = primary(binaries);
    var tablespaces = List.of(folder.resolve("ts one"), folder.resolve("Ts Zwei é"));
    for (var tablespace : tablespaces) {
      Files.createDirectory(tablespace);
    }
    primary.execute(
        "CREATE TABLESPACE plain LOCATION '%s'".formatted(tablespaces.get(0)),
        "CREATE TABLESPACE \"Ts Zwei é\" LOCATION '%s'".formatted(tablespaces.get(1)),
        "CREATE TABLE there TABLESPACE \"Ts Zwei é\" AS SELECT * FROM notes",
        "CREATE INDEX ON there (body) TABLESPACE plain",
        "CREATE EXTENSION amcheck");
    var taken =
        backUp(primary, BackupSettings.of(primary.data()).immediately().compressed(Codec.ZSTD));
    var expected = dump(primary);

    var server =
        restored(
            binaries,
            RestoreSettings.newest()
                .movingTablespaces(
                    Map.of(
                        "plain", folder.resolve("moved"),
                        "Ts Zwei é", folder.resolve("Móved Too")))
                .recovering(recovery()));

    assertThat(taken.info().tablespaces()).hasSize(2);
    assertThat(dump(server)).isEqualTo(expected);
    server.run("pg_amcheck", "--all", "--heapallindexed");
    server.stop();
    assertThat(server.run("pg_checksums", "--check", "-D", server.data().toString()))
        .contains("Bad checksums:  0");
    assertThat(folder.resolve("Móved Too")).isNotEmptyDirectory();
  }

  private static String dump(Postgres server) throws Exception {
    return server
        .run("pg_dump", "postgres")
        .lines()
        .filter(line -> !line.contains("restrict "))
        .collect(Collectors.joining("\n"));
  }

  @Test
  @Tag("S113")
  void a_standby_is_backed_up_like_a_primary() throws Exception {
    var binaries = Binaries.embedded();
    var primary = primary(binaries);
    backUp(primary, BackupSettings.of(primary.data()).immediately());
    var data = folder.resolve("standby");
    new Restore(store, SERVER, RestoreSettings.newest().recovering(recovery().following()))
        .into(data, Progress.silent());
    var standby =
        Postgres.of(binaries, data)
            .configure(
                "archive_mode = off",
                "primary_conninfo = 'host=127.0.0.1 port=%d user=postgres'"
                    .formatted(primary.port()));
    servers.add(standby.start());
    primary.execute("INSERT INTO notes (body) VALUES ('seen by the standby')", "CHECKPOINT");
    awaitReplayed(primary, standby);
    standby.execute("CHECKPOINT");
    var switching = Thread.ofPlatform().start(() -> switchOften(primary));

    var taken = backUp(standby, BackupSettings.of(data).immediately());

    switching.join();
    assertThat(taken.info().get(BackupInfo.LABEL).orElseThrow()).contains("BACKUP FROM: standby");
    var server =
        restored(
            binaries,
            RestoreSettings.newest().of(new Wanted.Id(taken.id())).recovering(recovery()));
    assertThat(server.ask("SELECT count(*) FROM notes WHERE body LIKE 'seen%'")).isEqualTo("1");
  }

  private static void awaitReplayed(Postgres primary, Postgres standby) throws Exception {
    var end = primary.ask("SELECT pg_current_wal_lsn()");
    for (int look = 0; look < 600; look++) {
      if (standby
          .ask("SELECT coalesce(pg_last_wal_replay_lsn() >= '%s', false)".formatted(end))
          .equals("t")) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("the standby does not follow");
  }

  /// Nobody closes a segment for a standby's backup; a busy primary does.
  private static void switchOften(Postgres primary) {
    try {
      for (int round = 0; round < 20; round++) {
        primary.execute("INSERT INTO notes (body) VALUES ('busy')", "SELECT pg_switch_wal()");
        Thread.sleep(500);
      }
    } catch (SQLException | InterruptedException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static void load(Postgres primary, AtomicBoolean going) {
    try (var connection = primary.database().getConnection();
        var statement = connection.createStatement()) {
      for (int round = 0; going.get(); round++) {
        statement.execute(
            "INSERT INTO notes (body) SELECT md5(random()::text) FROM generate_series(1, 200)");
        statement.execute("UPDATE notes SET body = body || 'x' WHERE id % 97 = " + round % 97);
        statement.execute("CREATE TABLE short_%d AS SELECT 1 AS one".formatted(round));
        statement.execute("DROP TABLE short_" + round);
      }
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static void awaitArchived(Postgres server) throws Exception {
    var last = server.ask("SELECT pg_walfile_name(pg_current_wal_lsn() - 1)");
    for (int look = 0; look < 600; look++) {
      if (server.ask("SELECT last_archived_wal FROM pg_stat_archiver").compareTo(last) >= 0) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException(last + " is not archived");
  }

  @Test
  @Tag("S129")
  void recovery_ends_at_the_time_that_was_asked_for() throws Exception {
    var binaries = Binaries.embedded();
    var primary = primary(binaries);
    backUp(primary, BackupSettings.of(primary.data()).immediately());
    var expected = primary.ask(SUMS);
    var then =
        OffsetDateTime.parse(
            primary.ask(
                "SELECT to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM')"));
    primary.execute("DELETE FROM notes");
    primary.execute("SELECT pg_switch_wal()");
    awaitArchived(primary);
    backUp(primary, BackupSettings.of(primary.data()).immediately());

    var server =
        restored(
            binaries, RestoreSettings.newest().recovering(recovery().to(new Target.Time(then))));

    assertThat(server.ask(SUMS)).isEqualTo(expected);
  }
}
