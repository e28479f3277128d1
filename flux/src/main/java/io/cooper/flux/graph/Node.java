package io.cooper.flux.graph;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderedKustomization;

/// One Kustomization in the graph.
///
/// @param rendered the Kustomization with its objects
/// @param wave in how many steps after the entry it can be applied at the earliest, counted from 0:
///   every step is an apply of a parent or a dependency that turns Ready
/// @param gate what its readiness is worth
public record Node(RenderedKustomization rendered, int wave, Gate gate) {
  /// Namespace and name.
  public NamespacedName id() {
    return rendered.id();
  }

  /// The Flux object.
  public Kustomization kustomization() {
    return rendered.kustomization();
  }

  /// Whether Flux is told to leave it alone.
  public boolean suspended() {
    return kustomization().suspended();
  }

  /// Whether Flux would refuse to build it.
  public boolean failed() {
    return rendered.state() == RenderedKustomization.State.FAILED;
  }

  /// Whether its source is another repository.
  public boolean external() {
    return rendered.state() == RenderedKustomization.State.EXTERNAL;
  }

  @Override
  public String toString() {
    return id().toString();
  }
}
