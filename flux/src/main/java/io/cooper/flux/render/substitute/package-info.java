/// Post-build substitution, as fluxcd/pkg/envsubst and kustomize-controller do it.
///
/// - **Here:** the grammar of `${…}`, its glob patterns, and what a variable is worth.
/// - **Begin with:** [io.cooper.flux.render.substitute.Template], the grammar.
/// - **May use:** `manifest`, `problem`.
/// - **One more?** An operator is a branch in `Operator`; check it against the real thing first.
@NullMarked
package io.cooper.flux.render.substitute;

import org.jspecify.annotations.NullMarked;
