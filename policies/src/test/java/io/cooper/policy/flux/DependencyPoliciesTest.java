package io.cooper.policy.flux;

import static io.cooper.flux.TestTree.crd;
import static io.cooper.flux.TestTree.helmRelease;
import static io.cooper.flux.TestTree.kustomization;
import static io.cooper.flux.TestTree.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DependencyPoliciesTest {
  private static final String CERT_MANAGER =
      helmRelease("cert-manager", "cert-manager", "values: {crds: {enabled: true}}");
  private static final String CERTIFICATE =
      object("cert-manager.io/v1", "Certificate", "default", "tls");

  @Test
  @Tag("S37")
  void a_misspelt_dependency_gets_the_nearest_name() {
    var tree =
        TestTree.entry(
            kustomization("cert-manager")
                + kustomization("apps", "dependsOn:", "  - name: cert-manger"));

    assertThat(Judged.by(new DependencyMissing(), tree))
        .singleElement()
        .satisfies(it -> {
          assertThat(Judged.line(it)).startsWith("error flux-system.yaml:24 ");
          assertThat(it.remedy()).isEqualTo("did you mean cert-manager?");
          assertThat(it.finding().kustomization()).hasToString("Optional[flux-system/apps]");
        });
  }

  @Test
  @Tag("S37")
  void a_dependency_of_another_namespace_kind_or_cluster_is_told_apart() {
    var here =
        TestTree.entry(
                kustomization("settings").replace("namespace: flux-system", "namespace: other")
                    + kustomization(
                        "apps", "dependsOn: [{name: settings}, {name: podinfo}, {name: storage}]"))
            .with("apps", helmRelease("default", "podinfo"));
    var there = TestTree.entry(kustomization("storage"));

    assertThat(Judged.by(new DependencyMissing(), here, there))
        .extracting(it -> it.finding().message())
        .satisfiesExactly(
            first -> assertThat(first).contains("exists only as other/settings"),
            second -> assertThat(second).contains("which is a HelmRelease"),
            third -> assertThat(third).contains("only in the cluster of clusters/test"));
  }

  @Test
  @Tag("S37")
  void a_missing_name_is_a_warning_while_something_could_not_be_looked_into() {
    var tree =
        TestTree.entry(
                kustomization("tenants") + kustomization("apps", "dependsOn: [{name: billing}]"))
            .state("tenants", State.EXTERNAL);

    assertThat(Judged.by(new DependencyMissing(), tree))
        .extracting(Verdict::severity)
        .containsExactly(Severity.WARNING);
  }

  @Test
  @Tag("S37")
  void names_that_exist_are_no_finding() {
    var tree = TestTree.entry(kustomization("a") + kustomization("b", "dependsOn: [{name: a}]"));

    assertThat(Judged.by(new DependencyMissing(), tree)).isEmpty();
    assertThat(Judged.by(new DependencyCycle(), tree)).isEmpty();
  }

  @Test
  @Tag("S37")
  void a_cycle_is_one_finding_at_the_entry_that_comes_first() {
    var tree =
        TestTree.entry(
            kustomization("a", "dependsOn: [{name: b}]")
                + kustomization("b", "dependsOn: [{name: a}]"));

    assertThat(Judged.by(new DependencyCycle(), tree))
        .singleElement()
        .satisfies(it ->
            assertThat(Judged.line(it))
                .startsWith("error flux-system.yaml:12 ")
                .contains("flux-system/a → flux-system/b → flux-system/a")
                .contains("drops the events of their whole source"));
  }

  @Test
  @Tag("S37")
  void a_cycle_of_helm_releases_says_nothing_about_sources() {
    var tree =
        TestTree.entry(
            helmRelease("default", "a", "dependsOn: [{name: b}]")
                + helmRelease("default", "b", "dependsOn: [{name: a}]"));

    assertThat(Judged.by(new DependencyCycle(), tree))
        .singleElement()
        .satisfies(it ->
            assertThat(it.finding().message())
                .contains("default/a → default/b → default/a")
                .doesNotContain("source"));
  }

  @Test
  @Tag("S37")
  void a_child_that_depends_on_its_waiting_parent_stands_still_with_it() {
    var tree =
        TestTree.entry(kustomization("apps", "wait: true"))
            .with("apps", kustomization("web", "dependsOn: [{name: apps}]"));

    assertThat(Judged.by(new DependencyCycle(), tree))
        .singleElement()
        .satisfies(it ->
            assertThat(Judged.line(it))
                .startsWith("error apps.yaml:12 ")
                .contains("web depends on flux-system/apps, which waits for the health of"));
  }

  @Test
  @Tag("S21")
  @Tag("S35")
  @Tag("S36")
  @Tag("X18")
  void a_missing_edge_names_kind_provider_and_entry_to_add() {
    var tree =
        TestTree.entry(kustomization("cert-manager", "wait: true") + kustomization("plugin"))
            .with("cert-manager", CERT_MANAGER)
            .with("plugin", CERTIFICATE);

    assertThat(Judged.by(new DependencyUndeclared(), tree))
        .singleElement()
        .satisfies(it -> {
          assertThat(Judged.line(it))
              .startsWith("error flux-system.yaml:")
              .contains("cert-manager.io/Certificate (tls) from cert-manager");
          assertThat(it.remedy())
              .isEqualTo("add `- name: cert-manager` to `spec.dependsOn` of plugin");
        });
  }

  @Test
  @Tag("S26")
  @Tag("S32")
  void the_plugin_needs_the_operator_and_the_database_needs_the_plugin() {
    var tree =
        TestTree.entry(
                kustomization("operator", "wait: true")
                    + kustomization("plugin")
                    + kustomization("database", "dependsOn: [{name: operator}]"))
            .with(
                "operator",
                object("v1", "Namespace", "", "cnpg-system")
                    + helmRelease("cnpg-system", "cloudnative-pg"))
            .with(
                "plugin",
                object("apps/v1", "Deployment", "cnpg-system", "barman-cloud")
                    + crd("barmancloud.cnpg.io", "ObjectStore"))
            .with(
                "database",
                object("postgresql.cnpg.io/v1", "Cluster", "default", "pg")
                    + object("barmancloud.cnpg.io/v1", "ObjectStore", "default", "store"));

    assertThat(Judged.by(new DependencyUndeclared(), tree))
        .extracting(it -> it.finding().message())
        .satisfiesExactlyInAnyOrder(
            plugin ->
                assertThat(plugin).contains("plugin uses namespace cnpg-system from operator"),
            database -> assertThat(database).contains("ObjectStore (store) from plugin"));
  }

  @Test
  void an_edge_that_would_close_a_ring_is_not_proposed() {
    var tree =
        TestTree.entry(
                kustomization("cert-manager", "wait: true", "dependsOn: [{name: network}]")
                    + kustomization("network"))
            .with("cert-manager", CERT_MANAGER)
            .with("network", CERTIFICATE);

    assertThat(Judged.by(new DependencyUndeclared(), tree))
        .singleElement()
        .satisfies(it -> assertThat(it.remedy()).contains("split one of them"));
  }

  @Test
  void a_chart_and_objects_of_its_kinds_in_one_apply_are_one_finding() {
    var tree =
        TestTree.entry(kustomization("cert-manager"))
            .with(
                "cert-manager",
                CERT_MANAGER
                    + CERTIFICATE
                    + object("cert-manager.io/v1", "ClusterIssuer", "", "letsencrypt"));

    assertThat(Judged.by(new DependencyUndeclared(), tree))
        .singleElement()
        .satisfies(it ->
            assertThat(Judged.line(it))
                .startsWith("error cert-manager.yaml:15 ")
                .contains("Certificate tls and ClusterIssuer letsencrypt together with"));
  }

  @Test
  void an_edge_that_nobody_has_is_one_finding_with_all_names() {
    var apps =
        IntStream.range(0, 9).mapToObj(i -> kustomization("app" + i)).collect(Collectors.joining());
    var tree =
        TestTree.entry(kustomization("cert-manager", "wait: true") + apps)
            .with("cert-manager", CERT_MANAGER);
    IntStream.range(0, 9).forEach(i -> tree.with("app" + i, CERTIFICATE));

    assertThat(Judged.by(new DependencyUndeclared(), tree))
        .singleElement()
        .satisfies(it ->
            assertThat(it.finding().message())
                .startsWith("9 Kustomizations use")
                .contains("flux-system/app8"));
  }

  @Test
  @Tag("S21")
  void kinds_that_nothing_installs_are_a_warning_that_names_the_component() {
    var tree = TestTree.entry(kustomization("apps")).with("apps", CERTIFICATE);

    assertThat(Judged.by(new DependencyUndeclared(), tree))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.severity()).isEqualTo(Severity.WARNING);
          assertThat(it.remedy()).contains("they come with cert-manager");
        });
  }

  @Test
  void a_kind_of_an_unknown_group_is_no_finding() {
    var tree =
        TestTree.entry(kustomization("apps"))
            .with("apps", object("example.com/v1", "Widget", "default", "one"));

    assertThat(Judged.by(new DependencyUndeclared(), tree)).isEmpty();
  }

  @Test
  @Tag("S34")
  @Tag("U70")
  void a_dependency_that_gates_nothing_is_found_where_it_is_defined() {
    var tree =
        TestTree.entry(
                kustomization("cert-manager", "wait: false")
                    + kustomization("apps", "dependsOn: [{name: cert-manager}]"))
            .with("cert-manager", CERT_MANAGER)
            .with("apps", CERTIFICATE);

    assertThat(Judged.by(new DependencyUnhealthy(), tree))
        .singleElement()
        .satisfies(it ->
            assertThat(Judged.line(it))
                .startsWith("warning flux-system.yaml:12 ")
                .contains("apps depends on it for cert-manager.io/Certificate"));
  }

  @Test
  @Tag("S34")
  void expressions_without_checks_gate_nothing() {
    var tree =
        TestTree.entry(
                kustomization(
                        "operator",
                        "healthCheckExprs:",
                        "  - {apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, current: 'true'}")
                    + kustomization("apps", "dependsOn: [{name: operator}]"))
            .with("operator", helmRelease("default", "podinfo"));

    assertThat(Judged.by(new DependencyUnhealthy(), tree))
        .singleElement()
        .satisfies(it ->
            assertThat(Judged.line(it))
                .startsWith("warning flux-system.yaml:12 ")
                .contains("`healthCheckExprs` of flux-system/operator never run"));
  }

  @Test
  void what_is_done_when_it_is_applied_needs_no_gate() {
    var tree =
        TestTree.entry(
                kustomization("settings")
                    + kustomization("operator", "wait: true")
                    + kustomization("apps", "dependsOn: [{name: settings}, {name: operator}]")
                    + kustomization("asks")
                    + kustomization(
                        "asker", "dependsOn: [{name: asks, readyExpr: 'dep.status.x == 1'}]"))
            .with("settings", object("v1", "ConfigMap", "flux-system", "settings"))
            .with("operator", helmRelease("default", "podinfo"))
            .with("asks", helmRelease("default", "redis"));

    assertThat(Judged.by(new DependencyUnhealthy(), tree)).isEmpty();
  }

  @Test
  @Tag("S46")
  void a_suspended_dependency_is_a_warning_and_a_lonely_one_a_notice() {
    var tree =
        TestTree.entry(
            kustomization("operator", "suspend: true")
                + kustomization("apps", "dependsOn: [{name: operator}]")
                + kustomization("lonely", "suspend: true"));

    assertThat(Judged.by(new Suspended(), tree))
        .extracting(Judged::line)
        .satisfiesExactly(
            operator ->
                assertThat(operator)
                    .startsWith("warning flux-system.yaml:12 ")
                    .contains("at the next commit apps stops too"),
            lonely -> assertThat(lonely).startsWith("notice ").contains("lonely is suspended"));
  }

  @Test
  @Tag("S46")
  void a_suspended_release_holds_up_the_kustomization_that_waits_for_it() {
    var release = helmRelease("default", "podinfo", "suspend: true");

    assertThat(
            Judged.by(
                new Suspended(),
                TestTree.entry(kustomization("apps", "wait: true")).with("apps", release)))
        .extracting(Verdict::severity)
        .containsExactly(Severity.WARNING);
    assertThat(
            Judged.by(new Suspended(), TestTree.entry(kustomization("apps")).with("apps", release)))
        .extracting(Verdict::severity)
        .containsExactly(Severity.NOTICE);
  }

  @Test
  @Tag("S38")
  void a_health_check_of_a_definition_waits_for_whoever_brings_it() {
    var gate =
        kustomization(
            "crds",
            "healthChecks:",
            "  - apiVersion: apiextensions.k8s.io/v1",
            "    kind: CustomResourceDefinition",
            "    name: certificates.cert-manager.io");
    var tree =
        TestTree.entry(
                kustomization("cert-manager")
                    + gate
                    + kustomization("apps", "dependsOn: [{name: crds}]")
                    + kustomization("careless"))
            .with("cert-manager", CERT_MANAGER)
            .with("apps", CERTIFICATE)
            .with("careless", CERTIFICATE);

    assertThat(Judged.by(new DependencyUndeclared(), tree))
        .extracting(it -> it.finding().kustomization().orElseThrow().name())
        .containsExactly("careless");
  }

  @Test
  @Tag("S38")
  void a_kind_from_a_child_is_no_reason_to_depend_on_the_child() {
    var tree =
        TestTree.entry(kustomization("infrastructure"))
            .with("infrastructure", kustomization("crds") + CERTIFICATE)
            .with("crds", crd("cert-manager.io", "Certificate"));

    assertThat(Judged.by(new DependencyUndeclared(), tree))
        .singleElement()
        .satisfies(it -> {
          assertThat(Judged.line(it))
              .startsWith("error infrastructure.yaml:13 flux-system/infrastructure uses")
              .contains("which it renders itself");
          assertThat(it.remedy()).contains("into a Kustomization of its own that depends on crds");
        });
  }

  @Test
  @Tag("S38")
  void dependencies_without_health_everywhere_are_one_finding() {
    var entry = new StringBuilder();
    IntStream.range(0, 8)
        .forEach(i ->
            entry
                .append(kustomization("base" + i))
                .append(kustomization("app" + i, "dependsOn: [{name: base%d}]".formatted(i))));
    var tree = TestTree.entry(entry.toString());
    IntStream.range(0, 8).forEach(i -> tree.with("base" + i, helmRelease("apps", "chart" + i)));

    assertThat(Judged.by(new DependencyUnhealthy(), tree))
        .singleElement()
        .satisfies(it ->
            assertThat(it.finding().message())
                .startsWith("8 Kustomizations that others depend on are Ready")
                .contains("flux-system/base7 (for app7)"));
  }
}
