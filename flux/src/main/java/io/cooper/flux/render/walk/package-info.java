/// From an artifact to everything that a cluster would get of it.
///
/// - **Here:** where a tree begins, which sources are this repository, the walk from parents to the
///   children they render, variables from ConfigMaps and Secrets of the tree.
/// - **Begin with:** [io.cooper.flux.render.walk.Renderer], the whole of it in one call.
/// - **May use:** `flux.api`, `flux.source`, `flux.render` and its rooms, `manifest`, `problem`.
/// - **One more?** A kind of source is a case in `SourceRefs`; a sign of an entry is a step in
///   `Entries`.
@NullMarked
package io.cooper.flux.render.walk;

import org.jspecify.annotations.NullMarked;
