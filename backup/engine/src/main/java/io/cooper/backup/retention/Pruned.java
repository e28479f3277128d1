package io.cooper.backup.retention;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.retention.PrunePlan.Amount;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What became of a plan.
///
/// @param backups that are gone
/// @param wal that is gone
/// @param left what should have gone and did not
/// @param isHidden whether the bucket keeps versions: what is gone still takes room until one of
///   its own rules removes it
public record Pruned(List<BackupId> backups, Amount wal, List<Left> left, boolean isHidden) {
  public Pruned {
    backups = List.copyOf(backups);
    left = List.copyOf(left);
  }

  /// Something that could not be deleted.
  ///
  /// @param what which backup, or which WAL
  /// @param objects how many
  /// @param until when it can be; empty if that is not known
  /// @param reason in words
  public record Left(String what, long objects, Optional<Instant> until, String reason) {}
}
