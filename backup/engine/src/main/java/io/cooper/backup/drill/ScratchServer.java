package io.cooper.backup.drill;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.base.UnixSockets;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.postgresql.ds.PGSimpleDataSource;

/// A PostgreSQL on a restored data directory, which only this process can reach and which can reach
/// nobody: no address to listen on, one socket in a folder of its own, no archiving, no
/// replication, no subscriptions, no libraries that run by themselves, none of the settings of the
/// machine that the data comes from.
///
/// It dies with this process, however this one dies: a shell beside it reads from a pipe of which
/// this process holds the other end, and ends the server when nobody does any more.
final class ScratchServer implements AutoCloseable {
  /// Starts the server, and ends it when standard input ends; ends when the server does.
  private static final String WATCH =
      """
      exec 3<&0
      "$@" </dev/null 3<&- &
      server=$!
      (while read -r line; do :; done <&3; kill -QUIT $server) >/dev/null 2>&1 &
      watch=$!
      exec 3<&- </dev/null
      wait $server
      status=$?
      kill $watch 2>/dev/null
      exit $status
      """;

  private static final int PORT = 5432;

  /// Counted from 0.
  private static final int STATUS_LINE = 7;

  private static final int SECONDS_TO_END = 60;
  private static final int LINES_TOLD = 6;
  private static final int LARGEST_LOG_READ = 64 << 10;
  private static final int EVENT_TRIGGERS_SINCE = 17;

  private final Path sockets;
  private final Path log;
  private final String superuser;
  private final Process process;

  private ScratchServer(Path sockets, Path log, String superuser, Process process) {
    this.sockets = sockets;
    this.log = log;
    this.superuser = superuser;
    this.process = process;
  }

  /// How a server is to be.
  ///
  /// @param superuser as whom it is asked
  /// @param libraries that are preloaded
  /// @param preparedTransactions how many it must have room for
  record Manner(String superuser, List<String> libraries, int preparedTransactions) {}

  /// Starts one.
  static ScratchServer start(Programs programs, Scratch scratch, Account account, Manner manner)
      throws IOException {
    var data = scratch.data();
    Files.writeString(scratch.folder().resolve("pg_hba.conf"), "local all all trust\n", UTF_8);
    Files.writeString(scratch.folder().resolve("pg_ident.conf"), "", UTF_8);
    var configuration = scratch.folder().resolve("drill.conf");
    Files.writeString(configuration, text(settings(programs, scratch, manner)), UTF_8);
    var log = scratch.folder().resolve("server.log");
    account.give(scratch.folder());
    account.give(scratch.sockets());
    var command = new ArrayList<>(account.prefix());
    command.addAll(List.of("sh", "-c", WATCH, "cooper-drill"));
    command.addAll(
        List.of(
            programs.program("postgres"),
            "-D",
            data.toString(),
            "-c",
            "config_file=" + configuration));
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.directory(scratch.folder().toFile());
    builder.environment().keySet().removeIf(name -> !isNeeded(name));
    builder.environment().put("TZ", "UTC");
    return new ScratchServer(scratch.sockets(), log, manner.superuser(), builder.start());
  }

  /// Credentials of stores have no business in a server.
  private static boolean isNeeded(String name) {
    return name.equals("PATH") || name.equals("LD_LIBRARY_PATH") || name.equals("HOME");
  }

  private static Map<String, String> settings(Programs programs, Scratch scratch, Manner manner) {
    var settings = new TreeMap<String, String>();
    settings.put("hba_file", scratch.folder().resolve("pg_hba.conf").toString());
    settings.put("ident_file", scratch.folder().resolve("pg_ident.conf").toString());
    settings.put("listen_addresses", "");
    settings.put("port", Integer.toString(PORT));
    settings.put("unix_socket_directories", "\"" + scratch.sockets() + "\"");
    settings.put("unix_socket_permissions", "0700");
    settings.put("ssl", "off");
    settings.put("archive_mode", "off");
    settings.put("archive_command", "");
    settings.put("primary_conninfo", "");
    settings.put("max_wal_senders", "0");
    settings.put("max_logical_replication_workers", "0");
    settings.put("shared_preload_libraries", String.join(",", manner.libraries()));
    settings.put("autovacuum", "off");
    settings.put("hot_standby", "off");
    settings.put("max_prepared_transactions", Integer.toString(manner.preparedTransactions()));
    settings.put("restart_after_crash", "off");
    settings.put("logging_collector", "off");
    settings.put("log_destination", "stderr");
    settings.put("log_timezone", "UTC");
    settings.put("lc_messages", "C");
    settings.put("cluster_name", "cooper-drill");
    // What is thrown away afterwards need not survive a crash.
    settings.put("fsync", "off");
    settings.put("full_page_writes", "off");
    settings.put("synchronous_commit", "off");
    settings.put("max_wal_size", "16GB");
    if (programs.major() >= EVENT_TRIGGERS_SINCE) {
      settings.put("event_triggers", "off");
    }
    return settings;
  }

  private static String text(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(entry ->
            "%s = '%s'\n"
                .formatted(
                    entry.getKey(), entry.getValue().replace("\\", "\\\\").replace("'", "''")))
        .collect(Collectors.joining());
  }

  /// Whether it says that it can be asked: in the eighth line of its pid file, as `pg_ctl` reads
  /// it. To ask it before would cost a process of it each time.
  boolean isReady() {
    try {
      var lines = Files.readAllLines(dataPid());
      return lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
    } catch (IOException _) {
      return false;
    }
  }

  /// Whether it runs.
  boolean isAlive() {
    return process.isAlive();
  }

  /// A connection, as superuser.
  Connection connect(String database) throws SQLException {
    var source = new PGSimpleDataSource();
    UnixSockets.use(source, sockets, PORT);
    source.setUser(superuser);
    source.setDatabaseName(database);
    source.setApplicationName("cooper drill");
    return source.getConnection();
  }

  /// Why it ended, as it says itself: the last lines of its log that are errors.
  String lastWords() {
    try (var in = Files.newInputStream(log)) {
      var size = Files.size(log);
      in.skipNBytes(Math.max(0, size - LARGEST_LOG_READ));
      var lines =
          new String(in.readAllBytes(), UTF_8)
              .lines()
              .filter(line -> line.matches(".*\\b(FATAL|PANIC|ERROR|HINT|DETAIL):.*"))
              .filter(line -> !line.contains("starting up") && !line.contains("not yet accepting"))
              .toList();
      var last = lines.subList(Math.max(0, lines.size() - LINES_TOLD), lines.size());
      return last.isEmpty() ? "it says nothing" : String.join("; ", last);
    } catch (IOException _) {
      return "it says nothing";
    }
  }

  /// Stops it so that its files are as after a regular end.
  void stop() throws IOException, InterruptedException {
    signal("INT");
    if (!process.waitFor(SECONDS_TO_END * 10L, TimeUnit.SECONDS)) {
      throw new Problem(
              Code.POSTGRES,
              "the scratch server",
              "does not end within %d s".formatted(SECONDS_TO_END * 10),
              "look at the log it has left, with --keep")
          .asException();
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    var pid = Files.readAllLines(dataPid()).getFirst().strip();
    new ProcessBuilder("kill", "-" + name, pid).start().waitFor();
  }

  private Path dataPid() {
    return log.resolveSibling("data").resolve("postmaster.pid");
  }

  /// Ends it at once, if it runs.
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException _) {
      // It has ended.
    }
    var interrupted = false;
    try {
      while (true) {
        try {
          if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
          }
          return;
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// What it could not be asked.
  static ProblemException failed(String what, SQLException cause) {
    return new ProblemException(
        new Problem(
            Code.POSTGRES,
            "the scratch server",
            what + ": " + cause.getMessage(),
            "run the drill with --keep, and look at the folder it leaves"),
        cause);
  }
}
