package io.cooper.backup.drill;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.Lsn;
import io.cooper.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What a drill showed.
///
/// @param backup that was restored
/// @param name what it was called
/// @param begun by the clock of whoever drilled
/// @param recovered how far recovery came; empty if it failed
/// @param timing how long each phase took, as far as it came
/// @param loss what would be lost; empty unless all the WAL there is was to be replayed
/// @param tables how many rows they have
/// @param uncounted tables for which the time was too short
/// @param checks what was checked, in words: one line each
/// @param notices what was not as in the original, or not checked, and why
/// @param problems what is wrong; none if the drill passed
public record DrillResult(
    BackupId backup,
    Optional<String> name,
    Instant begun,
    Optional<Recovered> recovered,
    Timing timing,
    Optional<Loss> loss,
    List<Rows> tables,
    List<String> uncounted,
    List<String> checks,
    List<String> notices,
    List<Problem> problems) {
  public DrillResult {
    tables = List.copyOf(tables);
    uncounted = List.copyOf(uncounted);
    checks = List.copyOf(checks);
    notices = List.copyOf(notices);
    problems = List.copyOf(problems);
  }

  /// Whether the databases came back as they should.
  public boolean passed() {
    return problems.isEmpty();
  }

  /// How far recovery came.
  ///
  /// @param bytes of restored files
  /// @param compared whether the archives have checksums, which were compared
  /// @param reached the end of the WAL that was replayed
  /// @param instant of the last transaction that was replayed; empty if there was none
  /// @param timeline that recovery ended on, unsigned
  /// @param segments of WAL that were fetched
  /// @param walBytes of these
  public record Recovered(
      long bytes,
      long files,
      boolean compared,
      Lsn reached,
      Optional<Instant> instant,
      int timeline,
      long segments,
      long walBytes) {}

  /// How long each phase took.
  ///
  /// @param restore until all files were there
  /// @param start from there until the server asked for WAL
  /// @param replay from there until the databases could be used
  /// @param checks of what was recovered
  public record Timing(Duration restore, Duration start, Duration replay, Duration checks) {
    /// Until the databases could be used: the recovery time that was measured.
    public Duration untilUsable() {
      return restore.plus(start).plus(replay);
    }
  }

  /// What a loss of the database now would lose, and how long it would take to have it back.
  ///
  /// @param archiveEnd of the WAL in the archive, on the timeline that recovery ended on
  /// @param stored when the last of it came there, by the store's clock
  /// @param sourceAt where the source was when the drill began; empty if it was not asked
  /// @param lostBytes of WAL that the source had and the archive could not give; empty if the
  ///   source was not asked
  /// @param measuredRpo how much time is lost at most, as measured
  /// @param guaranteedRpo how much it can be by the settings of the database; empty if they
  ///   guarantee nothing
  /// @param worstRto how long recovery would take with the most WAL that ever lay between two
  ///   backups, at the speed of this drill; empty if it replayed too little to tell
  public record Loss(
      Optional<Lsn> archiveEnd,
      Optional<Instant> stored,
      Optional<Lsn> sourceAt,
      OptionalLong lostBytes,
      Optional<Duration> measuredRpo,
      Optional<Duration> guaranteedRpo,
      Optional<Duration> worstRto) {}

  /// The rows of a table.
  ///
  /// @param table with its schema, quoted where it must be
  /// @param source how many the source has now; empty if it was not asked
  public record Rows(String database, String table, long rows, OptionalLong source) {}
}
