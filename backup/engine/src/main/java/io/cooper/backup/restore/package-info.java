/// Restores base backups into a directory, whoever of barman-cloud, the operator and Cooper took
/// them.
///
/// - **Here:** which backup is the right one ([io.cooper.backup.restore.BackupChoice]), the restore
///   itself ([io.cooper.backup.restore.Restore]), and how PostgreSQL is told where to recover to
///   ([io.cooper.backup.restore.Recovery]).
/// - **Begin with:** [io.cooper.backup.restore.Restore].
/// - **May use:** `backup.base`, `backup.catalog`, `backup.map`, `backup.wal`, `backup.format`,
///   `store`, `problem`. Archives are read as if an enemy had written them.
/// - **One more?** A target of recovery is one record in `Target`, and what the compiler then
///   points at.
@NullMarked
package io.cooper.backup.restore;

import org.jspecify.annotations.NullMarked;
