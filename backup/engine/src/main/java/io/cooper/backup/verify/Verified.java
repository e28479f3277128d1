package io.cooper.backup.verify;

import io.cooper.backup.format.BackupId;
import io.cooper.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a verification found.
///
/// @param name what the backup was called
/// @param begun by the clock of whoever verified
/// @param problems what is wrong, the archives first, then the WAL; none if the backup is sound
/// @param archives how many were read to their ends
/// @param stored bytes of all archives as they lie in the store
/// @param compared whether each has a checksum beside it, which was compared
/// @param files in all archives
/// @param bytes of these
/// @param pages whose checksums were compared
/// @param pagesSkipped why none were; empty if they were
/// @param segments of WAL that are sound
/// @param walBytes of these
public record Verified(
    BackupId id,
    Optional<String> name,
    Instant begun,
    Duration took,
    List<Problem> problems,
    int archives,
    long stored,
    boolean compared,
    long files,
    long bytes,
    long pages,
    Optional<String> pagesSkipped,
    int segments,
    long walBytes) {
  public Verified {
    problems = List.copyOf(problems);
  }

  /// Whether nothing is wrong.
  public boolean isSound() {
    return problems.isEmpty();
  }

  /// One of which nothing could be read.
  static Verified unreadable(BackupId id, Instant begun, Problem problem) {
    return new Verified(
        id,
        Optional.empty(),
        begun,
        Duration.ZERO,
        List.of(problem),
        0,
        0,
        false,
        0,
        0,
        0,
        Optional.of("backup.info cannot be read"),
        0,
        0);
  }
}
