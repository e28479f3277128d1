/// What may go from an archive, and how it goes.
///
/// - **Here:** what users want kept ([io.cooper.backup.retention.RetentionPolicy]), what that means
///   for each backup and for the WAL ([io.cooper.backup.retention.PrunePlan]), and its execution
///   ([io.cooper.backup.retention.Pruning]); marks on backups that no policy removes
///   ([io.cooper.backup.retention.KeepMarks]).
/// - **Begin with:** [io.cooper.backup.retention.Pruning].
/// - **May use:** `catalog`, `map`, `format`, `store`, `problem`. Nothing else in the engine
///   deletes what is whole.
/// - **One more?** A policy is one record in `RetentionPolicy`, and what the compiler then points
///   at.
@NullMarked
package io.cooper.backup.retention;

import org.jspecify.annotations.NullMarked;
