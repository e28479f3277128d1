/// Proves an archive by restoring from it: into a scratch folder, with a PostgreSQL that only this
/// process can reach.
///
/// - **Here:** the drill itself ([io.cooper.backup.drill.Drill]), what is asked of it
///   ([io.cooper.backup.drill.DrillSettings]) and what came out
///   ([io.cooper.backup.drill.DrillResult]); results beside the archive, signed
///   ([io.cooper.backup.drill.DrillResults]).
/// - **Begin with:** [io.cooper.backup.drill.Drill].
/// - **May use:** `backup.restore`, `backup.base`, `backup.wal`, `backup.catalog`, `backup.format`,
///   `backup.verify`, `store`, `problem`. The archive is given to it as a store that refuses to be
///   written to.
/// - **One more?** What is asked of the restored databases goes into `Questions`; a setting without
///   which the scratch server could do harm goes into `ScratchServer`.
@NullMarked
package io.cooper.backup.drill;

import org.jspecify.annotations.NullMarked;
