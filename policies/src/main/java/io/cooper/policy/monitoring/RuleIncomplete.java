package io.cooper.policy.monitoring;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.source.Artifact;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.problem.Nearest;
import io.cooper.promql.Expression;
import io.cooper.promql.Expression.MetricName;
import io.cooper.promql.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `monitoring/rule-incomplete`
public final class RuleIncomplete implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "monitoring/rule-incomplete",
        WARNING,
        "An alert says how bad it is and what has happened, and what it builds on is recorded.",
        """
        Alertmanager routes by labels: an alert without `severity` ends in whatever route is the default. Without a
        summary or description whoever is woken has nothing but a name. Without `for` one failed scrape is an alert;
        expressions over a range, and those that hold for ever such as `vector(1)`, need none. What lacks only these
        two is a notice.

        A series with a colon in its name is recorded by a rule. Where the repository records others of the same
        family, or the name begins with `cnpg:`, and no rule records this one, the expression gives nothing for ever.
        That is an error for `cnpg:`, because no chart brings such rules.
        """,
        "Add what is missing to the rule.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.trees().stream()
        .map(Rules::of)
        .flatMap(rules -> {
          var recorded = rules.recorded();
          return rules.all().stream()
              .flatMap(rule ->
                  Stream.concat(
                      lacking(rule).stream(), unrecorded(rule, recorded, repository.artifact())));
        });
  }

  private static Optional<Finding> lacking(Rule rule) {
    if (rule.alert().isEmpty()) {
      return Optional.empty();
    }
    var lacks = new ArrayList<String>();
    boolean severity = rule.values().text("labels", "severity").isPresent();
    if (!severity) {
      lacks.add("the label severity");
    }
    var annotations = rule.values();
    if (Stream.of("summary", "description", "message")
        .allMatch(name -> annotations.text("annotations", name).isEmpty())) {
      lacks.add("a summary or description");
    }
    if (rule.values().get("for").isEmpty()
        && rule.values().get("keep_firing_for").isEmpty()
        && rule.expression().filter(RuleIncomplete::isInstant).isPresent()) {
      lacks.add("`for`");
    }
    if (lacks.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        Finding.at(
                rule.owner().placeOf(rule.values()),
                "%s has not got %s".formatted(rule, String.join(", ", lacks)))
            .of(rule.owner())
            .withSeverity(severity ? NOTICE : WARNING));
  }

  /// Whether one moment decides: nothing in it looks back, and something in it can change.
  private static boolean isInstant(Expression expression) {
    return expression.all().noneMatch(each -> each.type() == Type.MATRIX)
        && expression.metrics().findAny().isPresent();
  }

  private static Stream<Finding> unrecorded(Rule rule, Set<String> recorded, Artifact artifact) {
    var families = recorded.stream().map(RuleIncomplete::family).collect(Collectors.toSet());
    return rule.expression().map(it -> it.metrics().toList()).orElse(List.of()).stream()
        .filter(name -> name.name().indexOf(':') > 0 && !recorded.contains(name.name()))
        .filter(name -> isCnpgs(name) || families.contains(family(name.name())))
        .map(name ->
            Finding.at(
                    TextPlace.of(
                        artifact, rule.owner().placeOf(rule.expr()), rule.text(), name.at()),
                    "%s reads %s, which no rule of this repository records%s"
                        .formatted(rule, name.name(), Nearest.hint(name.name(), recorded)))
                .of(rule.owner())
                .withSeverity(isCnpgs(name) ? ERROR : WARNING)
                .withRemedy("Add the recording rule, or use the name of one that is there."));
  }

  private static boolean isCnpgs(MetricName name) {
    return name.name().startsWith("cnpg:");
  }

  /// What stands before the first colon.
  private static String family(String name) {
    return name.substring(0, Math.max(0, name.indexOf(':')));
  }
}
