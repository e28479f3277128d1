package io.cooper.cli;

import io.cooper.schemas.Catalogue;
import io.cooper.schemas.KindSchema;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A kind's schema for people and for other programs.
final class ShownSchema {
  private static final String REF = "$ref";
  private static final String INDENT = "  ";

  private final Catalogue catalogue;
  private final KindSchema kind;

  ShownSchema(Catalogue catalogue, KindSchema kind) {
    this.catalogue = catalogue;
    this.kind = kind;
  }

  /// One self-contained JSON Schema: what it refers to lies below `$defs`.
  ObjectNode json() {
    var definitions = new TreeMap<String, JsonNode>();
    var document = JsonNodeFactory.instance.objectNode();
    document.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    document.put("title", kind.apiVersion() + " " + kind.kind());
    document.setAll((ObjectNode) local(catalogue.schema(kind.definition()), definitions));
    if (!definitions.isEmpty()) {
      var defs = document.putObject("$defs");
      definitions.forEach(defs::set);
    }
    return document;
  }

  /// The same value, with references into `$defs`, where their targets are put.
  private JsonNode local(JsonNode value, TreeMap<String, JsonNode> definitions) {
    if (value instanceof ArrayNode list) {
      var made = JsonNodeFactory.instance.arrayNode();
      list.forEach(each -> made.add(local(each, definitions)));
      return made;
    }
    if (!(value instanceof ObjectNode object)) {
      return value;
    }
    var made = JsonNodeFactory.instance.objectNode();
    for (var entry : object.properties()) {
      if (entry.getKey().equals(REF) && entry.getValue().isString()) {
        made.put(REF, "#/$defs/" + defined(entry.getValue().asString(), definitions));
      } else {
        made.set(entry.getKey(), local(entry.getValue(), definitions));
      }
    }
    return made;
  }

  private String defined(String name, TreeMap<String, JsonNode> definitions) {
    if (!definitions.containsKey(name)) {
      definitions.put(name, JsonNodeFactory.instance.objectNode()); // it may refer to itself
      definitions.put(name, local(target(name), definitions));
    }
    return name;
  }

  private JsonNode target(String reference) {
    return catalogue.schema(kind.definition().resolve(URI.create(reference)));
  }

  /// The fields, a line each, indented by depth.
  List<String> lines(int depth) {
    var lines = new ArrayList<String>();
    lines.add(
        "%s %s%s%s"
            .formatted(
                kind.apiVersion(),
                kind.kind(),
                kind.namespaced() ? "" : " (no namespace)",
                kind.from().map(release -> " of " + release).orElse(", imported")));
    kind.deprecation().ifPresent(text -> lines.add("deprecated: " + text));
    fields(catalogue.schema(kind.definition()), depth, INDENT, new HashSet<>(), lines);
    return lines;
  }

  private void fields(
      JsonNode given, int depth, String indent, Set<JsonNode> above, List<String> lines) {
    var schema = resolved(given);
    if (depth == 0 || !above.add(schema)) {
      return;
    }
    var required = schema.path("required");
    // What every object has needs no lines.
    boolean isWhole = indent.length() == INDENT.length();
    for (var field : schema.path("properties").properties()) {
      boolean needed =
          required.valueStream().anyMatch(each -> each.asString().equals(field.getKey()));
      var type = resolved(field.getValue());
      lines.add(
          "%s%s  %s%s%s"
              .formatted(
                  indent,
                  field.getKey(),
                  type(type),
                  needed ? "  required" : "",
                  limits(field.getValue(), type)));
      if (!isWhole || !field.getKey().equals("metadata")) {
        fields(inner(type), depth - 1, indent + INDENT, above, lines);
      }
    }
    above.remove(schema);
  }

  /// A list's or a map's fields are those of its items.
  private JsonNode inner(JsonNode type) {
    var items = type.has("items") ? type.get("items") : type.path("additionalProperties");
    return items.isObject() ? inner(resolved(items)) : type;
  }

  private JsonNode resolved(JsonNode schema) {
    var all = schema.path("allOf");
    var reference = schema.has(REF) ? schema.get(REF) : all.path(0).path(REF);
    return reference.isString() ? resolved(target(reference.asString())) : schema;
  }

  private String type(JsonNode type) {
    if (type.has("items")) {
      return "[]" + type(resolved(type.get("items")));
    }
    if (type.path("additionalProperties").isObject()) {
      return "map of " + type(resolved(type.get("additionalProperties")));
    }
    if (type.path("x-kubernetes-int-or-string").asBoolean(false)) {
      return "integer or string";
    }
    return type.path("type").asString("any");
  }

  private static String limits(JsonNode field, JsonNode type) {
    var text = new StringBuilder();
    for (var key : List.of("default", "enum", "pattern", "minimum", "maximum", "format")) {
      var value = field.has(key) ? field.get(key) : type.path(key);
      if (!value.isMissingNode() && !(value.isObject() && value.isEmpty())) {
        text.append("  ").append(key).append(' ').append(value);
      }
    }
    var rules = type.path("x-kubernetes-validations");
    if (rules.isArray()) {
      text.append("  %d %s".formatted(rules.size(), rules.size() == 1 ? "rule" : "rules"));
    }
    return text.toString();
  }
}
