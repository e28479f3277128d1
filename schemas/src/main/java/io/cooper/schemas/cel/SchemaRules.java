package io.cooper.schemas.cel;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The conditions in CEL that a CRD's schema holds (`x-kubernetes-validations`), by the place in
/// the schema where they stand. May be used by several threads.
///
/// What compares an object with the one it replaces (`oldSelf`) is left out: there is none here.
public final class SchemaRules {
  /// No honest schema is deeper.
  private static final int MAX_DEPTH = 100;

  private static final Pattern OLD_SELF = Pattern.compile("\\boldSelf\\b");
  private static final Pattern FIELD_STEP =
      Pattern.compile("\\.([A-Za-z_][A-Za-z0-9_-]*)|\\['((?:[^'\\\\]|\\\\.)*)'\\]");

  /// How one rule ended for one value.
  ///
  /// @param self the path to the value that was judged
  /// @param path the same, or that of the field which the rule names
  /// @param message what the rule says, or why it came to no result
  /// @param judged whether the rule was judged at all; otherwise the message says why it was not
  public record Failure(List<String> self, List<String> path, String message, boolean judged) {
    public Failure {
      self = List.copyOf(self);
      path = List.copyOf(path);
    }
  }

  /// A part of a schema with the rules in and below it.
  private record Node(
      JsonNode schema,
      List<Rule> rules,
      Map<String, Node> properties,
      Optional<Node> items,
      Optional<Node> entries) {}

  private final Node root;

  private SchemaRules(Node root) {
    this.root = root;
  }

  /// The rules of a schema; empty if it has none.
  public static Optional<SchemaRules> of(JsonNode openApi) {
    return node(openApi, 0).map(SchemaRules::new);
  }

  private static Optional<Node> node(JsonNode schema, int depth) {
    if (depth > MAX_DEPTH || !schema.isObject()) {
      return Optional.empty();
    }
    var rules = new ArrayList<Rule>();
    for (var rule : schema.path("x-kubernetes-validations")) {
      if (!OLD_SELF.matcher(rule.path("rule").stringValue("oldSelf")).find()) {
        rules.add(new Rule(rule));
      }
    }
    var properties = new LinkedHashMap<String, Node>();
    schema
        .path("properties")
        .forEachEntry((name, property) ->
            node(property, depth + 1).ifPresent(node -> properties.put(name, node)));
    var items = node(schema.path("items"), depth + 1);
    var entries = node(schema.path("additionalProperties"), depth + 1);
    return rules.isEmpty() && properties.isEmpty() && items.isEmpty() && entries.isEmpty()
        ? Optional.empty()
        : Optional.of(new Node(schema, List.copyOf(rules), properties, items, entries));
  }

  /// What an object that its schema accepts fails.
  public List<Failure> check(Mapping object) {
    var failures = new ArrayList<Failure>();
    check(root, object, List.of(), failures);
    return failures;
  }

  private static void check(Node node, Value value, List<String> path, List<Failure> failures) {
    if (value instanceof Scalar scalar && scalar.isNull()) {
      return;
    }
    if (!node.rules().isEmpty()) {
      var self = Self.of(value, node.schema());
      node.rules().forEach(rule -> rule.failure(self, path).ifPresent(failures::add));
    }
    // No switch over patterns: the JVM would make a class for it at each start.
    if (value instanceof Mapping mapping) {
      for (int i = 0; i < mapping.size(); i++) {
        var name = mapping.nameAt(i);
        var property = node.properties().get(name);
        var below = property == null ? node.entries().orElse(null) : property;
        if (below != null) {
          check(below, mapping.valueAt(i), below(path, name), failures);
        }
      }
    } else if (value instanceof Sequence sequence && node.items().isPresent()) {
      for (int i = 0; i < sequence.items().size(); i++) {
        check(
            node.items().get(),
            sequence.items().get(i),
            below(path, Integer.toString(i)),
            failures);
      }
    }
  }

  private static List<String> below(List<String> path, String step) {
    var longer = new ArrayList<>(path);
    longer.add(step);
    return longer;
  }

  /// Steps of a `fieldPath` such as `.spec['a.b']`.
  static List<String> steps(String fieldPath) {
    var steps = new ArrayList<String>();
    var matcher = FIELD_STEP.matcher(fieldPath);
    while (matcher.find()) {
      steps.add(matcher.group(1) == null ? matcher.group(2).replace("\\'", "'") : matcher.group(1));
    }
    return steps;
  }
}
