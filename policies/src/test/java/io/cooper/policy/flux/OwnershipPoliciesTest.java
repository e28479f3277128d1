package io.cooper.policy.flux;

import static io.cooper.flux.TestTree.crd;
import static io.cooper.flux.TestTree.helmRelease;
import static io.cooper.flux.TestTree.kustomization;
import static io.cooper.flux.TestTree.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.render.RenderProblem;
import io.cooper.manifest.Place;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class OwnershipPoliciesTest {
  private static final String NAMESPACE = object("v1", "Namespace", "", "cnpg-system");
  private static final String KEPT =
      NAMESPACE + "  annotations: {kustomize.toolkit.fluxcd.io/prune: Disabled}\n";
  private static final String PLUGIN =
      object("apps/v1", "Deployment", "cnpg-system", "barman-cloud")
          + """
          spec:
            template:
              spec:
                containers:
                  - {name: plugin, image: 'ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.9.0'}
          """;

  @Test
  @Tag("S24")
  void an_object_of_two_kustomizations_names_both_and_their_files() {
    var tree =
        TestTree.entry(kustomization("operator") + kustomization("monitoring"))
            .with("operator", NAMESPACE)
            .with("monitoring", NAMESPACE + object("v1", "Service", "default", "own"));

    assertThat(Judged.by(new ObjectOwnedTwice(), tree))
        .extracting(Judged::line)
        .containsExactly(
            "error monitoring.yaml:2 Namespace/cnpg-system has more than one owner:"
                + " flux-system/monitoring (monitoring.yaml) and flux-system/operator"
                + " (operator.yaml)");
  }

  @Test
  @Tag("S24")
  void an_object_that_one_of_them_only_adds_to_has_one_owner() {
    var tree =
        TestTree.entry(kustomization("operator") + kustomization("monitoring"))
            .with("operator", NAMESPACE)
            .with(
                "monitoring",
                NAMESPACE + "  annotations: {kustomize.toolkit.fluxcd.io/ssa: Merge}\n");

    assertThat(Judged.by(new ObjectOwnedTwice(), tree)).isEmpty();
  }

  @Test
  @Tag("S23")
  @Tag("X16")
  void a_chart_beside_the_manifests_of_the_same_component_is_two_owners() {
    var tree =
        TestTree.entry(kustomization("plugin"))
            .with("plugin", PLUGIN + helmRelease("cnpg-system", "plugin-barman-cloud"));

    assertThat(Judged.by(new ObjectOwnedTwice(), tree))
        .extracting(Judged::line)
        .containsExactly(
            "error plugin.yaml:13 Barman Cloud plugin has two owners: HelmRelease"
                + " plugin-barman-cloud here and Deployment/barman-cloud in plugin.yaml");
  }

  @Test
  @Tag("S23")
  void a_chart_beside_a_released_manifest_is_two_owners_too() {
    var tree =
        TestTree.entry(kustomization("plugin") + kustomization("chart"))
            .problem(
                "plugin",
                new RenderProblem(
                    RenderProblem.Kind.REMOTE_RESOURCE,
                    new Place("infrastructure/plugin/kustomization.yaml", 5, 5),
                    "remote",
                    "vendor it",
                    Optional.of(
                        "https://github.com/cloudnative-pg/plugin-barman-cloud/releases/download/v0.5.0/manifest.yaml")))
            .with("chart", helmRelease("cnpg-system", "plugin-barman-cloud"));

    assertThat(Judged.by(new ObjectOwnedTwice(), tree))
        .extracting(it -> it.finding().message())
        .singleElement()
        .asString()
        .endsWith("in infrastructure/plugin/kustomization.yaml");
  }

  @Test
  @Tag("S23")
  void one_way_of_installation_is_no_finding() {
    var tree =
        TestTree.entry(kustomization("plugin") + kustomization("operator"))
            .with("plugin", PLUGIN)
            .with("operator", helmRelease("cnpg-system", "cloudnative-pg"));

    assertThat(Judged.by(new ObjectOwnedTwice(), tree)).isEmpty();
  }

  @Test
  @Tag("S48")
  @Tag("X17")
  void a_namespace_that_others_live_in_lists_what_would_go() {
    var tree =
        TestTree.entry(kustomization("operator") + kustomization("plugin"))
            .with("plugin", NAMESPACE + PLUGIN)
            .with(
                "operator",
                helmRelease("flux-system", "cloudnative-pg", "targetNamespace: cnpg-system"));

    assertThat(Judged.by(new PruneHazard(), tree))
        .extracting(Judged::line)
        .containsExactly(
            "warning plugin.yaml:2 removing it from flux-system/plugin deletes namespace"
                + " cnpg-system, which also holds: HelmRelease/cloudnative-pg of"
                + " flux-system/operator");
  }

  @Test
  @Tag("S48")
  void a_namespace_that_is_kept_or_only_used_by_children_is_no_hazard() {
    var kept =
        TestTree.entry(kustomization("operator") + kustomization("plugin"))
            .with("operator", KEPT)
            .with("plugin", PLUGIN);
    var children =
        TestTree.entry(kustomization("apps"))
            .with("apps", NAMESPACE + kustomization("plugin"))
            .with("plugin", PLUGIN);
    var notPruned =
        TestTree.entry(
                kustomization("operator").replace("prune: true", "prune: false")
                    + kustomization("plugin"))
            .with("operator", NAMESPACE)
            .with("plugin", PLUGIN);

    assertThat(Judged.by(new PruneHazard(), kept)).isEmpty();
    assertThat(Judged.by(new PruneHazard(), children)).isEmpty();
    assertThat(Judged.by(new PruneHazard(), notPruned)).isEmpty();
  }

  @Test
  @Tag("S48")
  void definitions_with_instances_elsewhere_are_one_finding() {
    var tree =
        TestTree.entry(kustomization("operator") + kustomization("apps"))
            .with(
                "operator",
                crd("postgresql.cnpg.io", "Database")
                    + crd("postgresql.cnpg.io", "Pooler")
                    + crd("postgresql.cnpg.io", "Unused"))
            .with(
                "apps",
                object("postgresql.cnpg.io/v1", "Pooler", "default", "pool")
                    + object("postgresql.cnpg.io/v1", "Database", "default", "app"));

    assertThat(Judged.by(new PruneHazard(), tree))
        .singleElement()
        .satisfies(it ->
            assertThat(it.finding().message())
                .contains("Database (Database/app of flux-system/apps) and Pooler"));
  }

  @Test
  @Tag("S48")
  void a_database_and_a_volume_are_hazards_and_a_restored_volume_is_not() {
    var tree =
        TestTree.entry(kustomization("apps") + kustomization("cache"))
            .with("apps", object("postgresql.cnpg.io/v1", "Cluster", "default", "pg"))
            .with(
                "cache",
                object("v1", "PersistentVolumeClaim", "default", "own")
                    + object("v1", "PersistentVolumeClaim", "default", "restored")
                    + "spec: {dataSourceRef: {kind: ReplicationDestination, name: restored}}\n");

    assertThat(Judged.by(new PruneHazard(), tree))
        .extracting(Judged::line)
        .satisfiesExactly(
            database ->
                assertThat(database).startsWith("warning apps.yaml:2 removing Cluster/default/pg"),
            volume ->
                assertThat(volume)
                    .startsWith("warning cache.yaml:2 removing PersistentVolumeClaim/default/own"));
  }

  @Test
  @Tag("S48")
  void volumes_everywhere_are_one_finding() {
    var tree =
        TestTree.entry(
            IntStream.range(0, 8)
                .mapToObj(i -> kustomization("app" + i))
                .collect(Collectors.joining()));
    IntStream.range(0, 8)
        .forEach(i ->
            tree.with("app" + i, object("v1", "PersistentVolumeClaim", "default", "data" + i)));

    assertThat(Judged.by(new PruneHazard(), tree))
        .extracting(Verdict::severity)
        .containsExactly(Severity.WARNING);
  }

  @Test
  void databases_that_are_pruned_everywhere_are_one_finding() {
    var entry = new StringBuilder();
    IntStream.range(0, 5).forEach(i -> entry.append(kustomization("app" + i)));
    var tree = TestTree.entry(entry.toString());
    IntStream.range(0, 5)
        .forEach(
            i -> tree.with("app" + i, object("postgresql.cnpg.io/v1", "Cluster", "app" + i, "pg")));

    assertThat(Judged.by(new PruneHazard(), tree))
        .singleElement()
        .satisfies(it ->
            assertThat(it.finding().message())
                .startsWith("removing one of these 5 objects deletes the data: Cluster/app0/pg"));
  }

  @Test
  void a_full_namespace_is_counted_and_not_listed() {
    var many = new StringBuilder();
    IntStream.range(0, 20)
        .forEach(i -> many.append(object("v1", "ConfigMap", "cnpg-system", "c" + i)));
    var tree =
        TestTree.entry(kustomization("operator") + kustomization("more"))
            .with("operator", NAMESPACE)
            .with("more", many.toString());

    assertThat(Judged.by(new PruneHazard(), tree))
        .extracting(it -> it.finding().message())
        .containsExactly(
            "removing it from flux-system/operator deletes namespace cnpg-system, which also"
                + " holds: 20 objects of flux-system/more");
  }
}
