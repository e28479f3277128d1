/// Which WAL is in an archive, and how far a recovery gets with it.
///
/// - **Here:** [io.cooper.backup.map.WalMap], made of one listing; the timelines in it
///   ([io.cooper.backup.map.Line]) and the way of a recovery over them
///   ([io.cooper.backup.map.Way]).
/// - **Begin with:** [io.cooper.backup.map.WalMap].
/// - **May use:** `format`, `wal`, `store`, `problem`. The map is made of names, times and sizes,
///   and of history files; WAL itself is read for a [io.cooper.backup.map.Horizon] alone.
/// - **One more?** What else a listing tells goes to a [io.cooper.backup.map.WalMap.Beside], so
///   that nobody lists twice.
@NullMarked
package io.cooper.backup.map;

import org.jspecify.annotations.NullMarked;
