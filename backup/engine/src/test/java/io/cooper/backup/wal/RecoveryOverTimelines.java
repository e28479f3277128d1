package io.cooper.backup.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.WalName;
import io.cooper.store.ObjectStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real server archives through the engine, another one recovers: to the end, over a change of
/// timeline, and to a place before that change.
abstract class RecoveryOverTimelines {
  @TempDir Path folder;

  /// Where the WAL goes.
  abstract ObjectStore store();

  /// Of the cluster's segments.
  abstract int mebibytes();

  /// What a server that recovers is given beside the bridge's own settings.
  abstract String recovery(String name);

  /// Whether it is the engine that a recovery asks.
  abstract boolean asksUs();

  @Test
  void a_cluster_comes_back_over_timelines_and_at_the_place_that_was_asked_for() throws Exception {
    var archive = WalArchiveTest.archive(store(), Codec.LZ4);
    var base = folder.resolve("base");
    String middle;
    try (var bridge = bridge("primary");
        var server = server(folder.resolve("primary"), bridge.settings());
        var connection = server.getPostgresDatabase().getConnection()) {
      run(connection, "create table t (n int, filling text)");
      takeBackup(connection, folder.resolve("primary"), base);
      insert(connection, 1, 30_000);
      middle = ask(connection, "select pg_current_wal_insert_lsn()");
      insert(connection, 30_001, 60_000);
      run(connection, "select pg_switch_wal()");
      awaitArchived(connection);
    }
    assertThat(archive.owner()).isPresent();

    // To the end of the first timeline, and on along the second.
    try (var bridge = bridge("second");
        var server = recovered(base, "second", bridge, "");
        var connection = server.getPostgresDatabase().getConnection()) {
      awaitPromoted(connection);
      assertThat(ask(connection, "select count(*), max(n) from t")).isEqualTo("60000 60000");
      insert(connection, 60_001, 61_000);
      run(connection, "select pg_switch_wal()");
      awaitArchived(connection);
      assertThat(bridge.log).contains("archive 00000002.history 0");
      assertThat(bridge.log.contains("restore 00000002.history 4")).isEqualTo(asksUs());
    }
    assertThat(archive.history(2)).isPresent();

    // From the same backup along both.
    try (var bridge = bridge("third");
        var server = recovered(base, "third", bridge, "");
        var connection = server.getPostgresDatabase().getConnection()) {
      awaitPromoted(connection);
      assertThat(ask(connection, "select count(*), max(n) from t")).isEqualTo("61000 61000");
      assertThat(bridge.log.contains("restore 00000002.history 0")).isEqualTo(asksUs());
    }

    // To a place before the change of timeline.
    var target = "recovery_target_lsn = '%s'\nrecovery_target_timeline = '1'\n".formatted(middle);
    try (var bridge = bridge("fourth");
        var server = recovered(base, "fourth", bridge, target);
        var connection = server.getPostgresDatabase().getConnection()) {
      awaitPromoted(connection);
      assertThat(ask(connection, "select count(*), max(n) from t")).isEqualTo("30000 30000");
    }
    assertThat(archive.has(WalName.parse("00000004.history"))).isTrue();
  }

  private ShellBridge bridge(String name) throws IOException {
    var archive = WalArchiveTest.archive(store(), Codec.LZ4);
    var settings =
        new WalRestorer.Settings(3, folder.resolve("spool"), 8L * mebibytes() * Wal.MEBIBYTE);
    return new ShellBridge(
        folder.resolve("bridge-" + name),
        new WalArchiver(archive, 2),
        new WalRestorer(archive, settings));
  }

  private EmbeddedPostgres server(Path pgdata, String settings) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(pgdata)
        .setCleanDataDirectory(false)
        .setLocaleConfig("wal-segsize", Integer.toString(mebibytes()))
        .setPGStartupWait(Duration.ofSeconds(90))
        .setDataDirectoryCustomizer(directory -> append(directory.toPath(), settings))
        .start();
  }

  private static void append(Path pgdata, String settings) {
    try {
      Files.writeString(
          pgdata.resolve("postgresql.conf"),
          "\n" + settings,
          UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private EmbeddedPostgres recovered(Path base, String name, ShellBridge bridge, String target)
      throws IOException {
    var pgdata = folder.resolve(name);
    copy(base, pgdata);
    Files.createFile(pgdata.resolve("recovery.signal"));
    return server(
        pgdata,
        bridge.settings() + recovery(name) + "recovery_target_action = 'promote'\n" + target);
  }

  private static void takeBackup(Connection connection, Path pgdata, Path base)
      throws SQLException, IOException {
    run(connection, "select pg_backup_start('base', true)");
    copy(pgdata, base);
    var label = ask(connection, "select labelfile from pg_backup_stop(false)");
    Files.writeString(base.resolve("backup_label"), label, UTF_8);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes facts)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(directory).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes facts)
              throws IOException {
            var relative = from.relativize(file).toString();
            if (facts.isRegularFile()
                && !relative.startsWith("pg_wal/")
                && !relative.startsWith("postmaster.")
                && !relative.startsWith("epg-lock")) {
              Files.copy(file, to.resolve(relative));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException vanished) {
            return FileVisitResult.CONTINUE;
          }
        });
    to.toFile().setReadable(false, false);
    to.toFile().setReadable(true, true);
    to.toFile().setExecutable(false, false);
    to.toFile().setExecutable(true, true);
    to.toFile().setWritable(false, false);
    to.toFile().setWritable(true, true);
  }

  private static void insert(Connection connection, int from, int to) throws SQLException {
    run(
        connection,
        "insert into t select n, repeat(md5(n::text), 3) from generate_series(%d, %d) n"
            .formatted(from, to));
  }

  private static void awaitArchived(Connection connection) throws SQLException {
    await(
        connection,
        "select last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1048576)"
            + " from pg_stat_archiver");
  }

  private static void awaitPromoted(Connection connection) throws SQLException {
    await(connection, "select not pg_is_in_recovery()");
  }

  private static void await(Connection connection, String question) throws SQLException {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (!ask(connection, question).equals("t")) {
      assertThat(System.nanoTime()).as(question).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private static void run(Connection connection, String statement) throws SQLException {
    try (var call = connection.createStatement()) {
      call.execute(statement);
    }
  }

  private static String ask(Connection connection, String question) throws SQLException {
    try (var call = connection.createStatement();
        var rows = call.executeQuery(question)) {
      rows.next();
      var answer = new StringBuilder(String.valueOf(rows.getString(1)));
      for (var column = 2; column <= rows.getMetaData().getColumnCount(); column++) {
        answer.append(' ').append(rows.getString(column));
      }
      return answer.toString();
    }
  }
}
