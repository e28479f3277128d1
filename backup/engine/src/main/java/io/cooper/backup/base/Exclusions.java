package io.cooper.backup.base;

import java.util.Collection;
import java.util.Set;
import java.util.regex.Pattern;

/// What is not backed up: barman-cloud's list, and nothing that PostgreSQL would miss.
///
/// It has temporary relations on it as well: barman-cloud means to leave them out and, by a mistake
/// in its pattern, does not.
final class Exclusions {
  private static final Set<String> EMPTIED_AT_THE_TOP = Set.of("pg_wal", "log", "pg_log");
  private static final Set<String> EMPTIED =
      Set.of(
          "pg_dynshmem",
          "pg_notify",
          "pg_replslot",
          "pg_serial",
          "pg_stat_tmp",
          "pg_snapshots",
          "pg_subtrans");
  private static final Set<String> LEFT_OUT =
      Set.of(
          "postgresql.auto.conf.tmp",
          "current_logfiles.tmp",
          "pg_internal.init",
          "postmaster.pid",
          "postmaster.opts",
          "recovery.conf",
          "standby.signal");
  private static final String TEMPORARY_PREFIX = "pgsql_tmp";
  private static final Pattern TEMPORARY_RELATION =
      Pattern.compile("t\\d+_\\d+(_(vm|fsm|init))?(\\.\\d+)?");

  /// Read last, by itself.
  static final String CONTROL = "global/pg_control";

  private final Set<String> places;
  private final String topPrefix;

  private Exclusions(Collection<String> places, String topPrefix) {
    this.places = Set.copyOf(places);
    this.topPrefix = topPrefix;
  }

  /// Those of a data directory.
  ///
  /// @param tablespaces places in it that are archived apart: the links, and tablespaces that lie
  ///   in the directory itself, relative to it
  static Exclusions ofData(Collection<String> tablespaces) {
    return new Exclusions(tablespaces, "");
  }

  /// Those of a tablespace: of what lies at its top, only the folder of this version is its own.
  static Exclusions ofTablespace(int majorVersion) {
    return new Exclusions(Set.of(), "PG_%d_".formatted(majorVersion));
  }

  /// Whether a file or folder is taken.
  ///
  /// @param path relative, with `/`
  boolean takes(String path) {
    var name = path.substring(path.lastIndexOf('/') + 1);
    return !LEFT_OUT.contains(name)
        && !name.startsWith(TEMPORARY_PREFIX)
        && !places.contains(path)
        && !path.equals(CONTROL)
        && (path.indexOf('/') >= 0 || name.startsWith(topPrefix))
        && !isTemporaryRelation(path, name);
  }

  /// Whether what lies in a folder is taken, once the folder itself is.
  boolean descends(String folder) {
    var name = folder.substring(folder.lastIndexOf('/') + 1);
    return !EMPTIED.contains(name) && !EMPTIED_AT_THE_TOP.contains(folder);
  }

  private static boolean isTemporaryRelation(String path, String name) {
    return path.indexOf('/') >= 0 && TEMPORARY_RELATION.matcher(name).matches();
  }
}
