/// Rules, dashboards and scrape jobs: whether an alert can fire at all, and whether it says what to
/// do.
///
/// - **Here:** one final class per policy; `Rules` collects what they judge, `TextPlace` finds a
///   place inside a text that a manifest holds.
/// - **Begin with:** [io.cooper.policy.monitoring.InvalidExpression], the shortest.
/// - **May use:** `policy`, `promql`, `schemas.metrics`. Not: other families, a running Prometheus.
/// - **One more?** Add the class, its fixture, and a line in `BuiltInPolicies`.
@NullMarked
package io.cooper.policy.monitoring;

import org.jspecify.annotations.NullMarked;
