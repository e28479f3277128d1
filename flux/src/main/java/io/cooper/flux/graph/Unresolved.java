package io.cooper.flux.graph;

import io.cooper.flux.api.Kustomization.Dependency;
import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.Manifest;
import java.util.List;
import java.util.Optional;

/// An entry of `dependsOn` that names nothing, so that its dependent waits for ever.
///
/// @param dependent the Kustomization or HelmRelease with the entry
/// @param owner the Kustomization itself, or the one that renders the HelmRelease
/// @param dependency the entry
/// @param elsewhere namespaces in which the same kind has an object of this name
/// @param otherKind an object of the other kind that the entry would fit, if it could
/// @param nearest the object of the same kind and namespace whose name looks most like it
public record Unresolved(
    Manifest dependent,
    NamespacedName owner,
    Dependency dependency,
    List<String> elsewhere,
    Optional<Manifest> otherKind,
    Optional<NamespacedName> nearest) {
  public Unresolved {
    elsewhere = List.copyOf(elsewhere);
  }
}
