package io.cooper.flux.render.kustomize;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes values as JSON, which is also YAML and leaves no question how a scalar is meant.
public final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /// A plain value – maps, lists, strings, numbers, booleans, null – as UTF-8.
  public static byte[] bytesOf(@Nullable Object plain) {
    var out = new StringWriter();
    try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      plain(json, plain);
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  static byte[] bytes(Value value) {
    return text(value).getBytes(StandardCharsets.UTF_8);
  }

  static String text(Value value) {
    var out = new StringWriter();
    try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      write(json, value);
    }
    return out.toString();
  }

  private static void write(JsonGenerator json, Value value) {
    switch (value) {
      case Mapping mapping -> {
        json.writeStartObject();
        mapping
            .entries()
            .forEach(entry -> {
              json.writeName(String.valueOf(entry.key().plain()));
              write(json, entry.value());
            });
        json.writeEndObject();
      }
      case Sequence list -> {
        json.writeStartArray();
        list.items().forEach(item -> write(json, item));
        json.writeEndArray();
      }
      case Scalar scalar -> plain(json, scalar.plain());
    }
  }

  private static void plain(JsonGenerator json, @Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Map<?, ?> map -> {
        json.writeStartObject();
        map.forEach((key, each) -> {
          json.writeName(String.valueOf(key));
          plain(json, each);
        });
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        list.forEach(each -> plain(json, each));
        json.writeEndArray();
      }
      case Boolean flag -> json.writeBoolean(flag);
      case Long number -> json.writeNumber(number);
      case BigInteger number -> json.writeNumber(number);
      case Double number when Double.isFinite(number) -> json.writeNumber(number);
      case Object other -> json.writeString(other.toString());
    }
  }
}
