package io.cooper.flux.graph;

import io.cooper.flux.api.Kustomization;

/// What a Kustomization looks at before Flux calls it Ready, and so what `dependsOn` on it is worth
/// (facts/flux.md 6.7, 7).
public enum Gate {
  /// `wait: true`: every object that was applied is healthy. `healthChecks` are then ignored.
  WAIT,
  /// `healthChecks`: the named objects are healthy.
  CHECKS,
  /// Only `healthCheckExprs`: they say how objects are judged, but nothing is ever judged.
  INERT,
  /// Nothing: Ready means applied.
  NONE;

  static Gate of(Kustomization kustomization) {
    if (kustomization.waits()) {
      return WAIT;
    }
    if (kustomization.checksHealth()) {
      return CHECKS;
    }
    return kustomization.healthCheckExprs().isEmpty() ? NONE : INERT;
  }

  /// Whether the health of anything is looked at.
  public boolean looks() {
    return this == WAIT || this == CHECKS;
  }
}
