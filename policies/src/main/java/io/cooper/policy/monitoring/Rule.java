package io.cooper.policy.monitoring;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.promql.Expression;
import io.cooper.promql.Query;
import java.util.Optional;

/// One rule of Prometheus: an alert, or a series that is recorded.
///
/// @param owner the object that holds it
/// @param values of the rule
/// @param expr its expression, as a value
/// @param text its expression
/// @param query what reading the expression gave
/// @param dialect what else than PromQL the expression may be
record Rule(Manifest owner, Mapping values, Value expr, String text, Query query, Dialect dialect) {
  /// Who evaluates a rule.
  enum Dialect {
    /// Prometheus.
    PROMQL,
    /// VictoriaMetrics, whose language has more: only what is PromQL too can be judged.
    METRICSQL
  }

  Optional<String> alert() {
    return values.text("alert");
  }

  Optional<String> record() {
    return values.text("record");
  }

  Optional<Expression> expression() {
    return query instanceof Query.Valid(var expression)
        ? Optional.of(expression)
        : Optional.empty();
  }

  /// Such as `alert BackupFailed`.
  @Override
  public String toString() {
    return alert()
        .map("alert "::concat)
        .or(() -> record().map("recording rule "::concat))
        .orElse("a rule without a name");
  }
}
