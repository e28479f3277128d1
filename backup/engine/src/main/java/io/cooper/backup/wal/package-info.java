/// WAL on its way into an archive and out of it.
///
/// - **Here:** [io.cooper.backup.wal.WalArchive], one file in, one file out, with all checks;
///   [io.cooper.backup.wal.WalArchiver] and [io.cooper.backup.wal.WalRestorer] around it, which run
///   ahead of PostgreSQL.
/// - **Begin with:** [io.cooper.backup.wal.WalArchive].
/// - **May use:** `format`, `store`, `problem`.
/// - **One more?** A check of what is written goes into [io.cooper.backup.wal.WalArchive], so that
///   nobody can go round it.
@NullMarked
package io.cooper.backup.wal;

import org.jspecify.annotations.NullMarked;
