/// What a policy is, what it finds, and the checker that runs them.
///
/// - **Here:** [io.cooper.policy.Policy], [io.cooper.policy.About], [io.cooper.policy.Finding], the
///   checker.
/// - **Begin with:** [io.cooper.policy.ManifestPolicy].
/// - **May use:** `manifest`, `problem`, `flux`. Not: the families, the catalogue, the reports.
/// - **One more policy?** A class in its family's package, a fixture, and a line in
///   `BuiltInPolicies`.
@NullMarked
package io.cooper.policy;

import org.jspecify.annotations.NullMarked;
