/// Programs that others wrote: found, asked for their version, run with bounded time and output.
///
/// - **Here:** one process, the version that is remembered, the folder that a process works in,
///   files that are written whole.
/// - **Begin with:** [io.cooper.flux.render.tool.Tool].
/// - **May use:** `problem`. Nobody else below `flux.render` names the process library.
@NullMarked
package io.cooper.flux.render.tool;

import org.jspecify.annotations.NullMarked;
