package io.cooper.policy;

/// One demand on a repository. Policies hold no state and may be called from several threads.
public sealed interface Policy permits ManifestPolicy, RepositoryPolicy {
  /// What the policy demands and why.
  About about();
}
