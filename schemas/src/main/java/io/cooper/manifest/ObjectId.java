package io.cooper.manifest;

import java.util.Comparator;

/// What makes a Kubernetes object one and the same across versions of its API.
///
/// @param group API group; empty for the core group
/// @param kind such as `Cluster`
/// @param namespace empty for objects that have or state none
/// @param name `metadata.name`
public record ObjectId(String group, String kind, String namespace, String name)
    implements Comparable<ObjectId> {
  private static final Comparator<ObjectId> ORDER =
      Comparator.comparing(ObjectId::namespace)
          .thenComparing(ObjectId::kind)
          .thenComparing(ObjectId::name)
          .thenComparing(ObjectId::group);

  /// The group part of an `apiVersion`: `apps` of `apps/v1`, empty for `v1`.
  public static String groupOf(String apiVersion) {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  @Override
  public int compareTo(ObjectId other) {
    return ORDER.compare(this, other);
  }

  /// `Kind/namespace/name` or `Kind/name`, as Flux writes it in its messages.
  @Override
  public String toString() {
    return namespace.isEmpty() ? kind + "/" + name : kind + "/" + namespace + "/" + name;
  }
}
