package io.cooper.schemas.validate;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.YamlReader;
import io.cooper.schemas.Catalogue;
import io.cooper.schemas.KindSchema;
import io.cooper.schemas.Product;
import io.cooper.schemas.Release;
import io.cooper.schemas.Retirement;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A catalogue written down in a test.
final class TestCatalogue implements Catalogue {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Map<String, KindSchema> kinds = new HashMap<>();
  private final Map<URI, JsonNode> schemas = new HashMap<>();

  /// Adds a kind that a CRD would bring, by its schema in YAML or JSON.
  TestCatalogue custom(String kind, String schema) {
    return add("example.org/v1", kind, Optional.empty(), schema);
  }

  /// Adds a kind of Kubernetes itself.
  TestCatalogue builtIn(String apiVersion, String kind, String schema) {
    return add(apiVersion, kind, Optional.of(Release.of(Product.KUBERNETES, "1.36.0")), schema);
  }

  /// Adds what other schemas refer to.
  TestCatalogue definition(String name, String schema) {
    schemas.put(URI.create("catalogue:/" + name), parsed(schema));
    return this;
  }

  private TestCatalogue add(String apiVersion, String kind, Optional<Release> from, String schema) {
    var address = URI.create("catalogue:/" + kind);
    schemas.put(address, parsed(schema));
    kinds.put(
        apiVersion + " " + kind,
        new KindSchema(apiVersion, kind, true, from, address, Optional.empty()));
    return this;
  }

  private static JsonNode parsed(String yaml) {
    var value = YamlReader.ofRendered().read("schema", yaml).documents().getFirst();
    return JSON.valueToTree(value.plain());
  }

  @Override
  public Optional<Retirement> retirement(String apiVersion, String kind) {
    return Optional.empty();
  }

  @Override
  public Optional<KindSchema> find(String apiVersion, String kind) {
    return Optional.ofNullable(kinds.get(apiVersion + " " + kind));
  }

  @Override
  public Stream<KindSchema> kinds() {
    return kinds.values().stream();
  }

  @Override
  public JsonNode schema(URI definition) {
    if (!schemas.containsKey(definition)) {
      throw new IllegalArgumentException(definition + " is not of this catalogue");
    }
    return schemas.get(definition);
  }

  /// One object from YAML.
  static Manifest object(String yaml) {
    return Manifest.asWritten(
        (Mapping) YamlReader.ofRendered().read("a.yaml", yaml).documents().getFirst());
  }
}
