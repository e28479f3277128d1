package io.cooper.schemas.validate;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What every object's metadata may hold; the schema of a CRD only says that it is an object. Built
/// piece by piece, since a parser for so little costs more than all the rest of a start.
final class Metadata {
  static final JsonNode SCHEMA = schema();

  private Metadata() {}

  private static JsonNode schema() {
    var schema = type("object");
    var fields = schema.putObject("properties");
    for (var name :
        new String[] {"name", "generateName", "namespace", "selfLink", "uid", "resourceVersion"}) {
      fields.set(name, type("string"));
    }
    fields.set("generation", type("integer").put("format", "int64"));
    fields.set("creationTimestamp", type("string").put("format", "date-time"));
    fields.set("deletionTimestamp", type("string").put("format", "date-time"));
    fields.set("deletionGracePeriodSeconds", type("integer").put("format", "int64"));
    fields.set("labels", type("object").set("additionalProperties", type("string")));
    fields.set("annotations", type("object").set("additionalProperties", type("string")));
    fields.set("finalizers", list(type("string")).put("x-kubernetes-list-type", "set"));
    var owners = list(owner()).put("x-kubernetes-list-type", "map");
    owners.putArray("x-kubernetes-list-map-keys").add("uid");
    fields.set("ownerReferences", owners);
    fields.set(
        "managedFields", list(type("object").put("x-kubernetes-preserve-unknown-fields", true)));
    return schema;
  }

  private static ObjectNode owner() {
    var owner = type("object");
    owner.putArray("required").add("apiVersion").add("kind").add("name").add("uid");
    var fields = owner.putObject("properties");
    for (var name : new String[] {"apiVersion", "kind", "name", "uid"}) {
      fields.set(name, type("string"));
    }
    fields.set("controller", type("boolean"));
    fields.set("blockOwnerDeletion", type("boolean"));
    return owner;
  }

  private static ObjectNode list(ObjectNode items) {
    var list = type("array");
    list.set("items", items);
    return list;
  }

  private static ObjectNode type(String name) {
    return JsonNodeFactory.instance.objectNode().put("type", name);
  }
}
