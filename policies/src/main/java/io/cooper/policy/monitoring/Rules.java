package io.cooper.policy.monitoring;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.policy.monitoring.Rule.Dialect;
import io.cooper.promql.Query;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The rules of one cluster: of PrometheusRules, VMRules, and of the values of the charts that make
/// such objects.
///
/// @param tree they are from
/// @param all in tree order
record Rules(RenderedTree tree, List<Rule> all) {
  static final String PROMETHEUS = "monitoring.coreos.com";
  static final String VICTORIA = "operator.victoriametrics.com";

  /// Values of charts that hold groups of rules: as a list, or by name.
  private static final List<String> CHART_VALUES =
      List.of(
          "additionalPrometheusRules",
          "additionalPrometheusRulesMap",
          "additionalVictoriaMetricsMap",
          "customRules");

  /// What only LogQL has: filters of lines behind a selector. Loki takes its rules from
  /// PrometheusRules too.
  private static final Pattern LOGQL =
      Pattern.compile(
          "\\}\\s*(\\|[=~>]|!~|!=|\\|\\s*\\w)|\\|\\s*(json|logfmt|unwrap|line_format)\\b");

  Rules {
    all = List.copyOf(all);
  }

  static Rules of(RenderedTree tree) {
    boolean victoria = tree.objects(VICTORIA).findAny().isPresent();
    return new Rules(
        tree,
        Stream.of(PROMETHEUS, VICTORIA, HelmRelease.GROUP)
            .flatMap(tree::objects)
            .flatMap(object -> rules(object, victoria))
            .toList());
  }

  private static Stream<Rule> rules(Manifest object, boolean victoria) {
    if (object.is(PROMETHEUS, "PrometheusRule")) {
      return groups(object, object.root().items("spec", "groups"), victoria);
    }
    if (object.is(VICTORIA, "VMRule")) {
      return groups(object, object.root().items("spec", "groups"), true);
    }
    if (HelmRelease.isOne(object)) {
      return object
          .root()
          .mapping("spec", "values")
          .map(values -> ofChart(object, values, victoria))
          .orElse(Stream.empty());
    }
    return Stream.empty();
  }

  private static Stream<Rule> ofChart(Manifest release, Mapping values, boolean victoria) {
    return CHART_VALUES.stream()
        .flatMap(name -> values.get(name).stream())
        .flatMap(value ->
            switch (value) {
              case Mapping byName -> byName.entries().map(Mapping.Entry::value);
              case Sequence list -> list.items().stream();
              default -> Stream.<Value>empty();
            })
        .filter(Mapping.class::isInstance)
        .map(Mapping.class::cast)
        .flatMap(book -> groups(release, book.items("groups"), victoria));
  }

  private static Stream<Rule> groups(Manifest owner, Stream<Value> groups, boolean victoria) {
    return groups
        .filter(Mapping.class::isInstance)
        .map(Mapping.class::cast)
        .filter(group -> group.text("type").filter(type -> !type.equals("prometheus")).isEmpty())
        .flatMap(group -> group.mappings("rules"))
        .flatMap(rule -> rule(owner, rule, victoria));
  }

  private static Stream<Rule> rule(Manifest owner, Mapping values, boolean victoria) {
    return values
        .get("expr")
        .flatMap(expr ->
            expr.text()
                .filter(text -> !LOGQL.matcher(text).find())
                .map(text ->
                    new Rule(
                        owner,
                        values,
                        expr,
                        text,
                        Query.of(text),
                        victoria ? Dialect.METRICSQL : Dialect.PROMQL)))
        .stream();
  }

  /// The series that rules record.
  Set<String> recorded() {
    return all.stream().flatMap(rule -> rule.record().stream()).collect(Collectors.toSet());
  }
}
