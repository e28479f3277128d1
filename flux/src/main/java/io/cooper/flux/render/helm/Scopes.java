package io.cooper.flux.render.helm;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.CustomResources;
import io.cooper.schemas.KindSchema;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Gives objects the namespace of their release, as Helm does with all that state none and live in
/// one.
final class Scopes {
  private record Kind(String group, String kind) {}

  private final BuiltInCatalogue catalogue;
  private final Map<Kind, Boolean> defined = new HashMap<>();

  /// @param objects with the CRDs that count, beside those of the catalogue
  Scopes(BuiltInCatalogue catalogue, Stream<Manifest> objects) {
    this.catalogue = catalogue;
    add(objects);
  }

  void add(Stream<Manifest> objects) {
    objects
        .filter(CustomResources::isOne)
        .forEach(crd ->
            defined.put(
                new Kind(
                    crd.text("spec", "group").orElse(""),
                    crd.text("spec", "names", "kind").orElse("")),
                !crd.text("spec", "scope").equals(Optional.of("Cluster"))));
  }

  /// The object with a namespace, if it has to have one. Kinds that nobody knows are taken for
  /// namespaced, as most are.
  Mapping in(String namespace, Mapping object) {
    var manifest = Manifest.asWritten(object);
    if (!manifest.namespace().isEmpty() || !isNamespaced(manifest)) {
      return object;
    }
    return with(object, namespace, "metadata", "namespace");
  }

  private boolean isNamespaced(Manifest object) {
    return Optional.ofNullable(defined.get(new Kind(object.group(), object.kind())))
        .or(() -> catalogue.find(object.apiVersion(), object.kind()).map(KindSchema::namespaced))
        .orElse(true);
  }

  /// A mapping with one more text in it, or another one at that path.
  static Mapping with(Mapping mapping, String text, String... path) {
    var entries = new LinkedHashMap<String, Mapping.Entry>();
    mapping.entries().forEach(entry -> entries.put(entry.name(), entry));
    var key = new Scalar(mapping.place(), path[0], path[0]);
    if (path.length == 1) {
      entries.put(path[0], new Mapping.Entry(key, new Scalar(mapping.place(), text, text)));
    } else {
      var below = mapping.mapping(path[0]).orElseGet(() -> new Mapping(mapping.place(), Map.of()));
      var rest = java.util.Arrays.copyOfRange(path, 1, path.length);
      entries.put(path[0], new Mapping.Entry(key, with(below, text, rest)));
    }
    return new Mapping(mapping.place(), entries);
  }
}
