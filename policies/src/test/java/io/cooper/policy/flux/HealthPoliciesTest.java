package io.cooper.policy.flux;

import static io.cooper.flux.TestTree.helmRelease;
import static io.cooper.flux.TestTree.kustomization;
import static io.cooper.flux.TestTree.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.render.RenderProblem;
import io.cooper.manifest.Place;
import io.cooper.policy.Policy;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthPoliciesTest {
  private static final String DEPLOYMENT =
      object("apps/v1", "Deployment", "cnpg-system", "barman-cloud");

  private static TestTree plugin(String... check) {
    var lines = new java.util.ArrayList<String>();
    lines.add("healthChecks:");
    for (int i = 0; i < check.length; i++) {
      lines.add((i == 0 ? "  - " : "    ") + check[i]);
    }
    return TestTree.entry(
            kustomization("plugin", lines.toArray(String[]::new))
                + kustomization("apps", "dependsOn: [{name: plugin}]"))
        .with(
            "plugin",
            DEPLOYMENT + object("cert-manager.io/v1", "Certificate", "cnpg-system", "client"));
  }

  @Test
  @Tag("S33")
  void a_check_of_what_is_rendered_is_no_finding() {
    var tree = plugin("kind: Deployment", "name: barman-cloud", "namespace: cnpg-system");

    assertThat(Judged.by(new HealthCheckDangling(), tree)).isEmpty();
    assertThat(Judged.by(new HealthCheckMissing(), tree)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Deployment, barman-clowd, cnpg-system, 14, did you mean barman-cloud?",
    "Deployment, barman-cloud, cnpg-sytem, 15, write `namespace: cnpg-system`",
    "Certificate, client, cnpg-system, 13, write `apiVersion: cert-manager.io/v1`"
  })
  @Tag("S33")
  void a_misspelt_check_stands_on_the_field_that_is_wrong(
      String kind, String name, String namespace, int line, String remedy) {
    var tree = plugin("kind: " + kind, "name: " + name, "namespace: " + namespace);

    assertThat(Judged.by(new HealthCheckDangling(), tree))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.severity()).isEqualTo(Severity.ERROR);
          assertThat(it.finding().place().line()).isEqualTo(line);
          assertThat(it.remedy()).startsWith(remedy);
        });
    assertThat(Judged.by(new HealthCheckMissing(), tree)).isEmpty();
  }

  @Test
  @Tag("S33")
  void what_a_chart_may_bring_is_believed() {
    var tree =
        TestTree.entry(
                kustomization(
                    "operator",
                    "healthChecks:",
                    "  - {kind: Deployment, name: cloudnative-pg, namespace: cnpg-system}"))
            .with("operator", helmRelease("cnpg-system", "cloudnative-pg"));

    assertThat(Judged.by(new HealthCheckDangling(), tree)).isEmpty();
  }

  @Test
  @Tag("S33")
  void a_check_that_leaves_out_the_deployment_is_found() {
    var tree =
        plugin(
            "apiVersion: cert-manager.io/v1",
            "kind: Certificate",
            "name: client",
            "namespace: cnpg-system");

    assertThat(Judged.by(new HealthCheckMissing(), tree))
        .singleElement()
        .satisfies(it ->
            assertThat(Judged.line(it))
                .startsWith("warning flux-system.yaml:12 ")
                .contains("not of Deployment/cnpg-system/barman-cloud"));
  }

  @Test
  @Tag("S34")
  void expressions_that_never_run_name_what_they_would_judge() {
    var tree =
        TestTree.entry(
                kustomization(
                    "database",
                    "wait: false",
                    "healthCheckExprs:",
                    "  - {apiVersion: postgresql.cnpg.io/v1, kind: Cluster, current: 'true'}"))
            .with("database", object("postgresql.cnpg.io/v1", "Cluster", "default", "pg"));

    assertThat(Judged.by(new HealthCheckMissing(), tree))
        .extracting(Judged::line)
        .singleElement()
        .asString()
        .startsWith("warning flux-system.yaml:12 ")
        .endsWith("nobody checks Cluster/default/pg");
  }

  @Test
  void an_operator_that_many_use_and_nobody_waits_for_should_check_itself() {
    var tree =
        TestTree.entry(kustomization("operator") + kustomization("database"))
            .with("operator", helmRelease("cnpg-system", "cloudnative-pg"))
            .with("database", object("postgresql.cnpg.io/v1", "Cluster", "default", "pg"));

    assertThat(Judged.by(new HealthCheckMissing(), tree))
        .extracting(it -> it.finding().message())
        .singleElement()
        .asString()
        .contains("operator checks no health, although database uses");
  }

  @Test
  @Tag("S40")
  void a_gate_without_timeout_waits_for_the_whole_interval() {
    var tree = TestTree.entry(kustomization("apps", "wait: true") + kustomization("ungated"));

    assertThat(Judged.by(new Timeout(), tree))
        .extracting(Judged::line)
        .containsExactly(
            "warning flux-system.yaml:7 flux-system/apps checks health without a timeout, so a"
                + " failed rollout blocks it for 59m30s");
    assertThat(Judged.by(new Timeout(Duration.ofHours(2)), tree)).isEmpty();
  }

  @Test
  @Tag("S40")
  void a_repository_that_never_sets_a_timeout_gets_one_finding() {
    var tree =
        TestTree.entry(
            IntStream.range(0, 8)
                .mapToObj(i -> kustomization("app" + i, "wait: true"))
                .collect(Collectors.joining()));

    assertThat(Judged.by(new Timeout(), tree)).hasSize(1);
  }

  @Test
  @Tag("S40")
  void a_timeout_longer_than_the_interval_stands_on_the_timeout() {
    var tree =
        TestTree.entry(
            kustomization("apps", "wait: true", "timeout: 2h")
                + kustomization("same", "wait: true", "timeout: 60m"));

    assertThat(Judged.by(new Timeout(), tree))
        .extracting(Judged::line)
        .containsExactly(
            "warning flux-system.yaml:13 flux-system/apps has a timeout of 2h, longer than its"
                + " interval of 1h");
  }

  @Test
  @Tag("S40")
  void a_timeout_below_the_floor_is_a_notice() {
    assertThat(
            Judged.by(
                new Timeout(), TestTree.entry(kustomization("apps", "wait: true", "timeout: 10s"))))
        .extracting(Verdict::severity)
        .containsExactly(Severity.NOTICE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1d", "60", "1h 30m", "5 minutes", "-1m"})
  @Tag("S40")
  void a_duration_that_the_api_refuses_is_an_error(String text) {
    assertThat(
            Judged.by(
                new Timeout(),
                TestTree.entry(kustomization("apps", "retryInterval: '" + text + "'"))))
        .extracting(Verdict::severity)
        .containsExactly(Severity.ERROR);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10m0s", "1.5h", "90s", "1h30m", "500ms"})
  void a_duration_that_the_api_accepts_is_no_finding(String text) {
    assertThat(
            Judged.by(
                new Timeout(), TestTree.entry(kustomization("apps", "retryInterval: " + text))))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "PATH_MISSING, flux/path-missing, ERROR",
    "VARIABLE_UNRESOLVED, flux/variable-unresolved, ERROR",
    "VARIABLE_SOURCE_MISSING, flux/variable-unresolved, NOTICE"
  })
  @Tag("S25")
  void what_the_render_ran_into_becomes_a_finding_where_it_stands(
      RenderProblem.Kind kind, String rule, Severity severity) {
    var place = new Place("clusters/test/apps.yaml", 9, 11);
    var tree =
        TestTree.entry(kustomization("apps"))
            .problem(
                "apps", new RenderProblem(kind, place, "what", "do this", Optional.of("subject")));

    var found =
        java.util.stream.Stream.<Policy>of(
                new PathMissing(), new SourceMissing(), new VariableUnresolved())
            .flatMap(policy -> Judged.by(policy, tree).stream())
            .toList();

    assertThat(found)
        .singleElement()
        .satisfies(it -> {
          assertThat(it.about().id()).isEqualTo(rule);
          assertThat(it.severity()).isEqualTo(severity);
          assertThat(it.finding().place()).isEqualTo(place);
          assertThat(it.remedy()).isEqualTo("do this");
        });
  }

  @Test
  @Tag("S39")
  @Tag("X18")
  void the_snippet_of_the_story_lacks_what_the_api_needs() {
    var tree =
        TestTree.entry(
            """
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata:
              name: infrastructure-cnpg-barman-plugin
              namespace: flux-system
            spec:
              dependsOn:
                - name: infrastructure-cnpg-operator
              healthChecks:
                - {apiVersion: apps/v1, kind: Deployment, name: barman-cloud, namespace: cnpg-system}
              timeout: 10m0s
              retryInterval: 2m0s
            """);

    assertThat(Judged.by(new Incomplete(), tree))
        .extracting(Judged::line)
        .containsExactly(
            "error flux-system.yaml:6 Kustomization flux-system/infrastructure-cnpg-barman-plugin"
                + " has no interval, path, prune and sourceRef; the API refuses it");
    assertThat(Judged.by(new Incomplete(), TestTree.entry(kustomization("whole")))).isEmpty();
  }

  @Test
  @Tag("S25")
  void a_source_that_nothing_defines_is_found_on_its_name() {
    var tree =
        TestTree.entry(kustomization("apps"))
            .problem(
                "apps",
                new RenderProblem(
                    RenderProblem.Kind.SOURCE_MISSING,
                    new Place("flux-system.yaml", 7, 1),
                    "nothing defines it",
                    "add it",
                    Optional.empty()));

    assertThat(Judged.by(new SourceMissing(), tree))
        .extracting(Judged::line)
        .containsExactly("error flux-system.yaml:11 nothing defines it");
  }

  @ParameterizedTest
  @CsvSource({
    "HelmRepository, default, chart, did you mean chart?",
    "HelmRepository, other, charts, it exists in namespace other: write it beside the name",
    "OCIRepository, default, charts, there is an OCIRepository of this name: refer to it by `chartRef`"
  })
  @Tag("S25")
  void a_chart_whose_source_is_another_one_gets_that_one(
      String kind, String namespace, String name, String remedy) {
    var tree =
        TestTree.entry(
            helmRelease("default", "podinfo")
                + object("source.toolkit.fluxcd.io/v1", kind, namespace, name));

    assertThat(Judged.by(new SourceMissing(), tree))
        .singleElement()
        .satisfies(it -> {
          assertThat(Judged.line(it)).startsWith("error flux-system.yaml:12 ");
          assertThat(it.remedy()).isEqualTo(remedy);
        });
  }

  @Test
  void a_chart_whose_source_is_there_is_no_finding() {
    assertThat(
            Judged.by(
                new SourceMissing(),
                TestTree.entry(
                    helmRelease("default", "podinfo")
                        + object(
                            "source.toolkit.fluxcd.io/v1", "HelmRepository", "default", "charts"))))
        .isEmpty();
  }

  @Test
  @Tag("S40")
  void timeouts_longer_than_the_interval_everywhere_are_one_finding() {
    var tree =
        TestTree.entry(
            IntStream.range(0, 8)
                .mapToObj(i -> kustomization("app" + i, "wait: true", "timeout: 2h"))
                .collect(Collectors.joining()));

    assertThat(Judged.by(new Timeout(), tree))
        .singleElement()
        .satisfies(it ->
            assertThat(Judged.line(it))
                .startsWith("warning flux-system.yaml:13 8 Kustomizations")
                .contains("app0, ", "and 4 more"));
  }
}
