/// Demands on what a manifest may say at all: kinds, versions, fields and values, by the releases
/// in use.
///
/// - **Here:** one final class per policy, named after what is wrong.
/// - **Begin with:** [io.cooper.policy.schema.UnknownRelease], the shortest.
/// - **May use:** `policy`, `schemas`, `manifest`. Not: other families, the network.
/// - **One more?** Add the class, its fixture, and a line in `BuiltInPolicies`.
@NullMarked
package io.cooper.policy.schema;

import org.jspecify.annotations.NullMarked;
