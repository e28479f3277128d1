package io.cooper.schemas.validate;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// OpenAPI v3 as Kubernetes publishes it, rewritten as JSON Schema that says aloud what the API
/// server does: unknown fields are errors, `nullable` is a type, formats of integers are bounds,
/// what has a default is not required, and lists that are sets or maps hold nothing twice.
///
/// A structural schema has two layers (apiextensions, "structural schema"): the one that says what
/// fields there are, which is closed here, and conditions below `allOf`, `anyOf`, `oneOf` and
/// `not`, which only look.
final class StrictSchema {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// Keywords that mean the same in both.
  private static final List<String> PLAIN =
      List.of(
          "enum",
          "pattern",
          "minLength",
          "maxLength",
          "minItems",
          "maxItems",
          "uniqueItems",
          "minProperties",
          "maxProperties",
          "multipleOf");

  private static final Set<String> SHORT_REAL = Set.of("float", "double");

  private final Flavour flavour;
  private final Function<String, Optional<JsonNode>> definitions;

  /// @param flavour whose rules hold
  /// @param definitions what a reference of the schema leads to
  StrictSchema(Flavour flavour, Function<String, Optional<JsonNode>> definitions) {
    this.flavour = flavour;
    this.definitions = definitions;
  }

  /// The schema of a whole object.
  ObjectNode ofObject(JsonNode openApi) {
    var schema = structural(openApi);
    if (!schema.has("properties")) {
      return schema;
    }
    var properties = (ObjectNode) schema.get("properties");
    if (flavour == Flavour.CUSTOM) {
      properties.set("apiVersion", type("string"));
      properties.set("kind", type("string"));
      properties.set("metadata", metadata(openApi.path("properties").path("metadata")));
    }
    // What is written there is thrown away before anything is judged.
    properties.set("status", NODES.objectNode());
    if (schema.get("required") instanceof ArrayNode required) {
      required.removeIf(name -> name.stringValue("").equals("status"));
    }
    return schema;
  }

  /// The schema of a definition that others refer to.
  ObjectNode ofDefinition(JsonNode openApi) {
    return structural(openApi);
  }

  private ObjectNode metadata(JsonNode restrictions) {
    var schema = new StrictSchema(Flavour.BUILT_IN, definitions).structural(Metadata.SCHEMA);
    schema.putArray("allOf").add(condition(restrictions, restrictions));
    return schema;
  }

  private ObjectNode structural(JsonNode openApi) {
    var schema = NODES.objectNode();
    values(openApi, openApi, schema);
    type(openApi, schema);
    copyReference(openApi, schema);
    openApi
        .path("properties")
        .forEachEntry((name, property) ->
            schema.withObjectProperty("properties").set(name, structural(property)));
    if (openApi.path("items").isObject()) {
      schema.set("items", structural(openApi.get("items")));
    }
    if (openApi.path("additionalProperties").isObject()) {
      schema.set("additionalProperties", structural(openApi.get("additionalProperties")));
    }
    if (openApi.path("x-kubernetes-embedded-resource").booleanValue(false)) {
      embed(schema);
    }
    if (isClosed(openApi)) {
      schema.put(KnownFields.NAME, true);
    }
    unique(openApi, schema);
    return schema;
  }

  private static void embed(ObjectNode schema) {
    var properties = schema.withObjectProperty("properties");
    properties.set("apiVersion", type("string"));
    properties.set("kind", type("string"));
    if (!properties.has("metadata")) {
      properties.set("metadata", type("object"));
    }
    schema.withArrayProperty("required").add("apiVersion").add("kind");
  }

  private boolean isClosed(JsonNode openApi) {
    boolean open =
        openApi.has("additionalProperties")
            || openApi.path("x-kubernetes-preserve-unknown-fields").booleanValue(false);
    return !open
        && openApi.path("type").stringValue("").equals("object")
        && (openApi.has("properties") || flavour == Flavour.CUSTOM);
  }

  private void unique(JsonNode openApi, ObjectNode schema) {
    var kind = openApi.path("x-kubernetes-list-type").stringValue("");
    if (kind.equals("set")) {
      schema.putObject(UniqueItems.NAME);
    } else if (kind.equals("map")) {
      var keys = schema.putObject(UniqueItems.NAME);
      var item = resolved(openApi.path("items"));
      for (var key : openApi.path("x-kubernetes-list-map-keys")) {
        var fallback = item.path("properties").path(key.stringValue("")).path("default");
        keys.set(key.stringValue(""), isDefault(fallback) ? fallback : NODES.nullNode());
      }
    }
  }

  /// The zero values that OpenAPI shows as defaults of fields without one are none.
  private boolean isDefault(JsonNode fallback) {
    if (fallback.isMissingNode() || fallback.isNull()) {
      return false;
    }
    return flavour == Flavour.CUSTOM
        || !(fallback.isNumber() || fallback.stringValue("x").isEmpty() || fallback.isObject());
  }

  private JsonNode resolved(JsonNode openApi) {
    var direct = openApi.path("$ref");
    var reference = direct.isString() ? direct : openApi.path("allOf").path(0).path("$ref");
    return reference.isString()
        ? definitions.apply(reference.stringValue()).orElse(openApi)
        : openApi;
  }

  private static void type(JsonNode openApi, ObjectNode schema) {
    if (isIntOrString(openApi)) {
      schema.putArray("type").add("integer").add("string");
      schema.remove(List.of("anyOf", "oneOf", "format"));
    } else if (isQuantity(openApi)) {
      schema.putArray("type").add("string").add("number");
      schema.remove("oneOf");
      schema.put("format", "quantity");
    } else if (openApi.path("nullable").booleanValue(false) && openApi.path("type").isString()) {
      schema.putArray("type").add(openApi.get("type").stringValue()).add("null");
    } else if (openApi.path("type").isString()) {
      schema.put("type", openApi.get("type").stringValue());
    }
  }

  private static boolean isIntOrString(JsonNode openApi) {
    if (openApi.path("format").stringValue("").equals("int-or-string")) {
      return true;
    }
    return openApi.path("x-kubernetes-int-or-string").booleanValue(false)
        && (!openApi.has("anyOf") || types(openApi.get("anyOf")).equals("integer string"));
  }

  /// `io.k8s.apimachinery.pkg.api.resource.Quantity`, which says no more of itself than this.
  private static boolean isQuantity(JsonNode openApi) {
    return !openApi.has("type")
        && openApi.has("oneOf")
        && types(openApi.get("oneOf")).equals("number string");
  }

  private static String types(JsonNode alternatives) {
    var types = new TreeSet<String>();
    for (var alternative : alternatives) {
      types.add(alternative.size() == 1 ? alternative.path("type").stringValue("") : "");
    }
    return String.join(" ", types);
  }

  /// What a schema says of values, without its fields.
  ///
  /// @param peer the structural schema of the same value, which knows the defaults
  private void values(JsonNode openApi, JsonNode peer, ObjectNode schema) {
    for (var keyword : PLAIN) {
      if (openApi.has(keyword)) {
        schema.set(keyword, openApi.get(keyword));
      }
    }
    bounds(openApi, schema);
    var format = openApi.path("format").stringValue("");
    if (!format.isEmpty() && openApi.path("type").stringValue("string").equals("string")) {
      schema.put("format", format.equals("datetime") ? "date-time" : format);
    }
    // Where Go decodes bytes, none are fine; the format of a CRD's field wants some.
    if (flavour == Flavour.CUSTOM && format.equals("byte") && !schema.has("minLength")) {
      schema.put("minLength", 1);
    }
    required(openApi, peer, schema);
    for (var junctor : List.of("allOf", "anyOf", "oneOf")) {
      for (var branch : openApi.path(junctor)) {
        schema.withArrayProperty(junctor).add(condition(branch, peer));
      }
    }
    if (openApi.path("not").isObject()) {
      schema.set("not", condition(openApi.get("not"), peer));
    }
  }

  private void required(JsonNode openApi, JsonNode peer, ObjectNode schema) {
    for (var name : openApi.path("required")) {
      if (flavour == Flavour.BUILT_IN
          || !isFilledIn(peer.path("properties").path(name.stringValue("")))) {
        schema.withArrayProperty("required").add(name);
      }
    }
  }

  /// Whether a custom resource may leave a field out: its default is filled in; or it may be null,
  /// which looks like absence here.
  private static boolean isFilledIn(JsonNode property) {
    var fallback = property.path("default");
    return !(fallback.isMissingNode() || fallback.isNull())
        || property.path("nullable").booleanValue(false);
  }

  private static void bounds(JsonNode openApi, ObjectNode schema) {
    bound(openApi, schema, "minimum", "exclusiveMinimum");
    bound(openApi, schema, "maximum", "exclusiveMaximum");
    var format = openApi.path("format").stringValue("");
    if (openApi.path("type").stringValue("").equals("integer") && !SHORT_REAL.contains(format)) {
      boolean isShort = format.equals("int32");
      if (!schema.has("minimum") && !schema.has("exclusiveMinimum")) {
        schema.put("minimum", isShort ? Integer.MIN_VALUE : Long.MIN_VALUE);
      }
      if (!schema.has("maximum") && !schema.has("exclusiveMaximum")) {
        schema.put("maximum", isShort ? Integer.MAX_VALUE : Long.MAX_VALUE);
      }
    }
  }

  /// OpenAPI v3.0 has a flag where JSON Schema has a second number.
  private static void bound(JsonNode openApi, ObjectNode schema, String name, String exclusive) {
    if (openApi.path(name).isNumber()) {
      boolean isExclusive = openApi.path(exclusive).booleanValue(false);
      schema.set(isExclusive ? exclusive : name, openApi.get(name));
    }
  }

  private ObjectNode condition(JsonNode openApi, JsonNode peer) {
    var schema = NODES.objectNode();
    values(openApi, peer, schema);
    type(openApi, schema);
    copyReference(openApi, schema);
    openApi
        .path("properties")
        .forEachEntry((name, property) ->
            schema
                .withObjectProperty("properties")
                .set(name, condition(property, peer.path("properties").path(name))));
    if (openApi.path("items").isObject()) {
      schema.set("items", condition(openApi.get("items"), peer.path("items")));
    }
    if (openApi.path("additionalProperties").isObject()) {
      schema.set(
          "additionalProperties",
          condition(openApi.get("additionalProperties"), peer.path("additionalProperties")));
    }
    return schema;
  }

  private static void copyReference(JsonNode openApi, ObjectNode schema) {
    if (openApi.path("$ref").isString()) {
      schema.set("$ref", openApi.get("$ref"));
    }
  }

  private static ObjectNode type(String name) {
    return NODES.objectNode().put("type", name);
  }
}
