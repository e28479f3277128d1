package io.cooper.backup.restore;

import io.cooper.backup.catalog.Backup.Described;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.backup.map.Horizon;
import io.cooper.problem.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How a target can be recovered to, or why not. A restore goes by the same plan.
///
/// @param backup with which it begins
/// @param target up to where
/// @param timeline along which, unsigned
/// @param wal what is replayed, as far as that is known before; empty if the archive has no WAL at
///   all, or the backup does not say where it begins
/// @param horizon how far a recovery from this backup gets
/// @param obstacle why the target cannot be reached
/// @param nearest instants and places that can be reached instead; none if the target can be
public record Plan(
    Described backup,
    Target target,
    int timeline,
    Optional<Wal> wal,
    Optional<Horizon> horizon,
    Optional<Problem> obstacle,
    List<Nearest> nearest) {
  public Plan {
    nearest = List.copyOf(nearest);
  }

  /// WAL that is replayed: the segments from one to another, across timelines.
  ///
  /// @param segments how many
  /// @param bytes of them in the archive
  public record Wal(Segment first, Segment last, long segments, long bytes) {}

  /// What can be reached instead of a target.
  ///
  /// @param isBefore whether it lies before the target
  /// @param place in the WAL
  /// @param time if that is known: before the target, every instant earlier than this; after it,
  ///   this one and the ones that follow
  /// @param backup that a restore begins with
  public record Nearest(boolean isBefore, Lsn place, Optional<Instant> time, Described backup) {}
}
