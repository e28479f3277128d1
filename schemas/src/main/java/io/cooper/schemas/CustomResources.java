package io.cooper.schemas;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads CRDs among manifests. A schema is made only when an object of its kind is judged.
public final class CustomResources {
  private static final String GROUP = "apiextensions.k8s.io";
  static final String OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
  private static final String WITHOUT =
      "write the schema below spec.versions[].schema.openAPIV3Schema; x-kubernetes-preserve-unknown-fields: true lets"
          + " everything pass";

  private CustomResources() {}

  /// What the CRDs among these objects define; other objects are passed over.
  public static Definitions of(Stream<Manifest> manifests) {
    var definitions = new Definitions.Builder();
    manifests.filter(CustomResources::isOne).forEach(crd -> add(definitions, crd));
    return definitions.build();
  }

  /// Whether an object is a CRD.
  public static boolean isOne(Manifest manifest) {
    return manifest.is(GROUP, "CustomResourceDefinition");
  }

  private static void add(Definitions.Builder definitions, Manifest crd) {
    var group = crd.text("spec", "group").orElse("");
    var kind = crd.text("spec", "names", "kind").orElse("");
    if (!crd.apiVersion().equals(GROUP + "/v1") || group.isEmpty() || kind.isEmpty()) {
      return; // the API server refuses the CRD itself; that is another finding
    }
    var usable =
        crd.root()
            .mappings("spec", "versions")
            .filter(version -> isUsable(definitions, crd, version))
            .toList();
    // With no schema at all, what a release knows of the kind is better than nothing.
    if (usable.isEmpty() || !definitions.claim(group, kind)) {
      return;
    }
    boolean namespaced = !crd.text("spec", "scope").orElse("").equals("Cluster");
    for (var version : usable) {
      if (version.flag("served").orElse(false)) {
        add(
            definitions,
            new Kind(group, version.text("name").orElse(""), kind),
            namespaced,
            version);
      }
    }
  }

  private static boolean isUsable(Definitions.Builder definitions, Manifest crd, Mapping version) {
    var schema = version.find("schema", "openAPIV3Schema");
    if (schema.isEmpty()) {
      definitions.unusable(
          crd.placeOf(version),
          "version %s of CustomResourceDefinition %s has no schema"
              .formatted(version.text("name").orElse("?"), crd.name()),
          WITHOUT);
    } else if (!(schema.get() instanceof Mapping)) {
      definitions.unusable(
          crd.placeOf(schema.get()),
          "the schema of version %s of CustomResourceDefinition %s is no schema"
              .formatted(version.text("name").orElse("?"), crd.name()),
          WITHOUT);
    }
    return schema.filter(Mapping.class::isInstance).isPresent();
  }

  private record Kind(String group, String version, String kind) {
    String apiVersion() {
      return group + "/" + version;
    }

    /// As the API server names it: `io.cnpg.postgresql.v1.Cluster`.
    URI address() {
      var labels = new ArrayList<>(Arrays.asList(group.split("\\.")));
      Collections.reverse(labels);
      labels.add(version);
      labels.add(kind);
      return LayeredCatalogue.address("repository", String.join(".", labels));
    }
  }

  private static void add(
      Definitions.Builder definitions, Kind kind, boolean namespaced, Mapping version) {
    var schema = version.find("schema", "openAPIV3Schema").orElseThrow();
    definitions.kind(
        new KindSchema(
            kind.apiVersion(),
            kind.kind(),
            namespaced,
            Optional.empty(),
            kind.address(),
            deprecation(kind, version)));
    definitions.schema(kind.address(), () -> published(schema));
  }

  private static Optional<String> deprecation(Kind kind, Mapping version) {
    if (!version.flag("deprecated").orElse(false)) {
      return Optional.empty();
    }
    return version
        .text("deprecationWarning")
        .or(() -> Optional.of("%s %s is deprecated".formatted(kind.apiVersion(), kind.kind())));
  }

  /// The schema as the API server publishes it: with the fields that every object has.
  private static JsonNode published(Value schema) {
    JsonNode made = JsonMapper.shared().valueToTree(schema.plain());
    return made instanceof ObjectNode object ? published(object) : made;
  }

  static ObjectNode published(ObjectNode schema) {
    var properties =
        schema.get("properties") instanceof ObjectNode known
            ? known
            : schema.putObject("properties");
    properties.putObject("apiVersion").put("type", "string");
    properties.putObject("kind").put("type", "string");
    properties.putObject("metadata").put("$ref", OBJECT_META);
    return schema;
  }
}
