package io.cooper.backup.base;

import io.cooper.backup.format.BackupInfo.Tablespace;
import io.cooper.backup.format.Lsn;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;

/// The one session in which PostgreSQL begins and ends a backup. When it ends, for whatever reason,
/// PostgreSQL leaves backup mode.
///
/// Calls wait for PostgreSQL, which may take the minutes of a checkpoint, and can be interrupted:
/// then the statement is cancelled and the session given up. For one thread at a time.
final class BackupSession implements AutoCloseable {
  private static final int OLDEST = 13;

  /// The first version with `pg_backup_start` in place of `pg_start_backup`.
  private static final int RENAMED = 15;

  private static final int IDLE_TIMEOUT = 14;
  private static final int SUMMARIES = 17;
  private static final int MAJOR = 10_000;

  /// The word `cooper`, as a number that nobody else takes.
  private static final long LOCK = 0x63_6F6F_7065_72L;

  private final Connection connection;
  private final int version;
  private final ExecutorService thread;
  private final AtomicReference<Optional<PreparedStatement>> running =
      new AtomicReference<>(Optional.empty());

  private BackupSession(Connection connection, int version, ExecutorService thread) {
    this.connection = connection;
    this.version = version;
    this.thread = thread;
  }

  /// What a cluster is, before the backup.
  record Cluster(
      int version,
      String systemId,
      String dataDirectory,
      int segmentSize,
      int blockSize,
      int blocksPerFile,
      boolean checksums,
      Optional<String> summarizeWal,
      Optional<String> configFile,
      Optional<String> hbaFile,
      Optional<String> identFile,
      List<String> includedFiles,
      List<Tablespace> tablespaces,
      Optional<Long> size,
      boolean inRecovery) {
    int major() {
      return version / MAJOR;
    }
  }

  /// Where a backup began.
  record Begin(Lsn at, int timeline, OffsetDateTime time) {}

  /// Where it ended.
  ///
  /// @param timeline of the end
  record End(Lsn at, String label, int timeline, OffsetDateTime time) {}

  /// Opens the session.
  ///
  /// @throws ProblemException with [Code#POSTGRES] if that fails, and [Code#BAD_INPUT] if the
  ///   server is too old
  static BackupSession open(DataSource database) throws InterruptedException {
    var thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("backup-session").factory());
    try {
      var connection = await(thread, database::getConnection, "cannot be reached", () -> {});
      var session = new BackupSession(connection, versionOf(connection), thread);
      try {
        session.prepare();
        return session;
      } catch (RuntimeException | InterruptedException failed) {
        session.close();
        throw failed;
      }
    } catch (RuntimeException | InterruptedException failed) {
      thread.shutdown();
      throw failed;
    }
  }

  private static int versionOf(Connection connection) {
    try (var statement = connection.prepareStatement("SHOW server_version_num");
        var row = statement.executeQuery()) {
      row.next();
      return Integer.parseInt(text(row, 1));
    } catch (SQLException cause) {
      throw failed("cannot be asked for its version", cause);
    }
  }

  private void prepare() throws InterruptedException {
    if (version / MAJOR < OLDEST) {
      throw new Problem(
              Code.BAD_INPUT,
              "PostgreSQL",
              "is version %d, which is not backed up".formatted(version / MAJOR),
              "upgrade it to 13 or newer")
          .asException();
    }
    run("SET statement_timeout TO 0");
    run("SET lock_timeout TO 0");
    if (version / MAJOR >= IDLE_TIMEOUT) {
      run("SET idle_session_timeout TO 0");
    }
  }

  private void run(String statement) throws InterruptedException {
    call(statement, prepared -> prepared.execute());
  }

  /// Asks for all that is written about a cluster before the backup begins.
  Cluster cluster() throws InterruptedException {
    return new Cluster(
        version,
        one("SELECT system_identifier::text FROM pg_control_system()"),
        one("SHOW data_directory"),
        number("SELECT setting FROM pg_settings WHERE name = 'wal_segment_size'"),
        number("SHOW block_size"),
        number("SELECT setting FROM pg_settings WHERE name = 'segment_size'"),
        one("SHOW data_checksums").equals("on"),
        version / MAJOR < SUMMARIES ? Optional.empty() : Optional.of(one("SHOW summarize_wal")),
        setting("config_file"),
        setting("hba_file"),
        setting("ident_file"),
        texts(
            "SELECT DISTINCT sourcefile FROM pg_settings WHERE sourcefile IS NOT NULL"
                + " AND sourcefile <> current_setting('config_file') ORDER BY 1"),
        tablespaces(),
        size(),
        one("SELECT pg_is_in_recovery()").equals("t"));
  }

  /// Whether no other session of this server takes a backup in this way, from now on until this one
  /// ends: then what an earlier one left was killed.
  boolean isAlone() throws InterruptedException {
    return one("SELECT pg_try_advisory_lock(" + LOCK + ")").equals("t")
        && one("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
                + " AND pid <> pg_backend_pid() AND classid::bigint = %d AND objid::bigint = %d"
                    .formatted(LOCK >>> Integer.SIZE, LOCK & 0xFFFF_FFFFL))
            .equals("0");
  }

  private Optional<String> setting(String name) throws InterruptedException {
    return texts("SELECT setting FROM pg_settings WHERE setting <> '' AND name = '" + name + "'")
        .stream()
        .findFirst();
  }

  private List<Tablespace> tablespaces() throws InterruptedException {
    return call(
        "SELECT spcname, oid::bigint, pg_tablespace_location(oid) FROM pg_tablespace"
            + " WHERE pg_tablespace_location(oid) LIKE '/%' ORDER BY oid",
        statement -> {
          var found = new ArrayList<Tablespace>();
          try (var row = statement.executeQuery()) {
            while (row.next()) {
              found.add(new Tablespace(text(row, 1), row.getLong(2), text(row, 3)));
            }
          }
          return found;
        });
  }

  /// Who may not know it backs up nevertheless.
  private Optional<Long> size() throws InterruptedException {
    try {
      return Optional.of(
          Long.parseLong(one("SELECT sum(pg_tablespace_size(oid))::bigint FROM pg_tablespace")));
    } catch (ProblemException notAllowed) {
      if (isLost()) {
        throw notAllowed;
      }
      return Optional.empty();
    }
  }

  private boolean isLost() {
    try {
      return connection.isClosed();
    } catch (SQLException _) {
      return true;
    }
  }

  /// Begins a backup. Waits for PostgreSQL's checkpoint.
  Begin start(String label, boolean immediately) throws InterruptedException {
    var call = version / MAJOR < RENAMED ? "pg_start_backup(?, ?, false)" : "pg_backup_start(?, ?)";
    return call(
        "SELECT " + call + "::text, timeline_id, now() FROM pg_control_checkpoint()",
        statement -> {
          statement.setString(1, label);
          statement.setBoolean(2, immediately);
          try (var row = statement.executeQuery()) {
            row.next();
            return new Begin(
                Lsn.parse(text(row, 1)), row.getInt(2), row.getObject(3, OffsetDateTime.class));
          }
        });
  }

  /// Ends the backup, and does not wait for the archive: who asks looks there itself.
  End stop() throws InterruptedException {
    var call = version / MAJOR < RENAMED ? "pg_stop_backup(false, false)" : "pg_backup_stop(false)";
    return call(
        "SELECT lsn::text, labelfile, CASE WHEN pg_is_in_recovery()"
            + " THEN (SELECT min_recovery_end_timeline FROM pg_control_recovery())"
            + " ELSE (SELECT timeline_id FROM pg_control_checkpoint()) END, now() FROM "
            + call,
        statement -> {
          try (var row = statement.executeQuery()) {
            row.next();
            return new End(
                Lsn.parse(text(row, 1)),
                text(row, 2),
                row.getInt(3),
                row.getObject(4, OffsetDateTime.class));
          }
        });
  }

  /// Finds out whether the session is still there.
  ///
  /// @throws ProblemException with [Code#POSTGRES] if not: then the backup is void
  void requireAlive() throws InterruptedException {
    one("SELECT 1");
  }

  private int number(String query) throws InterruptedException {
    return Integer.parseInt(one(query));
  }

  private String one(String query) throws InterruptedException {
    return call(
        query,
        statement -> {
          try (var row = statement.executeQuery()) {
            row.next();
            return text(row, 1);
          }
        });
  }

  private List<String> texts(String query) throws InterruptedException {
    return call(
        query,
        statement -> {
          var found = new ArrayList<String>();
          try (var row = statement.executeQuery()) {
            while (row.next()) {
              found.add(text(row, 1));
            }
          }
          return found;
        });
  }

  private static String text(ResultSet row, int column) throws SQLException {
    return Objects.requireNonNullElse(row.getString(column), "");
  }

  /// Something that is done with a statement.
  private interface Use<T> {
    T with(PreparedStatement statement) throws SQLException;
  }

  private <T> T call(String query, Use<T> use) throws InterruptedException {
    return await(
        thread,
        () -> {
          try (var statement = connection.prepareStatement(query)) {
            running.set(Optional.of(statement));
            return use.with(statement);
          } finally {
            running.set(Optional.empty());
          }
        },
        "refused: " + query,
        this::abort);
  }

  private interface Work<T> {
    T done() throws SQLException;
  }

  private static <T> T await(
      ExecutorService thread, Work<T> work, String what, Runnable whenInterrupted)
      throws InterruptedException {
    var result = thread.submit(work::done);
    try {
      return result.get();
    } catch (InterruptedException cancelled) {
      whenInterrupted.run();
      throw cancelled;
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof SQLException cause) {
        throw failed(what, cause);
      }
      throw new IllegalStateException(failed.getCause());
    }
  }

  private static ProblemException failed(String what, SQLException cause) {
    return new ProblemException(
        new Problem(
            Code.POSTGRES,
            "PostgreSQL",
            "%s: %s".formatted(what, String.valueOf(cause.getMessage()).strip()),
            "see whether it runs and accepts this user, who needs the role pg_read_all_settings and"
                + " the right to execute the backup functions"),
        cause);
  }

  private void abort() {
    try {
      var statement = running.get();
      if (statement.isPresent()) {
        statement.get().cancel();
      }
      connection.abort(Runnable::run);
    } catch (SQLException _) {
      // It is gone already.
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException _) {
      // It is gone already, and backup mode with it.
    }
    thread.shutdown();
  }
}
