package io.cooper.backup.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.postgresql.ds.PGSimpleDataSource;

/// A PostgreSQL server of its own, in a folder, stopped when it is closed. Runs as root as well,
/// which PostgreSQL refuses, by a user namespace without names.
public final class Postgres implements AutoCloseable {
  private static final int SECONDS = 180;

  private final Binaries binaries;
  private final Path data;
  private final int port;

  private Postgres(Binaries binaries, Path data) throws IOException {
    this.binaries = binaries;
    this.data = data;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
  }

  /// A new cluster with checksums, not started.
  ///
  /// @param settings lines of `postgresql.conf`
  public static Postgres create(Binaries binaries, Path data, String... settings)
      throws IOException, InterruptedException {
    return create(binaries, data, List.of("-k"), settings);
  }

  /// A new cluster, not started.
  ///
  /// @param options of `initdb`
  /// @param settings lines of `postgresql.conf`
  public static Postgres create(
      Binaries binaries, Path data, List<String> options, String... settings)
      throws IOException, InterruptedException {
    var server = new Postgres(binaries, data);
    var usual = List.of("-D", data.toString(), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8");
    server.run(
        "initdb",
        Stream.of(usual, List.of("--locale=C"), options)
            .flatMap(List::stream)
            .toArray(String[]::new));
    server.configure(
        "fsync = off",
        "max_wal_senders = 5",
        "wal_level = replica",
        "shared_buffers = 16MB",
        "max_connections = 30",
        "listen_addresses = '127.0.0.1'",
        "unix_socket_directories = ''");
    server.configure(settings);
    return server;
  }

  /// A data directory that is there already, not started.
  public static Postgres of(Binaries binaries, Path data) throws IOException {
    return new Postgres(binaries, data);
  }

  /// Adds settings.
  public Postgres configure(String... settings) throws IOException {
    Files.write(data.resolve("postgresql.conf"), List.of(settings), StandardOpenOption.APPEND);
    return this;
  }

  /// Starts it, and waits until it can be asked.
  public Postgres start() throws IOException, InterruptedException {
    try {
      run(
          "pg_ctl",
          "-D",
          data.toString(),
          "-w",
          "-t",
          Integer.toString(SECONDS),
          "-l",
          log().toString(),
          "-o",
          "-p " + port,
          "start");
    } catch (IOException failed) {
      throw new IOException(failed.getMessage() + "\n" + Files.readString(log()), failed);
    }
    return this;
  }

  private Path log() {
    return data.resolveSibling(data.getFileName() + ".log");
  }

  /// Stops it, and keeps its data.
  public void stop() throws IOException, InterruptedException {
    if (Files.exists(data.resolve("postmaster.pid"))) {
      run("pg_ctl", "-D", data.toString(), "-m", "fast", "-w", "stop");
    }
  }

  /// Runs one of its programs.
  ///
  /// @return what it prints
  /// @throws IOException if it fails, with what it printed
  public String run(String program, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    if ("root".equals(System.getProperty("user.name"))) {
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(binaries.program(program));
    command.addAll(List.of(arguments));
    var output = Files.createTempFile("postgres", ".out");
    try {
      var builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().put("TZ", "UTC");
      builder.environment().put("PGPORT", Integer.toString(port));
      builder.environment().put("PGHOST", "127.0.0.1");
      builder.environment().put("PGUSER", "postgres");
      var process = builder.start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(program + " does not end");
      }
      var text = Files.readString(output);
      if (process.exitValue() != 0) {
        throw new IOException("%s: %s".formatted(command, text));
      }
      return text;
    } finally {
      Files.delete(output);
    }
  }

  /// Where its data lies.
  public Path data() {
    return data;
  }

  /// Where it listens, on the loopback address.
  public int port() {
    return port;
  }

  /// Connections to it as superuser.
  public PGSimpleDataSource database() {
    var source = new PGSimpleDataSource();
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setPortNumbers(new int[] {port});
    source.setUser("postgres");
    source.setDatabaseName("postgres");
    return source;
  }

  /// Executes statements.
  public void execute(String... statements) throws SQLException {
    try (var connection = database().getConnection();
        var statement = connection.createStatement()) {
      for (var each : statements) {
        statement.execute(each);
      }
    }
  }

  /// The only value that a query gives.
  public String ask(String query) throws SQLException {
    try (var connection = database().getConnection();
        var statement = connection.createStatement();
        var row = statement.executeQuery(query)) {
      row.next();
      return Objects.requireNonNullElse(row.getString(1), "");
    }
  }

  /// Waits until it has ended recovery.
  public Postgres awaitPromotion() throws SQLException, InterruptedException {
    for (int look = 0; ask("SELECT pg_is_in_recovery()").equals("t"); look++) {
      if (look > SECONDS * 10) {
        throw new IllegalStateException("recovery does not end");
      }
      Thread.sleep(100);
    }
    return this;
  }

  @Override
  public void close() throws IOException {
    try {
      stop();
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
    }
  }
}
