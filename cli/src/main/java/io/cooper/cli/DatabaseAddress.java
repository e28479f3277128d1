package io.cooper.cli;

import io.cooper.backup.base.UnixSockets;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// Where a PostgreSQL server listens, as its own tools take it: `postgresql://user@host:5432/db`,
/// or `host=localhost port=5432 user=postgres`; a host that begins with `/` is the folder of a unix
/// socket. A password is never taken from here: it comes from `PGPASSWORD` or the password file, as
/// a command line is seen by everybody.
final class DatabaseAddress {
  private static final Pattern PAIR =
      Pattern.compile("\\s*(\\w+)\\s*=\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|(\\S*))\\s*");
  private static final List<String> KNOWN =
      List.of("host", "port", "user", "dbname", "sslmode", "sslrootcert", "connect_timeout");

  private DatabaseAddress() {}

  /// @param conninfo as libpq takes it; empty for the local server and the current user
  /// @throws io.cooper.problem.ProblemException if it cannot be read
  static DataSource of(String conninfo, java.util.Map<String, String> environment) {
    var source = new PGSimpleDataSource();
    if (conninfo.startsWith("postgresql://") || conninfo.startsWith("postgres://")) {
      url(conninfo, source);
    } else {
      pairs(conninfo, source);
    }
    if (source.getUser() == null) {
      source.setUser(environment.getOrDefault("PGUSER", System.getProperty("user.name")));
    }
    if (source.getPassword() == null && environment.containsKey("PGPASSWORD")) {
      source.setPassword(environment.get("PGPASSWORD"));
    }
    source.setApplicationName("cooper");
    return source;
  }

  private static void url(String conninfo, PGSimpleDataSource source) {
    var rest = conninfo.substring(conninfo.indexOf("://") + "://".length());
    int at = rest.lastIndexOf('@');
    if (at >= 0 && rest.substring(0, at).contains(":")) {
      throw wrong("holds a password", "leave it out, and set PGPASSWORD or use a password file");
    }
    try {
      source.setURL("jdbc:postgresql://" + rest.substring(at + 1));
    } catch (IllegalArgumentException _) {
      throw wrong("is no address", "write postgresql://USER@HOST:5432/DATABASE");
    }
    if (at > 0) {
      source.setUser(rest.substring(0, at));
    }
  }

  private static void pairs(String conninfo, PGSimpleDataSource source) {
    var given = new TreeMap<String, String>();
    var matcher = PAIR.matcher(conninfo);
    int end = 0;
    while (end < conninfo.length() && matcher.find(end) && matcher.start() == end) {
      var quoted = matcher.group(2);
      given.put(
          matcher.group(1), quoted == null ? matcher.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
      end = matcher.end();
    }
    var unknown = given.keySet().stream().filter(key -> !KNOWN.contains(key)).toList();
    if (end < conninfo.length() || !unknown.isEmpty()) {
      throw wrong(
          unknown.isEmpty() ? "cannot be read" : "has " + String.join(", ", unknown),
          "write for example: host=localhost port=5432 user=postgres dbname=postgres; a password comes from PGPASSWORD");
    }
    var host = given.getOrDefault("host", "localhost");
    var port = port(given.getOrDefault("port", "5432"));
    if (host.startsWith("/")) {
      UnixSockets.use(source, Path.of(host), port);
    } else {
      source.setServerNames(new String[] {host});
      source.setPortNumbers(new int[] {port});
    }
    source.setDatabaseName(given.getOrDefault("dbname", "postgres"));
    if (given.containsKey("user")) {
      source.setUser(given.get("user"));
    }
    if (given.containsKey("sslmode")) {
      source.setSslMode(given.get("sslmode"));
    }
    if (given.containsKey("sslrootcert")) {
      source.setSslRootCert(given.get("sslrootcert"));
    }
  }

  private static int port(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException _) {
      throw wrong("has a port that is no number", "write port=5432");
    }
  }

  private static RuntimeException wrong(String what, String remedy) {
    return new Problem(Code.BAD_USE, "--dsn", what, remedy).asException();
  }
}
