package io.cooper.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.base.Pages;
import io.cooper.backup.format.Lsn;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.OffsetDateTime;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import javax.sql.DataSource;

/// What `cooper train` takes a base backup of: a data directory of a few MiB, and as much of a
/// PostgreSQL as the backup asks for. A real one cannot be had where a class cache is made.
final class TrainedCluster {
  private static final int PAGE = 8192;
  private static final int PAGES = 512;
  private static final int TABLES = 6;
  private static final Lsn BEGIN = Lsn.parse("0/2000028");

  /// What is answered, by a piece of the question; no row to what is not here.
  private final Map<String, List<Object>> answers;

  private TrainedCluster(Path pgdata) {
    var now = OffsetDateTime.now();
    var label =
        """
        START WAL LOCATION: 0/2000028 (file 000000010000000000000002)
        CHECKPOINT LOCATION: 0/2000060
        BACKUP METHOD: streamed
        BACKUP FROM: primary
        START TIMELINE: 1
        """;
    answers =
        Map.ofEntries(
            Map.entry("SHOW server_version_num", List.of("180000")),
            Map.entry("SELECT system_identifier", List.of("1")),
            Map.entry("SHOW data_directory", List.of(pgdata.toString())),
            Map.entry("name = 'wal_segment_size'", List.of("16777216")),
            Map.entry("SHOW block_size", List.of(Integer.toString(PAGE))),
            Map.entry("name = 'segment_size'", List.of("131072")),
            Map.entry("SHOW data_checksums", List.of("on")),
            Map.entry("SHOW summarize_wal", List.of("off")),
            Map.entry("SELECT sum(pg_tablespace_size", List.of("1")),
            Map.entry("SELECT pg_is_in_recovery()", List.of("f")),
            Map.entry("pg_try_advisory_lock", List.of("t")),
            Map.entry("count(*) FROM pg_locks", List.of("0")),
            Map.entry("pg_backup_start", List.of(BEGIN.toString(), 1, now)),
            Map.entry("pg_backup_stop", List.of("0/2000100", label, 1, now)),
            Map.entry("SELECT 1", List.of("1")));
  }

  /// Makes the data directory, and gives the database whose it is.
  static DataSource in(Path pgdata) throws IOException {
    write(pgdata.resolve("PG_VERSION"), "18\n".getBytes(UTF_8));
    write(
        pgdata.resolve("global/pg_control"),
        ByteBuffer.allocate(PAGE).order(ByteOrder.nativeOrder()).putLong(1).array());
    for (int table = 0; table < TABLES; table++) {
      write(pgdata.resolve("base/5/" + (1 + table)), table(table));
    }
    return new TrainedCluster(pgdata).database();
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.write(file, bytes);
  }

  /// Pages with checksums, as PostgreSQL leaves them.
  private static byte[] table(long seed) {
    var pages = new Pages(PAGE, 131_072, BEGIN);
    var bytes = new byte[PAGES * PAGE];
    new Random(seed).nextBytes(bytes);
    var all = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    for (int block = 0; block < PAGES; block++) {
      int at = block * PAGE;
      all.putLong(at, 0).putShort(at + 14, (short) PAGE);
      all.putShort(at + Long.BYTES, (short) pages.checksum(all, at, block));
    }
    return bytes;
  }

  private DataSource database() {
    var connection =
        like(
            Connection.class,
            (_, method, given) ->
                method.getName().equals("prepareStatement")
                    ? statement(String.valueOf(given[0]))
                    : nothing(method));
    return like(DataSource.class, (_, _, _) -> connection);
  }

  private PreparedStatement statement(String question) {
    var rows =
        answers.entrySet().stream()
            .filter(answer -> question.contains(answer.getKey()))
            .map(Map.Entry::getValue)
            .limit(1)
            .toList();
    return like(
        PreparedStatement.class,
        (_, method, _) ->
            method.getName().equals("executeQuery") ? result(rows.iterator()) : nothing(method));
  }

  private static ResultSet result(Iterator<List<Object>> rows) {
    var row =
        new Object() {
          List<Object> current = List.of();
        };
    return like(
        ResultSet.class,
        (_, method, given) -> {
          if (method.getName().equals("next")) {
            var more = rows.hasNext();
            row.current = more ? rows.next() : List.of();
            return more;
          }
          return method.getName().startsWith("get")
              ? row.current.get((Integer) given[0] - 1)
              : nothing(method);
        });
  }

  private static <T> T like(Class<T> type, InvocationHandler answers) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
  }

  /// What a call gives that nobody waits for.
  private static Object nothing(Method method) {
    return method.getReturnType() == boolean.class ? Boolean.FALSE : 0;
  }
}
