/// From a source and an entry folder to the objects that Flux would apply.
///
/// - **Here:** the wrapper around the kustomize binary, Flux's semantics around it, substitution,
///   the cache.
/// - **Begin with:** [io.cooper.flux.render.RenderedTree], the result.
/// - **May use:** `flux.api`, `flux.source`, `manifest`, `problem`.
@NullMarked
package io.cooper.flux.render;

import org.jspecify.annotations.NullMarked;
