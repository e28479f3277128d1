package io.cooper.impact;

import io.cooper.flux.api.NamespacedName;
import java.util.List;

/// A Kustomization that has something to apply.
///
/// @param id namespace and name
/// @param wave in how many steps after the entry it runs at the earliest
/// @param added how many objects it creates
/// @param changed how many it changes
/// @param removed how many of its objects are no longer rendered
/// @param checksHealth whether those that depend on it wait until its objects are healthy
/// @param holdsBack the Kustomizations that depend on it, directly or through others
public record Run(
    NamespacedName id,
    int wave,
    int added,
    int changed,
    int removed,
    boolean checksHealth,
    List<NamespacedName> holdsBack) {
  public Run {
    holdsBack = List.copyOf(holdsBack);
  }
}
