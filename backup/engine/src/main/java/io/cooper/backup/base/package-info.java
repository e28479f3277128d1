/// Takes base backups of a live PostgreSQL, in barman-cloud's format.
///
/// - **Here:** the backup itself ([io.cooper.backup.base.BaseBackup]): the session with PostgreSQL,
///   the walk over the data directory, the archives, the pages that are checked on the way, the
///   wait for WAL; and what is noted beside a backup ([io.cooper.backup.base.Inventory]).
/// - **Begin with:** [io.cooper.backup.base.BaseBackup].
/// - **May use:** `backup.format`, `store`, `problem`. The PostgreSQL driver and the writing of
///   tars are named here and nowhere else.
/// - **One more?** A file that is not backed up is one word in `Exclusions`; a PostgreSQL version
///   that names its functions otherwise is one line in `BackupSession`.
@NullMarked
package io.cooper.backup.base;

import org.jspecify.annotations.NullMarked;
