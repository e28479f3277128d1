/// Files that do not reach the cluster, and the rules that keep them back.
///
/// - **Here:** one final class per policy; `Loss` finds what they judge.
/// - **Begin with:** [io.cooper.policy.ignore.HiddenManifest].
/// - **May use:** `policy`, `flux`, `manifest`. Not: other families, the disk.
/// - **One more?** Add the class and a line in `BuiltInPolicies`; if it is about a path that goes
///   missing, begin with a `Loss`.
@NullMarked
package io.cooper.policy.ignore;

import org.jspecify.annotations.NullMarked;
