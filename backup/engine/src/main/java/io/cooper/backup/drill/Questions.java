package io.cooper.backup.drill;

import io.cooper.backup.drill.DrillResult.Rows;
import io.cooper.backup.drill.DrillSettings.Amcheck;
import io.cooper.backup.drill.DrillSettings.Statements;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.postgresql.core.Parser;

/// What is asked of the restored databases. What is wrong is gathered, and ends nothing: the next
/// question is asked all the same.
final class Questions {
  private static final String TIMED_OUT = "57014";
  private static final int MOST_TOLD = 20;
  private static final int LONGEST_STATEMENT = 80;
  private static final int HEAPS_SINCE = 14;

  private static final String DATABASES =
      "SELECT datname FROM pg_database WHERE datallowconn ORDER BY datname";

  private static final String TABLES =
      """
      SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
        AND (c.relkind <> 'm' OR c.relispopulated)
      ORDER BY 1
      """;

  private static final String INDEXES =
      """
      SELECT c.oid::int8, c.oid::regclass::text FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
      WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence = 'p'
        AND i.indisready AND i.indisvalid
      ORDER BY 1
      """;

  private static final String HEAPS =
      """
      SELECT c.oid::int8, c.oid::regclass::text FROM pg_class c
      JOIN pg_am a ON a.oid = c.relam
      WHERE a.amname = 'heap' AND c.relkind IN ('r', 'm', 't') AND c.relpersistence = 'p'
      ORDER BY 1
      """;

  private final ScratchServer server;
  private final int major;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> checks = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private final List<Rows> tables = new ArrayList<>();
  private final List<String> uncounted = new ArrayList<>();

  Questions(ScratchServer server, int major) {
    this.server = server;
    this.major = major;
  }

  List<Problem> problems() {
    return problems;
  }

  List<String> checks() {
    return checks;
  }

  List<String> notices() {
    return notices;
  }

  List<Rows> tables() {
    return tables;
  }

  List<String> uncounted() {
    return uncounted;
  }

  /// The databases that take connections.
  List<String> databases() {
    try (var connection = server.connect("template1");
        var statement = connection.createStatement()) {
      return strings(statement, DATABASES);
    } catch (SQLException cause) {
      throw ScratchServer.failed("cannot be asked for its databases", cause);
    }
  }

  private static List<String> strings(Statement statement, String query) throws SQLException {
    var found = new ArrayList<String>();
    try (var rows = statement.executeQuery(query)) {
      while (rows.next()) {
        found.add(String.valueOf(rows.getString(1)));
      }
    }
    return found;
  }

  /// Counts the rows of all tables, which reads all their pages.
  void countRows(List<String> databases, Duration within) {
    long deadline = System.nanoTime() + within.toNanos();
    long rows = 0;
    for (var database : databases) {
      try (var connection = server.connect(database)) {
        for (var entry : counted(connection, deadline, name(database)).entrySet()) {
          entry
              .getValue()
              .ifPresentOrElse(
                  count ->
                      tables.add(new Rows(database, entry.getKey(), count, OptionalLong.empty())),
                  () -> uncounted.add(database + ": " + entry.getKey()));
          rows += entry.getValue().orElse(0L);
        }
      } catch (SQLException cause) {
        problems.add(wrong(name(database), "its tables cannot be counted: " + cause.getMessage()));
      }
    }
    checks.add("%d rows in %d tables counted".formatted(rows, tables.size()));
    if (!uncounted.isEmpty()) {
      notices.add(
          "%d tables were not counted within %d s".formatted(uncounted.size(), within.toSeconds()));
    }
  }

  /// @return the rows of each table; empty where the time was too short
  private Map<String, Optional<Long>> counted(Connection connection, long deadline, String where)
      throws SQLException {
    var found = new TreeMap<String, Optional<Long>>();
    try (var statement = connection.createStatement()) {
      for (var table : strings(statement, TABLES)) {
        var left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
          found.put(table, Optional.empty());
          continue;
        }
        try {
          statement.execute("SET statement_timeout = " + left);
          found.put(table, Optional.of(number(statement, "SELECT count(*) FROM " + table)));
        } catch (SQLException cause) {
          if (!TIMED_OUT.equals(cause.getSQLState())) {
            problems.add(wrong(where + ", " + table, "cannot be read: " + cause.getMessage()));
          }
          found.put(table, Optional.empty());
        }
      }
    }
    return found;
  }

  private static long number(Statement statement, String query) throws SQLException {
    try (var row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  /// Counts the same tables at the source, as they are now.
  void compareRows(DataSource source, Duration within) {
    try (var connection = source.getConnection()) {
      var database = connection.getCatalog();
      long deadline = System.nanoTime() + within.toNanos();
      var there = counted(connection, deadline, "the source");
      tables.replaceAll(rows ->
          rows.database().equals(database)
              ? new Rows(
                  database,
                  rows.table(),
                  rows.rows(),
                  there.getOrDefault(rows.table(), Optional.empty()).stream()
                      .mapToLong(Long::longValue)
                      .findAny())
              : rows);
      checks.add("rows of database %s counted at the source as well".formatted(database));
    } catch (SQLException cause) {
      notices.add("the tables of the source could not be counted: " + cause.getMessage());
    }
  }

  /// Lets amcheck look at the structure of indexes and tables.
  void amcheck(List<String> databases, Amcheck wanted) throws InterruptedException {
    int checked = 0;
    var without = new ArrayList<String>();
    for (var database : databases) {
      try (var connection = server.connect(database);
          var statement = connection.createStatement()) {
        if (strings(statement, "SELECT name FROM pg_available_extensions WHERE name = 'amcheck'")
            .isEmpty()) {
          without.add(database);
          continue;
        }
        statement.execute("CREATE EXTENSION IF NOT EXISTS amcheck");
        checked += amcheck(statement, database, wanted);
      } catch (SQLException cause) {
        problems.add(wrong(name(database), "amcheck cannot be used: " + cause.getMessage()));
      }
    }
    if (!without.isEmpty()) {
      notices.add("nothing was checked by amcheck: these programs of PostgreSQL have none");
    } else {
      checks.add("%d relations checked by amcheck".formatted(checked));
    }
  }

  private int amcheck(Statement statement, String database, Amcheck wanted)
      throws SQLException, InterruptedException {
    int checked = 0;
    for (var index : relations(statement, INDEXES).entrySet()) {
      requireGoingOn();
      checked++;
      try {
        statement.execute("SELECT bt_index_check(%d::oid::regclass)".formatted(index.getKey()));
      } catch (SQLException cause) {
        tell(
            wrong(
                "%s, index %s".formatted(name(database), index.getValue()),
                "" + cause.getMessage()));
      }
    }
    if (wanted == Amcheck.ALL && major >= HEAPS_SINCE) {
      for (var heap : relations(statement, HEAPS).entrySet()) {
        requireGoingOn();
        checked++;
        heap(statement, database, heap.getKey(), heap.getValue());
      }
    }
    return checked;
  }

  private void heap(Statement statement, String database, long oid, String table) {
    try (var rows =
        statement.executeQuery(
            "SELECT blkno, msg FROM verify_heapam(%d::oid::regclass, on_error_stop := true)"
                .formatted(oid))) {
      if (rows.next()) {
        tell(
            wrong(
                "%s, table %s".formatted(name(database), table),
                "block %d: %s".formatted(rows.getLong(1), rows.getString(2))));
      }
    } catch (SQLException cause) {
      tell(wrong("%s, table %s".formatted(name(database), table), "" + cause.getMessage()));
    }
  }

  private static void requireGoingOn() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the drill was cancelled");
    }
  }

  private static Map<Long, String> relations(Statement statement, String query)
      throws SQLException {
    var found = new TreeMap<Long, String>();
    try (var rows = statement.executeQuery(query)) {
      while (rows.next()) {
        found.put(rows.getLong(1), String.valueOf(rows.getString(2)));
      }
    }
    return found;
  }

  /// Puts a file of statements.
  void statements(Statements wanted) {
    try (var connection = server.connect(wanted.database())) {
      int number = 0;
      for (var query : Parser.parseJdbcSql(wanted.sql(), true, false, true, false, false)) {
        if (!query.nativeSql.isBlank()) {
          number++;
          statement(connection, wanted.where(), number, query.nativeSql.strip());
        }
      }
      checks.add("%d statements of %s".formatted(number, wanted.where()));
    } catch (SQLException cause) {
      problems.add(
          wrong(
              wanted.where(),
              "cannot be asked of database %s: %s"
                  .formatted(wanted.database(), cause.getMessage())));
    }
  }

  private void statement(Connection connection, String where, int number, String sql) {
    var place = "%s, statement %d".formatted(where, number);
    try (var statement = connection.createStatement()) {
      if (statement.execute(sql)) {
        try (var rows = statement.getResultSet()) {
          var isOne =
              rows.getMetaData().getColumnCount() == 1
                  && rows.getMetaData().getColumnType(1) == java.sql.Types.BIT;
          if (isOne && rows.next()) {
            var holds = rows.getBoolean(1) && !rows.wasNull();
            if (!rows.next() && !holds) {
              problems.add(wrong(place, "does not hold: " + shortened(sql)));
            }
          }
        }
      }
    } catch (SQLException cause) {
      problems.add(wrong(place, "fails: %s: %s".formatted(cause.getMessage(), shortened(sql))));
    }
  }

  private static String shortened(String sql) {
    var line = sql.replaceAll("\\s+", " ");
    return line.length() <= LONGEST_STATEMENT ? line : line.substring(0, LONGEST_STATEMENT) + "…";
  }

  /// Collations that this machine sorts otherwise than that of the backup.
  void lookAtCollations() {
    if (major < 15) {
      return;
    }
    try (var connection = server.connect("template1");
        var statement = connection.createStatement()) {
      var others =
          strings(
              statement,
              "SELECT datname FROM pg_database WHERE datallowconn AND datcollversion IS NOT NULL"
                  + " AND datcollversion IS DISTINCT FROM"
                  + " pg_database_collation_actual_version(oid) ORDER BY datname");
      if (!others.isEmpty()) {
        notices.add(
            "this machine's collations are of another version than those of %s: what amcheck says of indexes on text may come from that"
                .formatted(String.join(", ", others)));
      }
    } catch (SQLException _) {
      // It is a hint about a hint.
    }
  }

  private void tell(Problem problem) {
    if (problems.size() < MOST_TOLD) {
      problems.add(problem);
    } else if (problems.size() == MOST_TOLD) {
      problems.add(wrong("the restored databases", "there is more of that"));
    }
  }

  private static String name(String database) {
    return "database " + database;
  }

  private static Problem wrong(String where, String what) {
    return new Problem(
        Code.CHECK_FAILED,
        where,
        what,
        "compare with the database itself: if it has the same, repair it there; if not, restore another backup");
  }
}
