package io.cooper.policy.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.manifest.Dialect;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.YamlReader;
import io.cooper.policy.Finding;
import io.cooper.policy.Severity;
import io.cooper.policy.settings.Settings;
import io.cooper.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class UserRuleTest {
  private static final String REPLICAS =
      """
      rules:
        - id: user/replicas
          severity: error
          message: fewer than two replicas
          remedy: set spec.replicas to 2
          match: {apiVersion: apps/*, kind: Deployment, namespace: prod-*, labels: {tier: web}}
          expression: object.spec.?replicas.orValue(1) >= 2
          messageExpression: "'%s has %d'.format([object.metadata.name, object.spec.?replicas.orValue(1)])"
          at: spec.replicas
          tests:
            - title: one is too few
              object:
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: a, namespace: prod-1, labels: {tier: web}}
                spec: {replicas: 1}
              finds: a has 1
            - title: two are enough
              object:
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: a, namespace: prod-1, labels: {tier: web}}
                spec: {replicas: 2}
              finds: false
            - title: this one is wrong
              object: {apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: prod-1, labels: {tier: web}}, spec: {}}
              finds: false
      """;

  private static Settings settings(String yaml) {
    return Settings.read(
        ".cooper.yaml", yaml.getBytes(StandardCharsets.UTF_8), List.of("flux/timeout"));
  }

  private static UserRule rule(String yaml) {
    return settings(yaml).rules().getFirst();
  }

  private static List<Manifest> objects(String yaml) {
    return new YamlReader(Dialect.KUBERNETES, YamlReader.Limits.SOURCE)
        .read("a.yaml", yaml).documents().stream()
            .map(document -> Manifest.asWritten((Mapping) document))
            .toList();
  }

  private static List<Finding> found(UserRule rule, String yaml) {
    return rule.check(Universe.of(objects(yaml))).toList();
  }

  private static String deployment(String namespace, String labels) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: a, namespace: %s, labels: %s}
    spec:
      replicas: 1
    """
        .formatted(namespace, labels);
  }

  @Test
  void a_finding_stands_at_the_value_and_says_what_the_expression_says() {
    var rule = rule(REPLICAS);
    assertThat(found(rule, deployment("prod-1", "{tier: web}")))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.message()).isEqualTo("a has 1");
          assertThat(finding.place()).hasToString("a.yaml:5:13");
        });
    assertThat(rule.about().severity()).isEqualTo(Severity.ERROR);
    assertThat(rule.about().remedy()).isEqualTo("set spec.replicas to 2");
  }

  @Test
  void objects_that_do_not_match_are_left_alone() {
    var rule = rule(REPLICAS);
    assertThat(found(rule, deployment("dev", "{tier: web}"))).isEmpty();
    assertThat(found(rule, deployment("prod-1", "{tier: db}"))).isEmpty();
  }

  @Test
  void tests_of_a_rule_pass_or_say_what_was_found_instead() {
    assertThat(RuleTest.of(rule(REPLICAS)).map(RuleTest::failure).map(it -> it.orElse("")))
        .containsExactly("", "", "expected nothing, found a has 1");
  }

  @Test
  void a_rule_sees_other_objects() {
    var rule =
        rule(
            """
            rules:
              - id: user/quota
                match: {kind: PersistentVolumeClaim}
                message: no quota in its namespace
                expression: objects.exists(o, o.kind == 'ResourceQuota' && o.metadata.namespace == object.metadata.namespace)
            """);
    var claims =
        """
        kind: PersistentVolumeClaim
        metadata: {name: one, namespace: a}
        ---
        kind: PersistentVolumeClaim
        metadata: {name: two, namespace: b}
        ---
        kind: ResourceQuota
        metadata: {name: q, namespace: a}
        """;
    assertThat(found(rule, claims))
        .singleElement()
        .satisfies(
            finding -> assertThat(finding.object().orElseThrow().id().name()).isEqualTo("two"));
  }

  @Test
  void a_rule_about_the_whole_gives_the_objects_that_are_wrong() {
    var rule =
        rule(
            """
            rules:
              - id: user/one-name
                message: a name that somebody else has
                expression: objects.filter(o, objects.filter(p, p.metadata.name == o.metadata.name).size() > 1)
            """);
    assertThat(
            found(
                rule,
                "{kind: A, metadata: {name: x}}\n---\n{kind: B, metadata: {name: x}}\n---\n{kind: C, metadata: {name: y}}"))
        .extracting(finding -> finding.object().orElseThrow().id().kind())
        .containsExactly("A", "B");
  }

  @Test
  void a_rule_about_the_whole_may_give_true_false_or_texts() {
    var yaml =
        """
        rules:
          - {id: user/any, message: no Namespace, expression: "objects.exists(o, o.kind == 'Namespace')"}
          - {id: user/texts, message: odd kinds, expression: "objects.filter(o, o.kind != 'Namespace').map(o, o.kind)"}
        """;
    var rules = settings(yaml).rules();
    assertThat(found(rules.get(0), "kind: Namespace")).isEmpty();
    assertThat(found(rules.get(0), "kind: Pod"))
        .extracting(Finding::message)
        .containsExactly("no Namespace");
    assertThat(found(rules.get(1), "kind: Pod"))
        .extracting(Finding::message)
        .containsExactly("odd kinds: Pod");
  }

  @Test
  void severities_and_skips_know_the_rules_of_the_user() {
    var settings =
        settings(
            REPLICAS
                + "severities: {user/replicas: notice}\nskip: [{rule: user/replicas, reason: later}]\n");
    assertThat(settings.severityOf("user/replicas", Severity.ERROR)).contains(Severity.NOTICE);
    assertThat(settings.skips()).hasSize(1);
  }

  @Test
  void a_rule_that_cannot_be_judged_says_so_once() {
    var rule =
        rule("rules: [{id: user/a, match: {kind: Pod}, expression: object.spec.replicas > 1}]");
    assertThat(found(rule, "kind: Pod\n---\nkind: Pod"))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.message())
              .startsWith("user/a cannot be judged: Pod/")
              .contains("spec");
          assertThat(finding.place().file()).isEqualTo(".cooper.yaml");
        });
  }

  @Test
  void a_rule_that_runs_away_is_stopped() {
    var rule =
        rule(
            "rules: [{id: user/a, message: m, expression: \"objects.all(a, objects.all(b, objects.all(c, a.kind == c.kind)))\"}]");
    var many = String.join("\n---\n", IntStream.range(0, 500).mapToObj(i -> "kind: Pod").toList());
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () ->
            assertThat(found(rule, many))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("takes more than")));
  }

  private static void refused(String yaml, String place, String what) {
    assertThatThrownBy(() -> settings(yaml))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().where()).isEqualTo(place);
              assertThat(e.problem().what()).contains(what);
            });
  }

  @Test
  void an_expression_that_does_not_compile_is_shown_where_it_stands() {
    refused(
        "rules:\n  - id: user/a\n    expression: nmae == 'x'\n",
        ".cooper.yaml:3:17",
        "undeclared reference to 'nmae'");
    refused(
        "rules:\n  - id: user/a\n    expression: \"1 == nmae\"\n",
        ".cooper.yaml:3:23",
        "undeclared reference to 'nmae'");
    refused(
        "rules:\n  - id: user/a\n    expression: |\n      true &&\n        nmae\n",
        ".cooper.yaml:5:9",
        "undeclared reference to 'nmae'");
    refused(
        "rules:\n  - id: user/a\n    expression: object.a\n",
        ".cooper.yaml:3:17",
        "undeclared reference to 'object'");
  }

  @Test
  void what_is_wrong_with_a_rule_is_an_error_with_its_place() {
    refused("rules: {a: b}", ".cooper.yaml:1:8", "no list");
    refused("rules: [{expression: \"true\"}]", ".cooper.yaml:1:9", "without an id");
    refused("rules: [{id: flux/timeout, expression: \"true\"}]", ".cooper.yaml:1:14", "no id");
    refused("rules: [{id: user/a}]", ".cooper.yaml:1:9", "no expression");
    refused(
        "rules: [{id: user/a, expresion: \"true\"}]",
        ".cooper.yaml:1:22",
        "unknown key expresion – did you mean expression?");
    refused(
        "rules: [{id: user/a, expression: \"true\"}, {id: user/a, expression: \"true\"}]",
        ".cooper.yaml:1:48",
        "there twice");
    refused(
        "rules: [{id: user/a, severity: fatal, expression: \"true\"}]",
        ".cooper.yaml:1:32",
        "no severity");
  }
}
