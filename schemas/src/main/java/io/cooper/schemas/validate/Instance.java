package io.cooper.schemas.validate;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.math.BigInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// An object as the JSON Schema library wants it.
///
/// Fields that are null are left out: the API server drops them, of custom resources because a
/// field that is not nullable cannot hold them, of its own kinds because they decode to nothing.
final class Instance {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Instance() {}

  /// @param root all values of the object; what SOPS adds at its top is no part of it, since Flux
  ///   takes it away
  static ObjectNode of(Mapping root) {
    var object = object(root);
    if (root.mapping("sops").filter(Instance::isOfSops).isPresent()) {
      object.remove("sops");
    }
    return object;
  }

  private static boolean isOfSops(Mapping sops) {
    return sops.get("mac").isPresent() && sops.get("version").isPresent();
  }

  private static ObjectNode object(Mapping mapping) {
    var object = NODES.objectNode();
    mapping
        .entries()
        .filter(entry -> !isNull(entry.value()))
        .forEach(entry -> object.set(entry.name(), of(entry.value())));
    return object;
  }

  private static boolean isNull(Value value) {
    return value instanceof Scalar scalar && scalar.isNull();
  }

  private static JsonNode of(Value value) {
    return switch (value) {
      case Mapping mapping -> object(mapping);
      case Sequence sequence -> {
        var array = NODES.arrayNode(sequence.items().size());
        sequence.items().forEach(item -> array.add(of(item)));
        yield array;
      }
      case Scalar scalar ->
          switch (scalar.plain()) {
            case null -> NODES.nullNode();
            case Boolean flag -> NODES.booleanNode(flag);
            case Long number -> NODES.numberNode((long) number);
            case BigInteger number -> NODES.numberNode(number);
            case Double number -> NODES.numberNode((double) number);
            case Object other -> NODES.stringNode(other.toString());
          };
    };
  }
}
