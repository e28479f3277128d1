/// One build of kustomize, as Flux starts it.
///
/// - **Here:** the binary, the root file with Flux's fields merged in, the list of what a build
///   reads, the scratch folder, the cache.
/// - **Begin with:** [io.cooper.flux.render.kustomize.FluxBuild], the order of the steps.
/// - **May use:** `flux.api`, `flux.source`, `flux.render`'s problems, `flux.render.tool`,
///   `manifest`, `problem`.
/// - **One more?** A field of kustomization files is a row in `Shape`; one that names files is a
///   line in `Inputs`.
@NullMarked
package io.cooper.flux.render.kustomize;

import org.jspecify.annotations.NullMarked;
