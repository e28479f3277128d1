package io.cooper.schemas.validate;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.YamlReader;
import io.cooper.schemas.Catalogue;
import io.cooper.schemas.KindSchema;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Objects made from the schemas of a catalogue: sound ones as far as a schema tells how, and the
/// same with a few mistakes.
final class RandomObjects {
  private static final int MAX_DEPTH = 9;

  /// One of these fits most patterns and formats.
  private static final List<String> TEXTS =
      List.of(
          "a",
          "web",
          "example.org",
          "10m",
          "1h30m",
          "1Gi",
          "500m",
          "2027-01-31T12:00:00Z",
          "2027-01-31",
          "10.0.0.0/8",
          "10.0.0.1",
          "fd00::1",
          "aGVsbG8=",
          "https://example.org/a",
          "oci://example.org/a",
          "s3://bucket/a",
          "/a/b",
          "80",
          "1.2.3",
          "30d",
          "sha256:" + "0123456789abcdef".repeat(4),
          "Always",
          "example.org/name",
          "A",
          "0 3 * * *",
          "50%",
          "*",
          "");

  private final Catalogue catalogue;
  private final RandomGenerator random;

  RandomObjects(Catalogue catalogue, RandomGenerator random) {
    this.catalogue = catalogue;
    this.random = random;
  }

  /// A plain object of a kind, meant to be sound.
  Map<String, @Nullable Object> sound(KindSchema kind) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    object.put("apiVersion", kind.apiVersion());
    object.put("kind", kind.kind());
    var metadata = new LinkedHashMap<String, @Nullable Object>();
    metadata.put("name", "web");
    if (kind.namespaced()) {
      metadata.put("namespace", "default");
    }
    if (random.nextBoolean()) {
      metadata.put("labels", new LinkedHashMap<>(Map.of("app", "web")));
    }
    object.put("metadata", metadata);
    var address = kind.definition();
    var schema = catalogue.schema(address);
    schema
        .path("properties")
        .forEachEntry((name, property) -> {
          if (!List.of("apiVersion", "kind", "metadata", "status").contains(name)
              && (isRequired(schema, name) || random.nextInt(4) > 0)) {
            value(property, address, 1).into(object, name);
          }
        });
    return object;
  }

  /// A value, or none where the schema does not tell how to make one.
  private record Made(boolean there, @Nullable Object value) {
    static final Made NONE = new Made(false, null);

    static Made of(@Nullable Object value) {
      return new Made(true, value);
    }

    void into(Map<String, @Nullable Object> map, String name) {
      if (there) {
        map.put(name, value);
      }
    }
  }

  private static boolean isRequired(JsonNode schema, String name) {
    return StreamSupport.stream(schema.path("required").spliterator(), false)
        .anyMatch(each -> each.stringValue("").equals(name));
  }

  private Made value(JsonNode schema, URI base, int depth) {
    var reference =
        schema.path("$ref").isString()
            ? schema.path("$ref")
            : schema.path("allOf").path(0).path("$ref");
    if (reference.isString()) {
      var address = base.resolve(reference.stringValue());
      return value(catalogue.schema(address), address, depth);
    }
    if (schema.path("enum").isArray()) {
      var choices = schema.get("enum");
      var choice = choices.get(random.nextInt(choices.size()));
      return Made.of(
          choice.isString() ? choice.stringValue() : choice.isNumber() ? choice.longValue() : "");
    }
    if (schema.path("x-kubernetes-int-or-string").booleanValue(false)
        || schema.path("format").stringValue("").equals("int-or-string")) {
      return Made.of(random.nextBoolean() ? (Object) 80L : "50%");
    }
    if (!schema.has("type") && schema.has("oneOf")) {
      return Made.of("1Gi");
    }
    return switch (schema.path("type").stringValue("")) {
      case "object" -> Made.of(object(schema, base, depth));
      case "array" -> Made.of(list(schema, base, depth));
      case "string" -> text(schema);
      case "integer" -> Made.of(integer(schema));
      case "number" ->
          Made.of(random.nextBoolean() ? (Object) integer(schema) : integer(schema) + 0.5);
      case "boolean" -> Made.of(random.nextBoolean());
      default -> Made.NONE;
    };
  }

  private Map<String, @Nullable Object> object(JsonNode schema, URI base, int depth) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    int wanted = depth > MAX_DEPTH ? 0 : 1 + random.nextInt(3);
    var choice = schema.has("oneOf") ? schema.get("oneOf") : schema.path("anyOf");
    var chosen = choice.isEmpty() ? choice : choice.get(random.nextInt(choice.size()));
    schema
        .path("properties")
        .forEachEntry((name, property) -> {
          if (isRequired(schema, name) || isRequired(chosen, name) || random.nextInt(9) < wanted) {
            value(property, base, depth + 1).into(object, name);
          }
        });
    if (schema.path("additionalProperties").isObject() && wanted > 1) {
      value(schema.get("additionalProperties"), base, depth + 1).into(object, "key");
    }
    return object;
  }

  private List<@Nullable Object> list(JsonNode schema, URI base, int depth) {
    var list = new ArrayList<@Nullable Object>();
    int size =
        Math.max(schema.path("minItems").intValue(0), depth > MAX_DEPTH ? 0 : random.nextInt(3));
    for (int i = 0; i < size; i++) {
      var item = value(schema.path("items"), base, depth + 1);
      if (item.there()) {
        if (item.value() instanceof Map<?, ?> map && map.containsKey("name")) {
          @SuppressWarnings("unchecked") // made above
          var named = (Map<String, Object>) map;
          named.computeIfPresent("name", (_, old) -> old + String.valueOf(list.size()));
        }
        list.add(item.value());
      }
    }
    return list;
  }

  private Made text(JsonNode schema) {
    var format = schema.path("format").stringValue("");
    var pattern = schema.path("pattern").stringValue("");
    var compiled = com.google.re2j.Pattern.compile(pattern);
    int start = random.nextInt(TEXTS.size());
    for (int i = 0; i < TEXTS.size(); i++) {
      var text = TEXTS.get((start + i) % TEXTS.size());
      if (compiled.matcher(text).find()
          && KubernetesFormats.test(format).map(test -> test.test(text)).orElse(true)
          && text.length() >= schema.path("minLength").intValue(0)
          && text.length() <= schema.path("maxLength").intValue(1_000)) {
        return Made.of(text);
      }
    }
    return Made.NONE;
  }

  private long integer(JsonNode schema) {
    return Math.clamp(
        random.nextInt(100),
        schema.path("minimum").longValue(0),
        schema.path("maximum").longValue(1_000));
  }

  /// Makes one to three mistakes, some of which are none.
  void spoil(Map<String, @Nullable Object> object) {
    for (int i = random.nextInt(3); i >= 0; i--) {
      spoilOne(object);
    }
  }

  private void spoilOne(Map<String, @Nullable Object> object) {
    var places = new ArrayList<Runnable>();
    collect(object, places, 0);
    if (!places.isEmpty()) {
      places.get(random.nextInt(places.size())).run();
    }
  }

  @SuppressWarnings("unchecked") // made above
  private void collect(Map<String, @Nullable Object> map, List<Runnable> places, int depth) {
    for (var name : List.copyOf(map.keySet())) {
      if (depth > 0 || !List.of("apiVersion", "kind").contains(name)) {
        places.add(() -> spoil(map, name));
      }
      var value = map.get(name);
      if (value instanceof Map<?, ?> below) {
        collect((Map<String, @Nullable Object>) below, places, depth + 1);
      } else if (value instanceof List<?> list) {
        places.add(() -> spoil((List<@Nullable Object>) list));
        for (var item : list) {
          if (item instanceof Map<?, ?> below) {
            collect((Map<String, @Nullable Object>) below, places, depth + 1);
          }
        }
      }
    }
  }

  private void spoil(Map<String, @Nullable Object> map, String name) {
    switch (random.nextInt(6)) {
      case 0 -> map.remove(name);
      case 1 -> map.put(name + "x", map.remove(name));
      case 2 -> map.put(name, null);
      default -> map.put(name, other(map.get(name)));
    }
  }

  private void spoil(List<@Nullable Object> list) {
    if (list.isEmpty() || random.nextInt(4) == 0) {
      list.add(other(null));
    } else {
      int index = random.nextInt(list.size());
      switch (random.nextInt(3)) {
        case 0 -> list.add(list.get(index));
        case 1 -> list.set(index, other(list.get(index)));
        default -> list.remove(index);
      }
    }
  }

  private @Nullable Object other(@Nullable Object value) {
    if (value instanceof Long number && random.nextInt(2) == 0) {
      return List.of(-1L, 0L, 65_536L, 3_000_000_000L, number + 0.0, number + 0.5, Long.MAX_VALUE)
          .get(random.nextInt(7));
    }
    if (value instanceof String text && random.nextInt(2) == 0) {
      return List.of("", "x".repeat(300), text.toUpperCase(java.util.Locale.ROOT), text + " ", "Ä€")
          .get(random.nextInt(5));
    }
    return switch (random.nextInt(9)) {
      case 0 -> "text";
      case 1 -> 1L;
      case 2 -> 1.0;
      case 3 -> true;
      case 4 -> new ArrayList<@Nullable Object>();
      case 5 -> new LinkedHashMap<String, @Nullable Object>();
      case 6 -> new ArrayList<@Nullable Object>(List.of("a", "a"));
      case 7 -> new java.math.BigInteger("123456789012345678901234567890");
      default -> null;
    };
  }

  /// The object as it would be read from a file.
  static Manifest manifest(Map<String, @Nullable Object> object) {
    var text = JsonMapper.shared().writeValueAsString(object);
    return Manifest.asWritten(
        (Mapping) YamlReader.ofRendered().read("a.yaml", text).documents().getFirst());
  }
}
