package io.cooper.policy.report;

import io.cooper.manifest.ObjectId;
import java.io.PrintWriter;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// Writes JSON that people can read, too.
final class JsonText {
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

  /// Whoever opened the stream closes it.
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private JsonText() {}

  /// Prints one value and a line break.
  static void print(PrintWriter out, Consumer<JsonGenerator> value) {
    try (var json = FACTORY.createGenerator(PRETTY, out)) {
      value.accept(json);
      json.writeRaw(System.lineSeparator());
    }
    out.flush();
  }

  /// Writes a named list, an object for each item.
  static <T> void objects(
      JsonGenerator json, String name, Iterable<T> items, Consumer<T> properties) {
    json.writeArrayPropertyStart(name);
    for (var item : items) {
      json.writeStartObject();
      properties.accept(item);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /// Writes a named object.
  static void object(JsonGenerator json, String name, Runnable properties) {
    json.writeObjectPropertyStart(name);
    properties.run();
    json.writeEndObject();
  }

  /// An object of Kubernetes by what names it; what is empty is left out.
  static void object(JsonGenerator json, String name, ObjectId id) {
    object(
        json,
        name,
        () -> {
          if (!id.group().isEmpty()) {
            json.writeStringProperty("group", id.group());
          }
          json.writeStringProperty("kind", id.kind());
          if (!id.namespace().isEmpty()) {
            json.writeStringProperty("namespace", id.namespace());
          }
          json.writeStringProperty("name", id.name());
        });
  }
}
