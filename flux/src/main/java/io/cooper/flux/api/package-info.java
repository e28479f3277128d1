/// The Flux kinds that we read, as views on the objects they come from, so that every field keeps
/// its place.
///
/// - **Here:** one record per kind, named as Flux names it.
/// - **Begin with:** [io.cooper.flux.api.Kustomization].
/// - **May use:** `manifest`.
/// - **One more?** A record around a [io.cooper.manifest.Manifest] with one method per field that
///   somebody reads.
@NullMarked
package io.cooper.flux.api;

import org.jspecify.annotations.NullMarked;
