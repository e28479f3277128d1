package io.cooper.flux.graph;

import io.cooper.flux.api.NamespacedName;
import java.util.Optional;

/// Who brings what another one needs.
///
/// @param kustomization the Kustomization that has it
/// @param release the HelmRelease of that Kustomization whose chart brings it; empty where the
///   Kustomization applies it itself
/// @param component the well-known component it belongs to, where the table was needed to know
public record Provider(
    NamespacedName kustomization, Optional<NamespacedName> release, Optional<Component> component) {
  @Override
  public String toString() {
    return release
        .map(each -> "%s (HelmRelease %s)".formatted(kustomization, each))
        .orElseGet(kustomization::toString);
  }
}
