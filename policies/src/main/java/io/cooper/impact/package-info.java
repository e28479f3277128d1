/// What a change of a repository does to the clusters: objects that come, change and go, workloads
/// and databases that restart, what the API refuses, who runs again and who waits.
///
/// - **Here:** the comparison of two rendered trees, and one class for each kind of consequence.
/// - **Begin with:** [io.cooper.impact.ClusterChange].
/// - **May use:** `flux`, `manifest`. Not: policies, reports.
/// - **One more consequence?** A class like [io.cooper.impact.ImmutableFields], and a line in
///   [io.cooper.impact.ClusterChange].
@NullMarked
package io.cooper.impact;

import org.jspecify.annotations.NullMarked;
