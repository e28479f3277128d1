package io.cooper.flux.render.walk;

import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.Manifest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the objects of a tree mean to its Kustomizations: variables and sources.
final class Catalog {
  private static final String SOURCE_GROUP = "source.toolkit.fluxcd.io";
  private static final String GENERATOR_GROUP = "source.extensions.fluxcd.io";

  private static final Set<String> SOURCE_KINDS =
      Set.of("GitRepository", "OCIRepository", "Bucket", "ExternalArtifact");

  private final VariableSources variables = new VariableSources();
  private final Map<String, Manifest> sources = new HashMap<>();

  /// Takes note of an object, if it is one that counts.
  void add(Manifest object) {
    variables.add(object);
    if (object.group().equals(SOURCE_GROUP) && SOURCE_KINDS.contains(object.kind())) {
      sources.put(
          key(object.kind(), new NamespacedName(object.namespace(), object.name())), object);
    }
    if (object.is(GENERATOR_GROUP, "ArtifactGenerator")) {
      object
          .root()
          .mappings("spec", "artifacts")
          .flatMap(artifact -> artifact.text("name").stream())
          .forEach(name ->
              sources.put(
                  key("ExternalArtifact", new NamespacedName(object.namespace(), name)), object));
    }
  }

  void addAll(Catalog other) {
    variables.addAll(other.variables);
    sources.putAll(other.sources);
  }

  void addAll(VariableSources given) {
    variables.addAll(given);
  }

  VariableSources variables() {
    return variables;
  }

  Optional<Manifest> source(String kind, NamespacedName id) {
    return Optional.ofNullable(sources.get(key(kind, id)));
  }

  private static String key(String kind, NamespacedName id) {
    return kind + "/" + id;
  }
}
