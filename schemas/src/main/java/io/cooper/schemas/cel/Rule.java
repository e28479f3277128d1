package io.cooper.schemas.cel;

import io.cooper.schemas.cel.SchemaRules.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One entry of `x-kubernetes-validations`, compiled when the first value needs it.
final class Rule {
  private sealed interface Compiled {
    record Fine(Expression expression) implements Compiled {}

    record Wrong(String reason) implements Compiled {}
  }

  private static final Set<String> VARIABLES = Set.of("self");

  private final String source;
  private final Optional<String> message;
  private final Optional<String> messageExpression;
  private final List<String> fieldPath;
  private volatile @Nullable Compiled compiled;

  Rule(JsonNode node) {
    this.source = node.path("rule").stringValue("");
    this.message = text(node, "message");
    this.messageExpression = text(node, "messageExpression");
    this.fieldPath = SchemaRules.steps(node.path("fieldPath").stringValue(""));
  }

  private static Optional<String> text(JsonNode node, String name) {
    return Optional.of(node.path(name).stringValue("").strip()).filter(text -> !text.isEmpty());
  }

  /// How the value fails the rule; empty if it does not.
  Optional<Failure> failure(Object self, List<String> path) {
    var compiled = expression();
    return compiled instanceof Compiled.Fine(var expression)
        ? failure(expression, self, path)
        : Optional.of(
            new Failure(
                path,
                path,
                "%s: %s".formatted(inOneLine(source), ((Compiled.Wrong) compiled).reason()),
                false));
  }

  private Optional<Failure> failure(Expression expression, Object self, List<String> path) {
    var values = new HashMap<String, Object>(Map.of("self", self));
    try {
      if (Boolean.TRUE.equals(expression.evaluate(values))) {
        return Optional.empty();
      }
      var place = new ArrayList<>(path);
      place.addAll(fieldPath);
      return Optional.of(new Failure(path, place, said(values), true));
    } catch (ExpressionException e) {
      // So does the API server: a rule without a result refuses the object.
      return Optional.of(
          new Failure(
              path,
              path,
              "%s (%s)".formatted(message.orElseGet(() -> inOneLine(source)), e.reason()),
              true));
    }
  }

  private String said(Map<String, Object> values) {
    if (messageExpression.isPresent()) {
      try {
        var text = Expression.compile(messageExpression.get(), VARIABLES).evaluate(values);
        if (text instanceof String said && !said.isBlank()) {
          return inOneLine(said);
        }
      } catch (ExpressionException _) {
        // Then the fixed message counts, as it does for the API server.
      }
    }
    return message.map(Rule::inOneLine).orElseGet(() -> "failed rule: " + inOneLine(source));
  }

  private static String inOneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  private Compiled expression() {
    var known = compiled;
    if (known == null) {
      known = compile();
      compiled = known;
    }
    return known;
  }

  private Compiled compile() {
    try {
      return new Compiled.Fine(Expression.compile(source, VARIABLES));
    } catch (ExpressionException e) {
      return new Compiled.Wrong(e.reason());
    }
  }
}
