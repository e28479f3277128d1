package io.cooper.schemas.validate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Whether an object is surely sound by a schema that [StrictSchema] made. Says yes or perhaps, and
/// never why: whatever is not surely sound is the library's to judge. Most objects are sound, and
/// for them this costs a twentieth of what the library does
/// (`docs/decisions/0005-sound-objects-first.md`).
///
/// A keyword, or a form of one, that is not known here makes every value that gets there unsure. So
/// does a value whose comparison with a schema has corners, such as 1.0 for an integer. Safe for
/// use by several threads.
final class Soundness {
  /// Schemas that refer to themselves end here; no honest object is deeper.
  private static final int MAX_DEPTH = 300;

  /// More values times schemas than any honest object has.
  private static final int MAX_STEPS = 5_000_000;

  private static final int OBJECT = 1;
  private static final int ARRAY = 1 << 1;
  private static final int STRING = 1 << 2;
  private static final int INTEGER = 1 << 3;
  private static final int NUMBER = 1 << 4;
  private static final int BOOLEAN = 1 << 5;
  private static final int NULL = 1 << 6;
  private static final int ANY = (1 << 7) - 1;

  /// What a schema asks of one sort of values, beside their type.
  private interface Demand {
    boolean accepts(Value value, Trial trial);
  }

  /// One judgement under way. An unsure one accepts nothing more, so that it ends at once.
  private static final class Trial {
    private int steps;
    private int depth;
    private boolean unsure;

    boolean unsure() {
      unsure = true;
      return false;
    }
  }

  /// A schema made ready.
  ///
  /// @param sound says yes or perhaps
  /// @param whole whether all of the schema is understood, with no reference to another: then no
  ///   object can find a fault in the schema itself
  record Compiled(Soundness sound, boolean whole) {}

  private final int types;
  private final List<Demand> demands;

  private Soundness(int types, List<Demand> demands) {
    this.types = types;
    this.demands = List.copyOf(demands);
  }

  /// @param strict a schema
  /// @param flavour whose rules hold
  /// @param references what its references lead to; asked when the first value gets there
  static Compiled of(JsonNode strict, Flavour flavour, Function<String, Soundness> references) {
    var compilation = new Compilation(flavour, references);
    var sound = compilation.of(strict, 0);
    return new Compiled(sound, compilation.whole);
  }

  /// Never says yes.
  static Soundness never() {
    return new Soundness(ANY, List.of(unknown()));
  }

  private static Demand unknown() {
    return (_, trial) -> trial.unsure();
  }

  /// Whether the library would surely find nothing.
  boolean accepts(Mapping object) {
    // What SOPS adds is taken away before the library sees it.
    if (object.get("sops").isPresent()) {
      return false;
    }
    var trial = new Trial();
    return accepts(object, trial) && !trial.unsure;
  }

  private boolean accepts(Value value, Trial trial) {
    if (trial.unsure || ++trial.steps > MAX_STEPS || trial.depth > MAX_DEPTH) {
      return trial.unsure();
    }
    if ((types & typeOf(value, trial)) == 0) {
      return false;
    }
    trial.depth++;
    for (int i = 0; i < demands.size(); i++) {
      if (!demands.get(i).accepts(value, trial)) {
        trial.depth--;
        return false;
      }
    }
    trial.depth--;
    return true;
  }

  private int typeOf(Value value, Trial trial) {
    if (value instanceof Mapping) {
      return OBJECT;
    }
    if (value instanceof Sequence) {
      return ARRAY;
    }
    var content = value.plain();
    if (content instanceof String) {
      return STRING;
    }
    if (content == null) {
      return NULL;
    }
    if (content instanceof Boolean) {
      return BOOLEAN;
    }
    if (content instanceof Long || content instanceof BigInteger) {
      return INTEGER | NUMBER;
    }
    // Whether 1.0 is an integer is told otherwise by every draft.
    if (!(content instanceof Double number) || number.isNaN() || number.isInfinite()) {
      trial.unsure();
    } else if ((types & (INTEGER | NUMBER)) == INTEGER) {
      trial.unsure();
    }
    return NUMBER;
  }

  /// Fields that are null are left out where [Instance] leaves all of them out.
  private static boolean isAbsent(Value value) {
    return value instanceof Scalar scalar && scalar.isNull();
  }

  private static boolean has(Mapping mapping, String name) {
    var value = mapping.get(name);
    return value.isPresent() && !isAbsent(value.get());
  }

  /// @param closed whether there are no fields but the properties
  /// @param others what any other field is judged by
  /// @param nulls whether a null may be more than nothing; then it makes unsure
  private record Fields(
      Map<String, Soundness> properties, boolean closed, @Nullable Soundness others, boolean nulls)
      implements Demand {
    @Override
    public boolean accepts(Value value, Trial trial) {
      if (!(value instanceof Mapping mapping)) {
        return true;
      }
      for (int i = 0; i < mapping.size(); i++) {
        var field = mapping.valueAt(i);
        if (!isAbsent(field)) {
          var schema = properties.get(mapping.nameAt(i));
          if (schema == null && closed) {
            return false;
          }
          var by = schema == null ? others : schema;
          if (by != null && !by.accepts(field, trial)) {
            return false;
          }
        } else if (nulls) {
          return trial.unsure();
        }
      }
      return true;
    }
  }

  private record Required(List<String> names) implements Demand {
    @Override
    public boolean accepts(Value value, Trial trial) {
      if (value instanceof Mapping mapping) {
        for (var name : names) {
          if (!has(mapping, name)) {
            return false;
          }
        }
      }
      return true;
    }
  }

  private record Items(Soundness schema) implements Demand {
    @Override
    public boolean accepts(Value value, Trial trial) {
      if (value instanceof Sequence sequence) {
        for (var item : sequence.items()) {
          if (!schema.accepts(item, trial)) {
            return false;
          }
        }
      }
      return true;
    }
  }

  /// A set has nothing twice.
  private static boolean isSet(Value value, Trial trial) {
    if (value instanceof Sequence sequence && sequence.items().size() > 1) {
      var seen = new HashSet<@Nullable Object>();
      for (var item : sequence.items()) {
        if (!(item instanceof Scalar) || !seen.add(item.plain())) {
          return trial.unsure();
        }
      }
    }
    return true;
  }

  /// A list that is a map has no keys twice.
  ///
  /// @param fallbacks of the keys that have one
  private record ByKeys(List<String> keys, Map<String, Object> fallbacks) implements Demand {
    @Override
    public boolean accepts(Value value, Trial trial) {
      if (!(value instanceof Sequence sequence) || sequence.items().size() < 2) {
        return true;
      }
      var seen = new HashSet<Object>();
      for (var item : sequence.items()) {
        if (!(item instanceof Mapping mapping)) {
          return trial.unsure();
        }
        var key = key(mapping, trial);
        if (trial.unsure || !(key.isEmpty() || seen.add(key))) {
          return trial.unsure();
        }
      }
      return true;
    }

    private List<@Nullable Object> key(Mapping item, Trial trial) {
      var key = new ArrayList<@Nullable Object>(keys.size());
      boolean named = false;
      for (var name : keys) {
        var value = item.get(name);
        if (value.isPresent() && !(value.get() instanceof Scalar)) {
          trial.unsure();
        }
        var content = value.map(Value::plain);
        named |= content.isPresent();
        key.add(content.orElseGet(() -> fallbacks.get(name)));
      }
      return named ? key : List.of();
    }
  }

  private record OneOfTexts(Set<String> texts) implements Demand {
    @Override
    public boolean accepts(Value value, Trial trial) {
      return value.plain() instanceof String text ? texts.contains(text) : trial.unsure();
    }
  }

  private record Text(Predicate<String> test) implements Demand {
    @Override
    public boolean accepts(Value value, Trial trial) {
      return !(value instanceof Scalar scalar && scalar.plain() instanceof String text)
          || test.test(text);
    }
  }

  /// Bounds that are whole numbers, of numbers that are: others are unsure.
  private record Between(long least, long most) implements Demand {
    @Override
    public boolean accepts(Value value, Trial trial) {
      if (!(value instanceof Scalar scalar) || !(scalar.plain() instanceof Number number)) {
        return true;
      }
      return number instanceof Long whole ? least <= whole && whole <= most : trial.unsure();
    }
  }

  /// How many characters, items or entries there may be.
  private record Size(int sort, long least, long most) implements Demand {
    @Override
    public boolean accepts(Value value, Trial trial) {
      long size;
      if (sort == OBJECT && value instanceof Mapping mapping) {
        size = 0;
        for (int i = 0; i < mapping.size(); i++) {
          size += isAbsent(mapping.valueAt(i)) ? 0 : 1;
        }
      } else if (sort == ARRAY && value instanceof Sequence sequence) {
        size = sequence.items().size();
      } else if (sort == STRING
          && value instanceof Scalar scalar
          && scalar.plain() instanceof String text) {
        size = text.codePointCount(0, text.length());
      } else {
        return true;
      }
      return least <= size && size <= most;
    }
  }

  private record All(List<Soundness> branches) implements Demand {
    @Override
    public boolean accepts(Value value, Trial trial) {
      for (var branch : branches) {
        if (!branch.accepts(value, trial)) {
          return false;
        }
      }
      return true;
    }
  }

  private record Choice(List<Soundness> branches, int least, int most) implements Demand {
    @Override
    public boolean accepts(Value value, Trial trial) {
      int accepting = 0;
      for (var branch : branches) {
        accepting += branch.accepts(value, trial) ? 1 : 0;
        if (trial.unsure) {
          return false;
        }
      }
      return least <= accepting && accepting <= most;
    }
  }

  /// What stands somewhere else, and is made when the first value gets here.
  private static final class Reference implements Demand {
    private final String name;
    private final Function<String, Soundness> references;
    private volatile @Nullable Soundness target;

    Reference(String name, Function<String, Soundness> references) {
      this.name = name;
      this.references = references;
    }

    @Override
    public boolean accepts(Value value, Trial trial) {
      var known = target;
      if (known == null) {
        known = references.apply(name);
        target = known;
      }
      return known.accepts(value, trial);
    }
  }

  /// Makes demands of keywords.
  private static final class Compilation {
    private static final Map<String, Integer> TYPES =
        Map.of(
            "object",
            OBJECT,
            "array",
            ARRAY,
            "string",
            STRING,
            "integer",
            INTEGER,
            "number",
            NUMBER | INTEGER,
            "boolean",
            BOOLEAN,
            "null",
            NULL);

    private final Flavour flavour;
    private final Function<String, Soundness> references;
    private boolean whole = true;

    Compilation(Flavour flavour, Function<String, Soundness> references) {
      this.flavour = flavour;
      this.references = references;
    }

    private Demand strange() {
      whole = false;
      return unknown();
    }

    Soundness of(JsonNode schema, int depth) {
      if (!schema.isObject() || depth > MAX_DEPTH) {
        return new Soundness(ANY, List.of(strange()));
      }
      var demands = new ArrayList<Demand>();
      int types = ANY;
      boolean fields = false;
      for (var entry : schema.properties()) {
        var value = entry.getValue();
        switch (entry.getKey()) {
          case "type" -> {
            types = types(value);
            if (types == 0) {
              demands.add(strange());
              types = ANY;
            }
          }
          case "properties", "additionalProperties", KnownFields.NAME -> fields = true;
          case "required" -> demands.add(required(value));
          case "items" -> demands.add(new Items(of(value, depth + 1)));
          case "enum" -> demands.add(enumeration(value));
          case "pattern" -> demands.add(pattern(value));
          case "format" -> demands.add(format(value.stringValue("")));
          case "minimum" -> demands.add(between(value, true));
          case "maximum" -> demands.add(between(value, false));
          case "minLength" -> demands.add(size(STRING, value, true));
          case "maxLength" -> demands.add(size(STRING, value, false));
          case "minItems" -> demands.add(size(ARRAY, value, true));
          case "maxItems" -> demands.add(size(ARRAY, value, false));
          case "minProperties" -> demands.add(size(OBJECT, value, true));
          case "maxProperties" -> demands.add(size(OBJECT, value, false));
          case "allOf" -> demands.add(new All(branches(value, depth)));
          case "anyOf" -> demands.add(new Choice(branches(value, depth), 1, Integer.MAX_VALUE));
          case "oneOf" -> demands.add(new Choice(branches(value, depth), 1, 1));
          case "not" -> demands.add(new Choice(List.of(of(value, depth + 1)), 0, 0));
          case "uniqueItems" -> {
            if (value.booleanValue(true)) {
              demands.add(Soundness::isSet);
            }
          }
          case UniqueItems.NAME -> demands.add(unique(value));
          case "$ref" -> {
            whole = false;
            demands.add(new Reference(value.stringValue(""), references));
          }
          default -> demands.add(strange());
        }
      }
      if (fields) {
        demands.add(fields(schema, depth));
      }
      return new Soundness(types, demands);
    }

    /// @return 0 if a name is no type
    private static int types(JsonNode value) {
      if (value.isString()) {
        return TYPES.getOrDefault(value.stringValue(), 0);
      }
      int types = 0;
      for (var each : value) {
        int type = TYPES.getOrDefault(each.stringValue(""), 0);
        if (type == 0) {
          return 0;
        }
        types |= type;
      }
      return types;
    }

    private Demand fields(JsonNode schema, int depth) {
      var properties = new HashMap<String, Soundness>();
      schema
          .path("properties")
          .forEachEntry((name, property) -> properties.put(name, of(property, depth + 1)));
      var others = schema.path("additionalProperties");
      return new Fields(
          properties,
          schema.has(KnownFields.NAME),
          others.isMissingNode() ? null : of(others, depth + 1),
          flavour == Flavour.CUSTOM);
    }

    private static Demand required(JsonNode value) {
      var names = new ArrayList<String>();
      value.forEach(name -> names.add(name.stringValue("")));
      return new Required(List.copyOf(names));
    }

    private Demand enumeration(JsonNode value) {
      var texts = new HashSet<String>();
      for (var each : value) {
        if (!each.isString()) {
          return strange();
        }
        texts.add(each.stringValue());
      }
      return new OneOfTexts(texts);
    }

    private Demand pattern(JsonNode value) {
      try {
        var pattern = Pattern.compile(value.stringValue(""));
        return new Text(text -> pattern.matcher(text).find());
      } catch (PatternSyntaxException _) {
        return strange();
      }
    }

    private static Demand format(String name) {
      var test = KubernetesFormats.test(name);
      return new Text(test.orElse(_ -> true));
    }

    private static Demand between(JsonNode bound, boolean least) {
      if (!bound.isIntegralNumber() || !bound.canConvertToLong()) {
        return (value, trial) -> !(value.plain() instanceof Number) || trial.unsure();
      }
      return least
          ? new Between(bound.longValue(), Long.MAX_VALUE)
          : new Between(Long.MIN_VALUE, bound.longValue());
    }

    private Demand size(int sort, JsonNode bound, boolean least) {
      if (!bound.isIntegralNumber() || !bound.canConvertToLong()) {
        return strange();
      }
      return least
          ? new Size(sort, bound.longValue(), Long.MAX_VALUE)
          : new Size(sort, 0, bound.longValue());
    }

    private List<Soundness> branches(JsonNode value, int depth) {
      var branches = new ArrayList<Soundness>();
      value.forEach(branch -> branches.add(of(branch, depth + 1)));
      return List.copyOf(branches);
    }

    private static Demand unique(JsonNode keys) {
      if (keys.isEmpty()) {
        return Soundness::isSet;
      }
      var fallbacks = new HashMap<String, Object>();
      var names = new ArrayList<String>();
      keys.forEachEntry((name, fallback) -> {
        names.add(name);
        if (fallback.isString()) {
          fallbacks.put(name, fallback.stringValue());
        } else if (fallback.isIntegralNumber()) {
          fallbacks.put(name, fallback.longValue());
        } else if (fallback.isBoolean()) {
          fallbacks.put(name, fallback.booleanValue());
        }
      });
      return new ByKeys(List.copyOf(names), Map.copyOf(fallbacks));
    }
  }
}
