package io.cooper.schemas.validate;

import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.problem.Nearest;
import io.cooper.schemas.cel.SchemaRules.Failure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The library's errors about one object, in the words of somebody who writes manifests: one for
/// each value, however many branches of an `anyOf` it failed.
final class Complaints {
  private static final Set<String> CHOICES = Set.of("anyOf", "oneOf", "not");
  private static final int MAX_SHOWN = 60;

  /// Fields that OpenAPI calls required and that the API server takes without a word.
  private static final Set<String> NOT_REALLY_REQUIRED =
      Set.of(
          "PriorityClass value",
          "StatefulSet spec.serviceName",
          "NetworkPolicy spec.podSelector",
          "ControllerRevision revision",
          "ResourceClaim spec",
          "ResourceClaimTemplate spec",
          "CSIDriver spec");

  private final Manifest manifest;
  private final Predicate<String> undecided;

  Complaints(Manifest manifest, Predicate<String> undecided) {
    this.manifest = manifest;
    this.undecided = undecided;
  }

  /// A choice that a value failed, and where.
  private record Choice(String location, List<String> path) {}

  List<Violation> of(List<Error> errors) {
    var single = new ArrayList<Violation>();
    var choices = new LinkedHashMap<Choice, List<Error>>();
    for (var error : errors) {
      var choice = choice(error);
      if (choice.isPresent()) {
        choices.computeIfAbsent(choice.get(), _ -> new ArrayList<>()).add(error);
      } else {
        single(error).ifPresent(single::add);
      }
    }
    var wrong = single.stream().map(Violation::path).collect(Collectors.toSet());
    choices.forEach((choice, failed) -> {
      if (!wrong.contains(choice.path()) && !isUndecided(choice.path(), true)) {
        single.add(choice(choice, failed));
      }
    });
    return List.copyOf(new LinkedHashSet<>(single));
  }

  /// What rules in CEL say, unless a value that only the cluster has decides.
  List<Violation> ofRules(List<Failure> failures) {
    return failures.stream()
        .filter(failure -> failure.judged() && !isUndecided(failure.self(), true))
        .map(failure ->
            Violation.at(
                failure.path(),
                "%s: %s".formatted(FieldPath.of(failure.path()), failure.message())))
        .distinct()
        .toList();
  }

  private static Optional<Choice> choice(Error error) {
    var way = error.getEvaluationPath();
    int steps = 0;
    for (int i = 0; i < way.getNameCount(); i++) {
      var name = String.valueOf(way.getElement(i));
      if (CHOICES.contains(name)) {
        var location = new StringBuilder();
        for (int each = 0; each <= i; each++) {
          location.append('/').append(way.getElement(each));
        }
        var path = path(error.getInstanceLocation());
        return Optional.of(
            new Choice(location.toString(), path.subList(0, Math.min(steps, path.size()))));
      }
      switch (name) {
        case "properties" -> {
          steps++;
          i++;
        }
        case "items", "additionalProperties" -> steps++;
        case "allOf" -> i++;
        default -> {
          // A reference and the keyword itself lead no deeper into the object.
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> path(NodePath location) {
    var path = new ArrayList<String>();
    for (int i = 0; i < location.getNameCount(); i++) {
      path.add(String.valueOf(location.getElement(i)));
    }
    return path;
  }

  private Optional<Violation> single(Error error) {
    var path = path(error.getInstanceLocation());
    if (isUndecided(path, false)) {
      return Optional.empty();
    }
    return switch (error.getKeyword()) {
      case KnownFields.NAME -> Optional.of(unknown(error, path));
      case UniqueItems.NAME -> duplicate(error, path);
      case "required" -> missing(error, path);
      default -> Optional.of(Violation.at(path, said(error, path)));
    };
  }

  private static Violation unknown(Error error, List<String> parent) {
    var field = String.valueOf(error.getDetails().get(KnownFields.FIELD));
    var known = names(error.getDetails().get(KnownFields.KNOWN));
    var path = below(parent, field);
    var nearest = Nearest.to(field, known);
    var remedy =
        nearest
            .map(name -> "write `%s`, or remove the field".formatted(name))
            .orElseGet(() ->
                known.isEmpty()
                    ? "remove it: nothing can stand there"
                    : "remove it, or use one of " + some(known));
    return new Violation(
        path,
        "unknown field %s%s"
            .formatted(
                FieldPath.of(path), nearest.map(" – did you mean %s?"::formatted).orElse("")),
        Optional.of(remedy));
  }

  private static List<String> names(@Nullable Object known) {
    return known instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  private static String some(List<String> names) {
    int shown = 12;
    return String.join(", ", names.subList(0, Math.min(shown, names.size())))
        + (names.size() > shown ? ", …" : "");
  }

  private Optional<Violation> duplicate(Error error, List<String> list) {
    var details = error.getDetails();
    var path = below(list, String.valueOf(details.get(UniqueItems.INDEX)));
    var first = below(list, String.valueOf(details.get(UniqueItems.FIRST)));
    if (isUndecided(path, true) || isUndecided(first, true)) {
      return Optional.empty();
    }
    return Optional.of(
        new Violation(
            path,
            "%s is there twice: %s is %s, like %s"
                .formatted(
                    FieldPath.of(list),
                    FieldPath.of(path),
                    secret(String.valueOf(details.get(UniqueItems.SHARED))),
                    FieldPath.of(first)),
            Optional.of("keep one of them: Flux applies on the server, which refuses duplicates")));
  }

  private Optional<Violation> missing(Error error, List<String> parent) {
    var path = below(parent, String.valueOf(error.getProperty()));
    var field = FieldPath.of(path);
    if (NOT_REALLY_REQUIRED.contains(manifest.kind() + " " + field) || isUndecided(parent, false)) {
      return Optional.empty();
    }
    return Optional.of(
        new Violation(
            path,
            "%s is missing, and required".formatted(field),
            Optional.of("write %s".formatted(field))));
  }

  private String said(Error error, List<String> path) {
    var field = FieldPath.of(path);
    var schema = error.getSchemaNode();
    return switch (error.getKeyword()) {
      case "type" -> "%s has to be %s, and is %s".formatted(field, types(schema), what(path));
      case "enum" -> {
        var allowed = texts(schema);
        yield "%s is %s, and has to be one of %s%s"
            .formatted(field, what(path), some(allowed), Nearest.hint(text(path), allowed));
      }
      case "pattern" ->
          "%s is %s, which does not match %s".formatted(field, what(path), schema.stringValue(""));
      case "format" ->
          "%s is %s, and has to be %s".formatted(field, what(path), format(schema.stringValue("")));
      case "minimum" -> "%s is %s, and has to be at least %s".formatted(field, what(path), schema);
      case "maximum" -> "%s is %s, and has to be at most %s".formatted(field, what(path), schema);
      case "exclusiveMinimum" ->
          "%s is %s, and has to be more than %s".formatted(field, what(path), schema);
      case "exclusiveMaximum" ->
          "%s is %s, and has to be less than %s".formatted(field, what(path), schema);
      case "multipleOf" ->
          "%s is %s, and has to be a multiple of %s".formatted(field, what(path), schema);
      case "minLength" -> count(field, "shorter than", schema, "character");
      case "maxLength" -> count(field, "longer than", schema, "character");
      case "minItems" -> count(field, "shorter than", schema, "item");
      case "maxItems" -> count(field, "longer than", schema, "item");
      case "minProperties" -> count(field, "smaller than", schema, "entry");
      case "maxProperties" -> count(field, "larger than", schema, "entry");
      case "uniqueItems" -> "%s holds something twice".formatted(field);
      default -> "%s: %s".formatted(field, error.getMessage());
    };
  }

  private static String count(String field, String than, JsonNode limit, String unit) {
    var plural = unit.endsWith("y") ? unit.substring(0, unit.length() - 1) + "ies" : unit + "s";
    return "%s is %s %s %s".formatted(field, than, limit, limit.asInt(0) == 1 ? unit : plural);
  }

  private static String format(String name) {
    return switch (name) {
      case "quantity" -> "a quantity such as 500m or 2Gi";
      case "byte" -> "base64";
      case "date-time" -> "a time such as 2027-01-31T12:00:00Z";
      case "date" -> "a date such as 2027-01-31";
      case "duration" -> "a duration such as 5m or 1h30m";
      case "cidr" -> "a range such as 10.0.0.0/8";
      default -> "of format " + name;
    };
  }

  private static String types(JsonNode schema) {
    var types = schema.isString() ? List.of(schema.stringValue("")) : texts(schema);
    return types.stream()
        .filter(type -> !type.equals("null"))
        .map(Complaints::type)
        .collect(Collectors.joining(" or "));
  }

  private static String type(String name) {
    return switch (name) {
      case "object" -> "a map";
      case "array" -> "a list";
      case "integer" -> "an integer";
      default -> "a " + name;
    };
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(node -> node.isString() ? node.stringValue() : node.toString())
        .toList();
  }

  /// The value in words: what it is and, where that helps and is no secret, what it says.
  private String what(List<String> path) {
    return value(path)
        .map(value ->
            switch (value) {
              case Mapping _ -> "a map";
              case Sequence _ -> "a list";
              case Scalar scalar when scalar.isNull() -> "null";
              case Scalar scalar when scalar.isString() ->
                  "the string " + secret("\"%s\"".formatted(shortened(scalar.source())));
              case Scalar scalar -> secret(shortened(scalar.source()));
            })
        .orElse("missing");
  }

  private String text(List<String> path) {
    return value(path).flatMap(Value::text).orElse("");
  }

  private static String shortened(String text) {
    var line = text.lines().findFirst().orElse("");
    return line.length() <= MAX_SHOWN && line.length() == text.length()
        ? text
        : line.substring(0, Math.min(MAX_SHOWN, line.length())) + "…";
  }

  /// What a Secret holds is repeated nowhere.
  private String secret(String text) {
    return manifest.is("", "Secret") ? "(not shown)" : text;
  }

  private Violation choice(Choice choice, List<Error> failed) {
    var field = FieldPath.of(choice.path());
    var keyword = choice.location().substring(choice.location().lastIndexOf('/') + 1);
    var alternatives = alternatives(choice, failed);
    if (keyword.equals("not")) {
      return Violation.at(
          choice.path(),
          alternatives.isEmpty()
              ? "%s is what its schema forbids".formatted(field)
              : "%s has %s, which do not go with it"
                  .formatted(field, String.join(", ", alternatives)));
    }
    boolean tooMany = failed.stream().allMatch(error -> error.getKeyword().equals("oneOf"));
    if (!alternatives.isEmpty()) {
      return Violation.at(
          choice.path(),
          "%s %s"
              .formatted(
                  field,
                  tooMany
                      ? "may have only one of " + String.join(", ", alternatives)
                      : (keyword.equals("oneOf") ? "needs exactly one of " : "needs one of ")
                          + String.join(", ", alternatives)));
    }
    var reasons =
        failed.stream()
            .filter(error -> !CHOICES.contains(error.getKeyword()))
            .map(error -> reason(error))
            .distinct()
            .toList();
    return Violation.at(
        choice.path(),
        reasons.isEmpty()
            ? "%s fits more than one of the forms of which it may have one".formatted(field)
            : "%s fits none of the forms it may have: %s"
                .formatted(field, String.join("; or ", reasons)));
  }

  private String reason(Error error) {
    var path = path(error.getInstanceLocation());
    return switch (error.getKeyword()) {
      case "required" ->
          FieldPath.of(below(path, String.valueOf(error.getProperty()))) + " is missing";
      default -> said(error, path);
    };
  }

  /// The fields among which the branches choose, if that is all they do.
  private static List<String> alternatives(Choice choice, List<Error> failed) {
    var own =
        failed.stream()
            .filter(error -> CHOICES.contains(error.getKeyword()))
            .map(Error::getSchemaNode)
            .findFirst();
    if (own.isPresent()) {
      return required(own.get());
    }
    var depth = choice.path().size();
    boolean all =
        failed.stream()
            .allMatch(error ->
                error.getKeyword().equals("required")
                    && error.getInstanceLocation().getNameCount() == depth);
    return all
        ? failed.stream().map(error -> String.valueOf(error.getProperty())).distinct().toList()
        : List.of();
  }

  private static List<String> required(JsonNode schema) {
    var names = new LinkedHashSet<String>();
    var branches =
        schema.isArray() ? schema : schema.has("anyOf") ? schema.get("anyOf") : schema.path("-");
    if (branches.isMissingNode()) {
      schema.path("required").forEach(name -> names.add(name.stringValue("")));
    }
    for (var branch : branches) {
      branch.path("required").forEach(name -> names.add(name.stringValue("")));
    }
    return List.copyOf(names);
  }

  private Optional<Value> value(List<String> path) {
    return manifest.find(path.toArray(String[]::new));
  }

  private static List<String> below(List<String> path, String step) {
    var longer = new ArrayList<>(path);
    longer.add(step);
    return List.copyOf(longer);
  }

  /// Whether the value at a path stands for another one.
  ///
  /// @param deep whether one below it is enough
  private boolean isUndecided(List<String> path, boolean deep) {
    return value(path).filter(value -> isUndecided(value, deep)).isPresent();
  }

  private boolean isUndecided(Value value, boolean deep) {
    return switch (value) {
      case Scalar scalar -> scalar.text().filter(undecided).isPresent();
      case Mapping mapping ->
          deep && mapping.entries().anyMatch(entry -> isUndecided(entry.value(), true));
      case Sequence sequence ->
          deep && sequence.items().stream().anyMatch(item -> isUndecided(item, true));
    };
  }
}
