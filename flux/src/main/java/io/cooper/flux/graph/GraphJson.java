package io.cooper.flux.graph;

import io.cooper.flux.api.NamespacedName;
import java.io.StringWriter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// The graphs of all clusters as one JSON document, schema version 1. Fields that do not apply are
/// absent.
public final class GraphJson {
  private static final ObjectWriteContext PRETTY =
      new ObjectWriteContext.Base() {
        @Override
        public PrettyPrinter getPrettyPrinter() {
          return new DefaultPrettyPrinter();
        }

        @Override
        public boolean hasPrettyPrinter() {
          return true;
        }
      };

  private GraphJson() {}

  /// The document; ends with a line break.
  public static String of(List<DependencyGraph> graphs) {
    var out = new StringWriter();
    try (var json = new JsonFactory().createGenerator(PRETTY, out)) {
      json.writeStartObject();
      json.writeNumberProperty("schemaVersion", 1);
      json.writeArrayPropertyStart("graphs");
      for (var graph : graphs) {
        graph(graph, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return out.append('\n').toString();
  }

  private static void graph(DependencyGraph graph, JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("entry", graph.tree().entry());
    json.writeArrayPropertyStart("kustomizations");
    for (var node : graph.nodes()) {
      node(node, graph, json);
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("edges");
    for (var edge : graph.edges()) {
      json.writeStartObject();
      json.writeStringProperty("from", edge.from().toString());
      json.writeStringProperty("to", edge.to().toString());
      json.writeStringProperty("kind", edge.kind().name().toLowerCase(Locale.ROOT));
      if (!edge.label().isEmpty()) {
        json.writeStringProperty("needs", edge.label());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("missing");
    for (var missing : graph.unresolved()) {
      json.writeStartObject();
      json.writeStringProperty("kind", missing.dependent().kind());
      json.writeStringProperty(
          "from", missing.dependent().namespace() + "/" + missing.dependent().name());
      json.writeStringProperty("to", missing.dependency().id().toString());
      json.writeEndObject();
    }
    json.writeEndArray();
    rings("cycles", graph.cycles(), json);
    rings("deadlocks", graph.deadlocks(), json);
    json.writeEndObject();
  }

  private static void node(Node node, DependencyGraph graph, JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("namespace", node.id().namespace());
    json.writeStringProperty("name", node.id().name());
    json.writeStringProperty("path", node.kustomization().path());
    node.rendered()
        .parent()
        .ifPresent(parent -> json.writeStringProperty("parent", parent.toString()));
    json.writeNumberProperty("wave", node.wave());
    json.writeStringProperty("state", node.rendered().state().name().toLowerCase(Locale.ROOT));
    json.writeStringProperty("gate", node.gate().name().toLowerCase(Locale.ROOT));
    json.writeBooleanProperty("suspended", node.suspended());
    json.writeNumberProperty("objects", node.rendered().objects().size());
    json.writeObjectPropertyStart("kinds");
    node.rendered().objects().stream()
        .collect(
            Collectors.groupingBy(object -> object.kind(), TreeMap::new, Collectors.counting()))
        .forEach(json::writeNumberProperty);
    json.writeEndObject();
    names("dependsOn", node.kustomization().dependsOn().stream().map(it -> it.id()).toList(), json);
    names("dependents", graph.dependents(node.id()), json);
    json.writeEndObject();
  }

  private static void names(String field, Collection<NamespacedName> ids, JsonGenerator json) {
    json.writeArrayPropertyStart(field);
    ids.forEach(id -> json.writeString(id.toString()));
    json.writeEndArray();
  }

  private static void rings(String field, List<Cycle> rings, JsonGenerator json) {
    json.writeArrayPropertyStart(field);
    for (var ring : rings) {
      json.writeStartObject();
      json.writeStringProperty("kind", ring.kind());
      names("members", ring.members(), json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
