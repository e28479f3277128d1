package io.cooper.schemas;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Finds the kinds that can be created in one answer of `/openapi/v3/…`.
/// `scripts/catalogue/openapi.go` does the same.
final class OpenApiKinds {
  private static final String GVK = "x-kubernetes-group-version-kind";
  private static final String NAMESPACE = "/namespaces/{namespace}/";

  private OpenApiKinds() {}

  /// The kinds in order, each once.
  static List<KindSchema> of(JsonNode document) {
    var kinds = new ArrayList<KindSchema>();
    for (var path : document.path("paths").properties()) {
      if (!isSubresource(path.getKey()) && path.getValue().has("post")) {
        kind(document, path.getKey(), path.getValue().path("post").path(GVK)).stream()
            .filter(kind -> kinds.stream().noneMatch(known -> isSame(known, kind)))
            .forEach(kinds::add);
      }
    }
    kinds.sort(Comparator.comparing(KindSchema::apiVersion).thenComparing(KindSchema::kind));
    return kinds;
  }

  private static boolean isSame(KindSchema one, KindSchema other) {
    return one.apiVersion().equals(other.apiVersion()) && one.kind().equals(other.kind());
  }

  /// Tells `/…/pods/{name}/binding` from `/…/pods`.
  private static boolean isSubresource(String path) {
    return path.replace(NAMESPACE, "/").contains("{");
  }

  private static Optional<KindSchema> kind(JsonNode document, String path, JsonNode gvk) {
    return definitionOf(document, gvk)
        .map(definition -> {
          var group = gvk.path("group").asString("");
          var version = gvk.path("version").asString("");
          return new KindSchema(
              group.isEmpty() ? version : group + "/" + version,
              gvk.path("kind").asString(""),
              path.contains(NAMESPACE),
              Optional.empty(),
              LayeredCatalogue.address("openapi", definition),
              Optional.empty());
        });
  }

  private static Optional<String> definitionOf(JsonNode document, JsonNode gvk) {
    return document.path("components").path("schemas").properties().stream()
        .filter(entry -> elements(entry.getValue().path(GVK)).anyMatch(gvk::equals))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static Stream<JsonNode> elements(JsonNode list) {
    return list.valueStream();
  }
}
