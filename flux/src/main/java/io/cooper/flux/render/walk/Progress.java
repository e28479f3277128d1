package io.cooper.flux.render.walk;

import io.cooper.flux.api.NamespacedName;

/// Hears of every Kustomization that is done. Called from several threads, never at the same time.
@FunctionalInterface
public interface Progress {
  /// Hears nothing.
  Progress NONE = (_, _, _) -> {};

  /// One more is done.
  ///
  /// @param done so many, this one included
  /// @param known so many have been found up to now
  /// @param last the one that is done
  void advanced(int done, int known, NamespacedName last);
}
