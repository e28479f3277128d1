package io.cooper.flux.graph;

import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.Manifest;
import java.util.List;

/// What a Kustomization needs, who provides it, and whether the order makes sure of it.
///
/// @param dependent the Kustomization that needs it
/// @param need what it needs
/// @param users its objects that need it, in build order; for variables the Flux object itself
/// @param providers all that provide it in this tree; any of them will do
/// @param state whether the need is met before the dependent is applied
public record Requirement(
    NamespacedName dependent,
    Need need,
    List<Manifest> users,
    List<Provider> providers,
    State state) {
  /// Whether a need is met.
  public enum State {
    /// The order makes sure of it.
    MET,
    /// The dependent waits for the provider's Kustomization, but that one is Ready before its
    /// HelmRelease has installed anything.
    UNGATED,
    /// The provider is in this tree, and nothing makes the dependent wait for it.
    UNDECLARED,
    /// Only the dependent itself brings it, or what comes after it: too late.
    SAME_BATCH,
    /// The repository installs it before Flux exists: its bootstrap files name the component.
    BOOTSTRAPPED,
    /// Nothing in this tree is known to provide it: it is there already, or it is missing.
    FOREIGN
  }

  public Requirement {
    users = List.copyOf(users);
    providers = List.copyOf(providers);
  }
}
