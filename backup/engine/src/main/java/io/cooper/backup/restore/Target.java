package io.cooper.backup.restore;

import io.cooper.backup.format.Lsn;
import java.time.OffsetDateTime;

/// Up to where WAL is replayed. Closed: PostgreSQL knows these and no others.
public sealed interface Target {
  /// All the WAL there is.
  record Latest() implements Target {}

  /// The commits up to a time.
  record Time(OffsetDateTime time) implements Target {}

  /// A place in the WAL.
  record Place(Lsn lsn) implements Target {}

  /// A restore point that `pg_create_restore_point` made.
  record Name(String name) implements Target {}

  /// The commit of a transaction.
  ///
  /// @param id as `pg_current_xact_id()` gives it, unsigned
  record Transaction(long id) implements Target {}

  /// As soon as the backup is consistent.
  record Immediate() implements Target {}
}
