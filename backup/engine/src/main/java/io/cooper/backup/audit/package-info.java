/// Whether an archive is sound, and which instants can be restored from it.
///
/// - **Here:** the audit ([io.cooper.backup.audit.ArchiveAudit]), what it found
///   ([io.cooper.backup.audit.Audit]), and how that is printed
///   ([io.cooper.backup.audit.AuditText]).
/// - **Begin with:** [io.cooper.backup.audit.ArchiveAudit].
/// - **May use:** `catalog`, `map`, `wal`, `format`, `store`, `problem`. Nothing here writes to a
///   store.
/// - **One more?** A kind of finding is one row in `Finding.Kind`; what a listing tells of an
///   object goes into `Survey`, what its bytes tell into `WalInspection`.
@NullMarked
package io.cooper.backup.audit;

import org.jspecify.annotations.NullMarked;
