package io.cooper.backup.restore;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What is restored, and how.
///
/// @param wanted which backup
/// @param tablespaces where those go that do not go where they were, by name
/// @param recovery what PostgreSQL is told; if empty, nothing, and it will not start before
///   somebody tells it
/// @param jobs how many archives are unpacked at once
/// @param outsideLinks whether links that lead out of the data directory are made as they were;
///   otherwise a backup that has some is refused. `pg_wal`, which operators put on a volume of its
///   own, becomes a folder in any case
public record RestoreSettings(
    Wanted wanted,
    Map<String, Path> tablespaces,
    Optional<Recovery> recovery,
    int jobs,
    boolean outsideLinks) {
  private static final int USUAL_JOBS = 2;

  /// @throws io.cooper.problem.ProblemException with [Code#BAD_USE] for fewer jobs than one
  public RestoreSettings {
    tablespaces = Map.copyOf(tablespaces);
    if (jobs < 1) {
      throw new Problem(
              Code.BAD_USE,
              jobs + " jobs",
              "cannot be: there must be at least 1",
              "leave the number out: 2 are usual")
          .asException();
    }
  }

  /// The newest backup, and nothing else.
  public static RestoreSettings newest() {
    return new RestoreSettings(new Wanted.Fitting(), Map.of(), Optional.empty(), USUAL_JOBS, false);
  }

  /// The same, another backup.
  public RestoreSettings of(Wanted other) {
    return new RestoreSettings(other, tablespaces, recovery, jobs, outsideLinks);
  }

  /// The same, with tablespaces elsewhere.
  public RestoreSettings movingTablespaces(Map<String, Path> other) {
    return new RestoreSettings(wanted, other, recovery, jobs, outsideLinks);
  }

  /// The same, ready to recover.
  public RestoreSettings recovering(Recovery other) {
    return new RestoreSettings(wanted, tablespaces, Optional.of(other), jobs, outsideLinks);
  }

  /// The same, with so many archives at once.
  public RestoreSettings withJobs(int other) {
    return new RestoreSettings(wanted, tablespaces, recovery, other, outsideLinks);
  }

  /// The same, with links that lead out of the data directory.
  public RestoreSettings keepingOutsideLinks() {
    return new RestoreSettings(wanted, tablespaces, recovery, jobs, true);
  }
}
