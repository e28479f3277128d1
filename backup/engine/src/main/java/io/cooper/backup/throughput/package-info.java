/// How fast a store takes and gives bytes from here, and what that asks of an archive's settings.
///
/// - **Here:** the measurement ([io.cooper.backup.throughput.Throughput]) and what follows from its
///   numbers ([io.cooper.backup.throughput.Advice]).
/// - **Begin with:** [io.cooper.backup.throughput.Throughput].
/// - **May use:** `backup.base` for its threads, `backup.format` for the compressions, `store`,
///   `problem`.
/// - **One more?** Another setting that a measured rate decides is one line of `Advice`.
@NullMarked
package io.cooper.backup.throughput;

import org.jspecify.annotations.NullMarked;
