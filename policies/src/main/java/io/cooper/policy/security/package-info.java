/// Credentials in Git, Pods that a cluster refuses or that may do too much, and rights without
/// limits.
///
/// - **Here:** one final class per policy; `PodSecurity` holds the Pod Security Standards.
/// - **Begin with:** [io.cooper.policy.security.WildcardRbac], the shortest.
/// - **May use:** `policy` and `manifest`. Not: other families, the cluster, the network.
/// - **One more?** Add the class, its fixture, and a line in `BuiltInPolicies`. No message ever
///   holds the value of a secret.
@NullMarked
package io.cooper.policy.security;

import org.jspecify.annotations.NullMarked;
