package io.cooper.policy.user;

import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.schemas.cel.CelValues;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What the expressions of a rule can see of one cluster: all objects, and all Kustomizations.
final class Universe {
  private final List<Manifest> manifests = new ArrayList<>();
  private final List<Map<String, Object>> objects = new ArrayList<>();
  private final IdentityHashMap<Object, Manifest> origins = new IdentityHashMap<>();
  private final List<Map<String, Object>> kustomizations;

  private Universe(Stream<Manifest> all, List<Map<String, Object>> kustomizations) {
    this.kustomizations = List.copyOf(kustomizations);
    all.forEach(manifest -> {
      var values = CelValues.of(manifest.root());
      manifests.add(manifest);
      objects.add(values);
      origins.put(values, manifest);
    });
  }

  static Universe of(RenderedTree tree) {
    return new Universe(
        tree.objects(), tree.kustomizations().stream().map(Universe::described).toList());
  }

  /// A cluster of which only these objects are known, for tests of rules.
  static Universe of(List<Manifest> objects) {
    return new Universe(
        objects.stream(),
        objects.stream()
            .filter(object -> object.is("kustomize.toolkit.fluxcd.io", "Kustomization"))
            .map(object -> described(object, List.of(), object.text("spec", "path").orElse("")))
            .toList());
  }

  private static Map<String, Object> described(RenderedKustomization each) {
    return described(each.kustomization().manifest(), each.objects(), each.kustomization().path());
  }

  private static Map<String, Object> described(Manifest flux, List<Manifest> objects, String path) {
    var described = new LinkedHashMap<String, Object>();
    described.put("namespace", flux.namespace());
    described.put("name", flux.name());
    described.put("path", path);
    described.put("object", CelValues.of(flux.root()));
    described.put(
        "objects",
        objects.stream()
            .map(object ->
                Map.of(
                    "apiVersion", object.apiVersion(),
                    "kind", object.kind(),
                    "namespace", object.namespace(),
                    "name", object.name()))
            .toList());
    return described;
  }

  List<Manifest> manifests() {
    return manifests;
  }

  /// The variables of an expression about the whole cluster.
  Map<String, Object> variables() {
    return Map.of("objects", objects, "kustomizations", kustomizations);
  }

  /// The variables of an expression about one object.
  ///
  /// @param index among [#manifests]
  Map<String, Object> variables(int index) {
    return Map.of(
        "object", objects.get(index), "objects", objects, "kustomizations", kustomizations);
  }

  /// The object that an expression gave back as one of `objects`.
  Optional<Manifest> origin(Object value) {
    var same = Optional.ofNullable(origins.get(value));
    return same.isPresent() || !(value instanceof Map<?, ?> map) ? same : named(map);
  }

  /// The library may have copied it.
  private Optional<Manifest> named(Map<?, ?> object) {
    for (int i = 0; i < objects.size(); i++) {
      if (objects.get(i).equals(object)) {
        return Optional.of(manifests.get(i));
      }
    }
    return Optional.empty();
  }
}
