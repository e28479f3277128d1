package io.cooper.flux.graph;

/// Something that must be in the cluster before a Kustomization can be applied.
public sealed interface Need {
  /// A kind of a custom resource: its CustomResourceDefinition is there.
  record Api(String group, String kind) implements Need {
    @Override
    public String toString() {
      return group + "/" + kind;
    }
  }

  /// A Namespace that objects go to.
  record InNamespace(String name) implements Need {
    @Override
    public String toString() {
      return "namespace " + name;
    }
  }

  /// A ConfigMap or Secret that variables are read from.
  record Variables(String kind, String namespace, String name) implements Need {
    @Override
    public String toString() {
      return "%s %s/%s".formatted(kind, namespace, name);
    }
  }
}
