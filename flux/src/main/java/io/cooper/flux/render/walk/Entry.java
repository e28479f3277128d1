package io.cooper.flux.render.walk;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Where a cluster begins to read a repository.
///
/// @param folder such as `clusters/example`; empty for the root
/// @param kustomization that Flux starts with: from `gotk-sync.yaml`, else as Flux would make it
/// @param source the object that fetches the repository, if the repository holds it: its `ignore`,
///   `sparseCheckout` and `include` decide what the artifact is
/// @param url of the repository, if the repository says
public record Entry(
    String folder, Kustomization kustomization, Optional<Manifest> source, Optional<String> url) {
  static final NamespacedName FLUX_SYSTEM = new NamespacedName("flux-system", "flux-system");

  /// The Kustomization that bootstrap would write.
  static Kustomization synthetic(String folder, String sourceKind, String name) {
    var place = Place.startOf(folder.isEmpty() ? "." : folder);
    return new Kustomization(
        Manifest.asWritten(
            (Mapping)
                value(
                    place,
                    Map.of(
                        "apiVersion",
                        Kustomization.GROUP + "/v1",
                        "kind",
                        "Kustomization",
                        "metadata",
                        Map.of("namespace", "flux-system", "name", name),
                        "spec",
                        Map.of(
                            "path",
                            folder,
                            "prune",
                            true,
                            "interval",
                            "10m",
                            "sourceRef",
                            Map.of("kind", sourceKind, "name", name))))));
  }

  private static io.cooper.manifest.Value value(Place place, Object content) {
    if (!(content instanceof Map<?, ?> map)) {
      return new Scalar(place, content.toString(), content);
    }
    var entries = new LinkedHashMap<String, Mapping.Entry>();
    map.forEach((key, value) ->
        entries.put(
            key.toString(),
            new Mapping.Entry(
                new Scalar(place, key.toString(), key.toString()), value(place, value))));
    return new Mapping(place, entries);
  }
}
