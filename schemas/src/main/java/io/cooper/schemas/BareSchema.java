package io.cooper.schemas;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A schema without words for people, and with references by the bare name of a definition: the
/// form that the catalogue keeps. `scripts/catalogue/schema.go` does the same.
final class BareSchema {
  private static final String COMPONENTS = "#/components/schemas/";
  private static final Set<String> WORDS =
      Set.of("description", "title", "example", "externalDocs");
  private static final List<String> HOLDS_ONE = List.of("items", "additionalProperties", "not");
  private static final List<String> HOLDS_LIST = List.of("allOf", "anyOf", "oneOf");
  private static final List<String> HOLDS_MAP = List.of("properties", "patternProperties");

  /// Deeper than any schema that people write.
  private static final int MAX_DEPTH = 200;

  private BareSchema() {}

  /// What makes a value no schema: the path to it and what stands there; empty if it is one.
  static Optional<String> fault(JsonNode schema) {
    return fault(schema, "", 0);
  }

  private static Optional<String> fault(JsonNode schema, String path, int depth) {
    if (schema.isBoolean() && depth > 0) {
      return Optional.empty();
    }
    if (!schema.isObject() || depth > MAX_DEPTH) {
      return Optional.of(
          depth > MAX_DEPTH
              ? "%s is nested too deeply".formatted(named(path))
              : "%s is %s, not a schema".formatted(named(path), shown(schema)));
    }
    var type = schema.get("type");
    if (type != null && !type.isString()) {
      return Optional.of("%s is %s, not a name".formatted(named(path + ".type"), shown(type)));
    }
    for (var key : HOLDS_ONE) {
      if (schema.has(key)) {
        var below = fault(schema.get(key), path + "." + key, depth + 1);
        if (below.isPresent()) {
          return below;
        }
      }
    }
    for (var key : HOLDS_MAP) {
      var map = schema.get(key);
      if (map != null && !map.isObject()) {
        return Optional.of(
            "%s is %s, not a map of schemas".formatted(named(path + "." + key), shown(map)));
      }
      for (var entry : map == null ? Set.<Map.Entry<String, JsonNode>>of() : map.properties()) {
        var below = fault(entry.getValue(), path + "." + key + "." + entry.getKey(), depth + 1);
        if (below.isPresent()) {
          return below;
        }
      }
    }
    return Optional.empty();
  }

  private static String named(String path) {
    return path.isEmpty() ? "the schema" : path.substring(1);
  }

  private static String shown(JsonNode value) {
    var text = value.toString();
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }

  /// The same schema in the form of the catalogue.
  static JsonNode of(JsonNode value) {
    if (!(value instanceof ObjectNode schema)) {
      return value;
    }
    var made = JsonNodeFactory.instance.objectNode();
    for (var entry : schema.properties()) {
      if (!WORDS.contains(entry.getKey())) {
        made.set(entry.getKey(), below(entry.getKey(), entry.getValue()));
      }
    }
    // The API server wraps a reference that has a description: {"allOf": [{"$ref": …}]}.
    return made.size() == 1 && made.get("allOf") instanceof ArrayNode list && list.size() == 1
        ? list.get(0)
        : made;
  }

  private static JsonNode below(String key, JsonNode value) {
    if (HOLDS_ONE.contains(key)) {
      return of(value);
    }
    if (HOLDS_LIST.contains(key) && value instanceof ArrayNode list) {
      var made = JsonNodeFactory.instance.arrayNode();
      list.forEach(each -> made.add(of(each)));
      return made;
    }
    if (HOLDS_MAP.contains(key) && value instanceof ObjectNode map) {
      var made = JsonNodeFactory.instance.objectNode();
      map.properties().forEach(entry -> made.set(entry.getKey(), of(entry.getValue())));
      return made;
    }
    return key.equals("$ref") && value.isString()
        ? JsonNodeFactory.instance.stringNode(value.asString().replace(COMPONENTS, ""))
        : value;
  }
}
