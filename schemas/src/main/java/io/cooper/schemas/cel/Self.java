package io.cooper.schemas.cel;

import dev.cel.common.values.CelByteString;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.schemas.value.GoDuration;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// A value as a rule sees it (`self`): with the types its schema names, the defaults filled in, the
/// names of fields escaped, and without nulls.
final class Self {
  /// Words of CEL that cannot be names of fields.
  private static final Set<String> RESERVED =
      Set.of(
          "true",
          "false",
          "null",
          "in",
          "as",
          "break",
          "const",
          "continue",
          "else",
          "for",
          "function",
          "if",
          "import",
          "let",
          "loop",
          "package",
          "namespace",
          "return",
          "var",
          "void",
          "while");

  private static final Pattern PLAIN_NAME =
      Pattern.compile("[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*_?");

  private Self() {}

  static Object of(Value value, JsonNode schema) {
    // No switch over patterns: the JVM would make a class for it at each start.
    if (value instanceof Mapping mapping) {
      return object(mapping, schema);
    }
    if (value instanceof Sequence sequence) {
      var items = new ArrayList<Object>(sequence.items().size());
      for (var item : sequence.items()) {
        if (!isNull(item)) {
          items.add(of(item, schema.path("items")));
        }
      }
      return items;
    }
    var scalar = (Scalar) value;
    return scalar(scalar.plain(), schema);
  }

  private static boolean isNull(Value value) {
    return value instanceof Scalar scalar && scalar.isNull();
  }

  private static Map<String, Object> object(Mapping mapping, JsonNode schema) {
    var properties = schema.path("properties");
    var entries = schema.path("additionalProperties");
    var object = new LinkedHashMap<String, Object>();
    for (int i = 0; i < mapping.size(); i++) {
      var value = mapping.valueAt(i);
      if (!isNull(value)) {
        var name = mapping.nameAt(i);
        if (properties.has(name)) {
          object.put(escaped(name), of(value, properties.get(name)));
        } else {
          object.put(name, of(value, entries));
        }
      }
    }
    fillIn(object, properties);
    return object;
  }

  private static void fillIn(Map<String, Object> object, JsonNode properties) {
    properties.forEachEntry((name, property) -> {
      var fallback = property.path("default");
      if (!fallback.isMissingNode() && !fallback.isNull()) {
        object.computeIfAbsent(escaped(name), _ -> of(fallback, property));
      }
    });
  }

  private static Object of(JsonNode value, JsonNode schema) {
    return switch (value.getNodeType()) {
      case OBJECT -> {
        var properties = schema.path("properties");
        var object = new LinkedHashMap<String, Object>();
        value.forEachEntry((name, entry) ->
            object.put(
                properties.has(name) ? escaped(name) : name,
                of(
                    entry,
                    properties.has(name)
                        ? properties.get(name)
                        : schema.path("additionalProperties"))));
        fillIn(object, properties);
        yield object;
      }
      case ARRAY -> {
        var items = new ArrayList<Object>();
        value.forEach(item -> items.add(of(item, schema.path("items"))));
        yield items;
      }
      case BOOLEAN -> value.booleanValue();
      case NUMBER ->
          scalar(
              value.isIntegralNumber() && value.canConvertToLong()
                  ? (Object) value.longValue()
                  : (Object) value.doubleValue(),
              schema);
      default -> scalar(value.asString(""), schema);
    };
  }

  private static Object scalar(@org.jspecify.annotations.Nullable Object content, JsonNode schema) {
    if (content instanceof String text) {
      return typed(text, schema.path("format").stringValue(""));
    }
    if (content instanceof Long number && schema.path("type").stringValue("").equals("number")) {
      return number.doubleValue();
    }
    if (content instanceof BigInteger number) {
      return number.doubleValue();
    }
    return content == null ? "" : content;
  }

  /// Strings of some formats are no strings to CEL.
  private static Object typed(String text, String format) {
    Optional<Object> typed =
        switch (format) {
          case "date-time", "datetime" -> time(text);
          case "date" -> time(text + "T00:00:00Z");
          case "duration" -> GoDuration.parse(text).map(Object.class::cast);
          case "byte" -> bytes(text);
          default -> Optional.empty();
        };
    return typed.orElse(text);
  }

  private static Optional<Object> time(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private static Optional<Object> bytes(String text) {
    try {
      return Optional.of(CelByteString.of(Base64.getDecoder().decode(text)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// The name of a field in an expression: `__` stands before and behind what is no letter.
  static String escaped(String name) {
    if (RESERVED.contains(name)) {
      return "__" + name + "__";
    }
    if (PLAIN_NAME.matcher(name).matches()) {
      return name;
    }
    return name.replace("__", "__underscores__")
        .replace(".", "__dot__")
        .replace("-", "__dash__")
        .replace("/", "__slash__");
  }
}
