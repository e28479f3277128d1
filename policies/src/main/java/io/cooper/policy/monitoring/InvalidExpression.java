package io.cooper.policy.monitoring;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.promql.Query;
import io.cooper.promql.Type;
import java.util.Optional;
import java.util.stream.Stream;

/// `monitoring/promql`
public final class InvalidExpression implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "monitoring/promql",
        ERROR,
        "Every rule's expression is PromQL.",
        """
        Prometheus refuses a whole file of rules for one expression that it cannot read. The Prometheus operator's
        admission webhook, where it is installed, refuses the object; where it is not, the operator leaves the object
        out with an event that nobody reads, and none of its alerts exists.

        Expressions are read as Prometheus 3 reads them, its experimental functions included. Rules for
        VictoriaMetrics and Loki are not judged: their languages have more.
        """,
        "Correct the expression; `promtool check rules` says the same.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.trees().stream()
        .map(Rules::of)
        .flatMap(rules ->
            rules.all().stream()
                .filter(rule -> rule.dialect() == Rule.Dialect.PROMQL)
                .flatMap(rule -> judge(rule, repository.artifact()).stream()));
  }

  private static Optional<Finding> judge(Rule rule, Artifact artifact) {
    return switch (rule.query()) {
      case Query.Invalid(int at, var what) ->
          Optional.of(finding(rule, at, "is no PromQL: " + what, artifact));
      case Query.Valid(var expression)
          when expression.type() == Type.MATRIX || expression.type() == Type.STRING ->
          Optional.of(
              finding(
                  rule,
                  expression.at(),
                  "is %s, and a rule needs an instant vector or a scalar"
                      .formatted(expression.type().title()),
                  artifact));
      case Query.Valid _ -> Optional.empty();
    };
  }

  private static Finding finding(Rule rule, int at, String what, Artifact artifact) {
    Manifest owner = rule.owner();
    return Finding.at(
            TextPlace.of(artifact, owner.placeOf(rule.expr()), rule.text(), at),
            "the expression of %s %s".formatted(rule, what))
        .of(owner);
  }
}
