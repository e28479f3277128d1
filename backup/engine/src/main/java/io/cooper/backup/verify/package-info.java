/// Proves a backup without a server and without writing its data anywhere.
///
/// - **Here:** [io.cooper.backup.verify.Verification] reads every archive of a backup and all the
///   WAL it needs, to their ends; [io.cooper.backup.verify.Verified] is what came out;
///   [io.cooper.backup.verify.Verdicts] keeps that beside the archive.
/// - **Begin with:** [io.cooper.backup.verify.Verification].
/// - **May use:** `backup.restore`, `backup.base`, `backup.wal`, `backup.catalog`, `backup.format`,
///   `store`, `problem`.
/// - **One more?** What can be told of one file goes into `ArchiveCheck`, what can be told only of
///   all files together into `Contents`.
@NullMarked
package io.cooper.backup.verify;

import org.jspecify.annotations.NullMarked;
