package io.cooper.plugin;

import io.cooper.impact.FieldChange;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Compares two states of a CRD, and says of each difference whether an object that was sound
/// before may be refused, or lose a value, afterwards. Descriptions are no difference.
final class DefinitionDiff {
  private static final String LOST = "values that are set are dropped";
  private static final String REFUSED = "objects that were sound may be refused";

  /// Smaller than before is stricter, and so is one where there was none.
  private static final List<String> UPPER_LIMITS =
      List.of("maximum", "maxLength", "maxItems", "maxProperties");

  private static final List<String> LOWER_LIMITS =
      List.of("minimum", "minLength", "minItems", "minProperties");

  /// Another one is stricter for somebody.
  private static final List<String> CONDITIONS =
      List.of(
          "pattern",
          "format",
          "multipleOf",
          "uniqueItems",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "oneOf",
          "anyOf",
          "allOf",
          "not");

  /// What matters for how values are kept, not for which are allowed.
  private static final List<String> NOTES =
      List.of(
          "default",
          "x-kubernetes-list-type",
          "x-kubernetes-list-map-keys",
          "x-kubernetes-map-type");

  private static final String OPEN = "x-kubernetes-preserve-unknown-fields";

  private final List<Part.Change> changes = new ArrayList<>();

  private DefinitionDiff() {}

  static List<Part> compare(Manifest before, Manifest after) {
    var parts = new ArrayList<Part>();
    add(parts, "definition", names(before, after));
    var versions = versionNames(before);
    versions.addAll(versionNames(after));
    for (var name : versions) {
      var old = version(before, name);
      var fresh = version(after, name);
      var diff = new DefinitionDiff();
      diff.served(name, old, fresh);
      if (old.isPresent() && fresh.isPresent()) {
        diff.schema("", schema(old.get()), schema(fresh.get()));
      }
      add(parts, "schema of " + name, diff.changes);
    }
    return parts;
  }

  private static void add(List<Part> parts, String title, List<Part.Change> changes) {
    if (!changes.isEmpty()) {
      parts.add(new Part(title, changes));
    }
  }

  private static List<Part.Change> names(Manifest before, Manifest after) {
    var diff = new DefinitionDiff();
    for (var field : List.of("scope", "group")) {
      diff.text(
          "spec." + field,
          before.text("spec", field),
          after.text("spec", field),
          "it is another kind then");
    }
    for (var field : List.of("kind", "plural")) {
      diff.text(
          "spec.names." + field,
          before.text("spec", "names", field),
          after.text("spec", "names", field),
          "it is another kind then");
    }
    return diff.changes;
  }

  private void text(String path, Optional<String> before, Optional<String> after, String breaking) {
    if (!before.equals(after)) {
      add(path, before, after, Optional.of(breaking));
    }
  }

  private static Set<String> versionNames(Manifest crd) {
    return crd.root()
        .mappings("spec", "versions")
        .flatMap(version -> version.text("name").stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Optional<Mapping> version(Manifest crd, String name) {
    return crd.root()
        .mappings("spec", "versions")
        .filter(version -> version.text("name").filter(name::equals).isPresent())
        .findFirst();
  }

  private static Optional<Mapping> schema(Mapping version) {
    return version.mapping("schema", "openAPIV3Schema");
  }

  private void served(String name, Optional<Mapping> before, Optional<Mapping> after) {
    var old = before.map(DefinitionDiff::standing);
    var fresh = after.map(DefinitionDiff::standing);
    if (!old.equals(fresh)) {
      boolean was = before.flatMap(version -> version.flag("served")).orElse(false);
      boolean is = after.flatMap(version -> version.flag("served")).orElse(false);
      add(
          "version " + name,
          old,
          fresh,
          was && !is ? Optional.of("objects of this version are refused") : Optional.empty());
    }
  }

  private static String standing(Mapping version) {
    var served = version.flag("served").orElse(false) ? "served" : "not served";
    var stored = version.flag("storage").orElse(false) ? ", stored" : "";
    var deprecated = version.flag("deprecated").orElse(false) ? ", deprecated" : "";
    return served + stored + deprecated;
  }

  private void schema(String path, Optional<Mapping> before, Optional<Mapping> after) {
    if (before.isPresent() && after.isPresent()) {
      schema(path, before.get(), after.get());
    } else if (before.isPresent() || after.isPresent()) {
      add(
          shown(path),
          before.map(DefinitionDiff::type),
          after.map(DefinitionDiff::type),
          after.isPresent() ? Optional.of(REFUSED) : Optional.empty());
    }
  }

  private void schema(String path, Mapping before, Mapping after) {
    var old = type(before);
    var fresh = type(after);
    if (!old.equals(fresh)) {
      boolean wider =
          fresh.equals("integer or string") && Set.of("integer", "string").contains(old);
      add(
          path,
          Optional.of(old),
          Optional.of(fresh),
          wider ? Optional.empty() : Optional.of(REFUSED));
      return;
    }
    values(path, before, after);
    required(path, before, after);
    limits(path, before, after);
    conditions(path, before, after);
    properties(path, before, after);
    schema(path + "[]", before.mapping("items"), after.mapping("items"));
    schema(
        path + ".*", before.mapping("additionalProperties"), after.mapping("additionalProperties"));
  }

  private static String type(Mapping schema) {
    return schema.flag("x-kubernetes-int-or-string").orElse(false)
        ? "integer or string"
        : schema.text("type").orElse("any value");
  }

  private void properties(String path, Mapping before, Mapping after) {
    var old = before.mapping("properties");
    var fresh = after.mapping("properties");
    var names = new LinkedHashSet<String>();
    old.ifPresent(properties -> properties.keys().forEach(names::add));
    fresh.ifPresent(properties -> properties.keys().forEach(names::add));
    boolean open = after.flag(OPEN).orElse(false);
    for (var name : names) {
      var below = path.isEmpty() ? name : path + "." + name;
      var then = old.flatMap(properties -> properties.mapping(name));
      var now = fresh.flatMap(properties -> properties.mapping(name));
      if (then.isPresent() && now.isPresent()) {
        schema(below, then.get(), now.get());
      } else if (then.isPresent()) {
        add(
            below,
            then.map(DefinitionDiff::type),
            Optional.empty(),
            open ? Optional.empty() : Optional.of(LOST));
      } else {
        add(below, Optional.empty(), now.map(DefinitionDiff::type), Optional.empty());
      }
    }
    if (before.flag(OPEN).orElse(false) && !open) {
      add(path + " unknown fields", Optional.of("kept"), Optional.of("dropped"), Optional.of(LOST));
    }
  }

  private void values(String path, Mapping before, Mapping after) {
    var old = texts(before, "enum");
    var fresh = texts(after, "enum");
    if (!old.equals(fresh)) {
      boolean narrower = !fresh.isEmpty() && (old.isEmpty() || !fresh.containsAll(old));
      add(
          path + " one of",
          old.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", old)),
          fresh.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", fresh)),
          narrower ? Optional.of(REFUSED) : Optional.empty());
    }
    if (before.flag("nullable").orElse(false) && !after.flag("nullable").orElse(false)) {
      add(path + " nullable", Optional.of("true"), Optional.of("false"), Optional.of(REFUSED));
    }
  }

  private void required(String path, Mapping before, Mapping after) {
    var old = texts(before, "required");
    var fresh = texts(after, "required");
    for (var name : fresh) {
      if (!old.contains(name)) {
        add(
            (path.isEmpty() ? name : path + "." + name) + " required",
            Optional.of("no"),
            Optional.of("yes"),
            Optional.of(REFUSED));
      }
    }
    for (var name : old) {
      if (!fresh.contains(name)) {
        add(
            (path.isEmpty() ? name : path + "." + name) + " required",
            Optional.of("yes"),
            Optional.of("no"),
            Optional.empty());
      }
    }
  }

  private void limits(String path, Mapping before, Mapping after) {
    UPPER_LIMITS.forEach(limit -> limit(path, limit, before, after, -1));
    LOWER_LIMITS.forEach(limit -> limit(path, limit, before, after, 1));
  }

  private void limit(String path, String limit, Mapping before, Mapping after, int stricter) {
    var old = before.get(limit).map(Value::plain);
    var fresh = after.get(limit).map(Value::plain);
    if (old.equals(fresh)) {
      return;
    }
    boolean narrower =
        fresh.isPresent()
            && (old.isEmpty()
                || Double.compare(number(fresh.get()), number(old.get())) == stricter);
    add(
        path + " " + limit,
        old.map(String::valueOf),
        fresh.map(String::valueOf),
        narrower ? Optional.of(REFUSED) : Optional.empty());
  }

  private static double number(Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  private void conditions(String path, Mapping before, Mapping after) {
    for (var condition : CONDITIONS) {
      var old = before.get(condition).map(Value::plain);
      var fresh = after.get(condition).map(Value::plain);
      if (!Objects.equals(old, fresh)) {
        add(
            path + " " + condition,
            old.map(String::valueOf),
            fresh.map(String::valueOf),
            fresh.isPresent() ? Optional.of(REFUSED) : Optional.empty());
      }
    }
    for (var note : NOTES) {
      var old = before.get(note).map(Value::plain);
      var fresh = after.get(note).map(Value::plain);
      if (!Objects.equals(old, fresh)) {
        add(
            path + " " + note,
            old.map(String::valueOf),
            fresh.map(String::valueOf),
            Optional.empty());
      }
    }
    var old = rules(before);
    var fresh = rules(after);
    for (var rule : fresh) {
      if (!old.contains(rule)) {
        add(path + " rule", Optional.empty(), Optional.of(rule), Optional.of(REFUSED));
      }
    }
    for (var rule : old) {
      if (!fresh.contains(rule)) {
        add(path + " rule", Optional.of(rule), Optional.empty(), Optional.empty());
      }
    }
  }

  private static Set<String> rules(Mapping schema) {
    return schema
        .mappings("x-kubernetes-validations")
        .flatMap(rule -> rule.text("rule").stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Set<String> texts(Mapping schema, String list) {
    return schema
        .items(list)
        .map(value -> String.valueOf(value.plain()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String shown(String path) {
    return path.isEmpty() ? "schema" : path;
  }

  private void add(
      String path, Optional<String> before, Optional<String> after, Optional<String> breaking) {
    // The status is written by the controller that comes with the definition.
    boolean own = !path.startsWith("status");
    changes.add(
        new Part.Change(
            new FieldChange(shown(path.strip()), before, after), breaking.filter(_ -> own)));
  }
}
