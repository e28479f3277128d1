package io.cooper.flux.graph;

import io.cooper.flux.api.NamespacedName;

/// A moment that others may have to wait for.
sealed interface Event {
  /// The object that it happens to.
  NamespacedName id();

  /// Flux applies a Kustomization: from here on its definitions and namespaces are in the cluster.
  record Applied(NamespacedName id) implements Event {}

  /// A Kustomization turns Ready.
  record Ready(NamespacedName id) implements Event {}

  /// A HelmRelease turns Ready: from here on what its chart brings is in the cluster.
  record Installed(NamespacedName id) implements Event {}
}
