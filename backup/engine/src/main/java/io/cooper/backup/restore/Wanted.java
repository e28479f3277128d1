package io.cooper.backup.restore;

import io.cooper.backup.format.BackupId;

/// Which backup is to be restored. Closed.
public sealed interface Wanted {
  /// The newest from which the target of the recovery can be reached; without one, the newest.
  record Fitting() implements Wanted {}

  /// This one.
  record Id(BackupId id) implements Wanted {}

  /// The newest of this name.
  record Named(String name) implements Wanted {}
}
