/// Builds that Flux would refuse, or that cannot be judged whole.
///
/// - **Here:** one final class per policy; what they report was noticed while rendering.
/// - **Begin with:** [io.cooper.policy.render.RenderFailed].
/// - **May use:** `policy`, `flux.render`, `manifest`. Not: other families.
/// - **One more?** Add the class, its test, and a line in `BuiltInPolicies`.
@NullMarked
package io.cooper.policy.render;

import org.jspecify.annotations.NullMarked;
