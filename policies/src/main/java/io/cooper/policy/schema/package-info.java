/// Demands on objects by what their kinds allow.
///
/// - **Here:** one final class per policy; what is allowed is said by the catalogue and judged by
///   `schemas.validate` and `schemas.admission`.
/// - **Begin with:** [io.cooper.policy.schema.Invalid].
/// - **May use:** `policy`, `schemas`, `flux`, `manifest`. Not: other families.
/// - **One more?** Add the class, its fixture, and a line in `BuiltInPolicies`.
@NullMarked
package io.cooper.policy.schema;

import org.jspecify.annotations.NullMarked;
