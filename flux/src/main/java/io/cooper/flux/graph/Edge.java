package io.cooper.flux.graph;

import io.cooper.flux.api.NamespacedName;

/// One Kustomization comes after another.
///
/// @param from the one that comes later
/// @param to the one that comes first
/// @param kind why
/// @param label a few words for people: what is needed; empty where the kind says it all
public record Edge(NamespacedName from, NamespacedName to, Kind kind, String label) {
  /// Why one comes after the other.
  public enum Kind {
    /// `from` names `to` in `dependsOn`.
    DECLARED,
    /// `from` uses what `to` installs, and nothing makes it wait.
    UNDECLARED,
    /// `to` renders the Kustomization `from`.
    PARENT
  }
}
