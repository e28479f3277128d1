/// Order, health, ownership and pruning among Flux Kustomizations.
///
/// - **Here:** one final class per policy, named after what it finds.
/// - **Begin with:** [io.cooper.policy.flux.DependencyCycle], the shortest.
/// - **May use:** `policy`, `flux`, `manifest`. What is derived from many objects belongs into
///   `flux.graph`, where pictures and the controller find it too.
/// - **One more?** Add the class, its test, and a line in `BuiltInPolicies`.
@NullMarked
package io.cooper.policy.flux;

import org.jspecify.annotations.NullMarked;
