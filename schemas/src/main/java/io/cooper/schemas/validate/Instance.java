package io.cooper.schemas.validate;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// An object as the JSON Schema library wants it.
///
/// Fields that are null are left out where the API server takes them for absent: everywhere in its
/// own kinds, since they decode to nothing; in custom resources where a field is nullable or has a
/// default, and where no schema says what it is. Any other null stays, and is of the wrong type:
/// server-side apply, which Flux uses, does not drop it.
final class Instance {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Instance() {}

  /// An object of Kubernetes' own.
  ///
  /// @param root all values of the object; what SOPS adds at its top is no part of it, since Flux
  ///   takes it away
  static ObjectNode of(Mapping root) {
    return of(root, MissingNode.getInstance());
  }

  /// A custom resource.
  ///
  /// @param root as above
  /// @param openApi its schema
  static ObjectNode of(Mapping root, JsonNode openApi) {
    var object = object(root, openApi);
    if (root.mapping("sops").filter(Instance::isOfSops).isPresent()) {
      object.remove("sops");
    }
    return object;
  }

  private static boolean isOfSops(Mapping sops) {
    return sops.get("mac").isPresent() && sops.get("version").isPresent();
  }

  private static ObjectNode object(Mapping mapping, JsonNode schema) {
    var object = NODES.objectNode();
    for (int i = 0; i < mapping.size(); i++) {
      var value = mapping.valueAt(i);
      var property = schema.path("properties").path(mapping.nameAt(i));
      var by = property.isMissingNode() ? schema.path("additionalProperties") : property;
      if (!isNull(value) || staysNull(by)) {
        object.set(mapping.nameAt(i), of(value, by));
      }
    }
    return object;
  }

  private static boolean staysNull(JsonNode schema) {
    boolean typed =
        schema.has("type") || schema.path("x-kubernetes-int-or-string").booleanValue(false);
    boolean filled = schema.has("default") && !schema.get("default").isNull();
    return typed && !filled && !schema.path("nullable").booleanValue(false);
  }

  private static boolean isNull(Value value) {
    return value instanceof Scalar scalar && scalar.isNull();
  }

  private static JsonNode of(Value value, JsonNode schema) {
    return switch (value) {
      case Mapping mapping -> object(mapping, schema);
      case Sequence sequence -> {
        var array = NODES.arrayNode(sequence.items().size());
        sequence.items().forEach(item -> array.add(of(item, schema.path("items"))));
        yield array;
      }
      case Scalar scalar ->
          switch (scalar.plain()) {
            case null -> NODES.nullNode();
            case Boolean flag -> NODES.booleanNode(flag);
            case Long number -> NODES.numberNode((long) number);
            case BigInteger number -> NODES.numberNode(number);
            case Double number -> number(number);
            case Object other -> NODES.stringNode(other.toString());
          };
    };
  }

  /// The library asks numbers for their integers, which those beyond 64 bits and those that are
  /// none do not have; neither can stand in JSON.
  private static JsonNode number(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return NODES.stringNode(Double.toString(number));
    }
    return Math.abs(number) < 0x1p63
        ? NODES.numberNode(number)
        : NODES.numberNode(new BigDecimal(number).toBigIntegerExact());
  }
}
