/// Which files reach the cluster, and which rule keeps the others back.
///
/// - **Here:** the three sets of files (on disk, tracked by Git, in Flux's artifact) and the fate
///   of every file.
/// - **Begin with:** [io.cooper.flux.source.Artifact].
/// - **May use:** `flux.api`, `flux.ignore`, `manifest`, `problem`. Git is asked by running `git`.
@NullMarked
package io.cooper.flux.source;

import org.jspecify.annotations.NullMarked;
