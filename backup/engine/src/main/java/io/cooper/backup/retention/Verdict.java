package io.cooper.backup.retention;

import io.cooper.backup.catalog.Backup;

/// What becomes of a backup, and why.
///
/// @param reason in words
public record Verdict(Backup backup, Fate fate, String reason) {
  /// What becomes of it.
  public enum Fate {
    /// The policy needs it, with all WAL since its begin.
    NEEDED,
    /// A mark keeps it, with all WAL since its begin.
    KEPT,
    /// A mark keeps it, with the WAL that makes it consistent.
    KEPT_ALONE,
    /// It goes.
    OBSOLETE,
    /// It may be under way, and all WAL since its begin stays.
    UNDER_WAY,
    /// It is of no use and no policy removes it, as barman-cloud does; whoever wants removes it by
    /// its id.
    LEFT;

    /// Whether it stays with all WAL since its begin.
    boolean needsAllWal() {
      return this == NEEDED || this == KEPT || this == UNDER_WAY;
    }
  }
}
