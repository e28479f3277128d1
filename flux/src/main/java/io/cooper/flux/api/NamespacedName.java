package io.cooper.flux.api;

import java.util.Comparator;

/// Names an object of a kind that is known from the context.
///
/// @param namespace may be empty where a file leaves it to its parent
/// @param name never empty for a valid object
public record NamespacedName(String namespace, String name) implements Comparable<NamespacedName> {
  private static final Comparator<NamespacedName> ORDER =
      Comparator.comparing(NamespacedName::namespace).thenComparing(NamespacedName::name);

  @Override
  public int compareTo(NamespacedName other) {
    return ORDER.compare(this, other);
  }

  /// `namespace/name`.
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
