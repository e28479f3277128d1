package io.cooper.flux.graph;

import static io.cooper.flux.TestTree.crd;
import static io.cooper.flux.TestTree.helmRelease;
import static io.cooper.flux.TestTree.kustomization;
import static io.cooper.flux.TestTree.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.manifest.Place;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DependencyGraphTest {
  private static NamespacedName id(String name) {
    return new NamespacedName("flux-system", name);
  }

  private static DependencyGraph graph(TestTree tree) {
    return DependencyGraph.of(tree.tree());
  }

  private static String wavesOf(DependencyGraph graph) {
    return graph.waves().stream()
        .map(wave -> wave.stream().map(node -> node.id().name()).collect(Collectors.joining(" ")))
        .collect(Collectors.joining(" | "));
  }

  private static Requirement.State stateOf(DependencyGraph graph, String dependent, Need need) {
    return graph.requirements().stream()
        .filter(each -> each.dependent().equals(id(dependent)) && each.need().equals(need))
        .map(Requirement::state)
        .findFirst()
        .orElseThrow();
  }

  private static final Need CERTIFICATE = new Need.Api("cert-manager.io", "Certificate");
  private static final String CERTIFICATE_OBJECT =
      object("cert-manager.io/v1", "Certificate", "default", "tls");
  private static final String CERT_MANAGER =
      helmRelease("cert-manager", "cert-manager", "values: {crds: {enabled: true}}");

  @Test
  @Tag("S26")
  void waves_are_the_longest_way_from_the_entry() {
    var graph =
        graph(
            TestTree.entry(
                kustomization("store", "dependsOn: [{name: plugin}]")
                    + kustomization("plugin", "dependsOn: [{name: operator}]", "wait: true")
                    + kustomization("operator", "wait: true")
                    + kustomization("database", "dependsOn: [{name: operator}, {name: store}]")
                    + kustomization("alone")));

    assertThat(wavesOf(graph))
        .isEqualTo("flux-system | alone operator | plugin | store | database");
  }

  @Test
  @Tag("S26")
  void what_depends_on_a_waiting_parent_comes_after_all_its_children() {
    var graph =
        graph(
            TestTree.entry(
                    kustomization("infrastructure", "wait: true")
                        + kustomization("apps", "dependsOn: [{name: infrastructure}]"))
                .with(
                    "infrastructure",
                    kustomization("controllers", "wait: true")
                        + kustomization("configs", "dependsOn: [{name: controllers}]")));

    assertThat(wavesOf(graph))
        .isEqualTo("flux-system | infrastructure | controllers | configs | apps");
  }

  @Test
  @Tag("S37")
  void an_entry_that_names_nothing_is_told_with_the_nearest_name() {
    var graph =
        graph(
            TestTree.entry(
                kustomization("cert-manager")
                    + kustomization("apps", "dependsOn: [{name: cert-manger}]")));

    assertThat(graph.unresolved())
        .singleElement()
        .satisfies(it -> {
          assertThat(it.owner()).isEqualTo(id("apps"));
          assertThat(it.nearest()).contains(id("cert-manager"));
        });
  }

  @Test
  @Tag("S37")
  void an_entry_without_namespace_means_the_dependents_own() {
    var graph =
        graph(
            TestTree.entry(
                kustomization("database").replace("namespace: flux-system", "namespace: data")
                    + kustomization("apps", "dependsOn: [{name: database}]")));

    assertThat(graph.unresolved())
        .singleElement()
        .satisfies(it -> assertThat(it.elsewhere()).containsExactly("data"));
  }

  @Test
  @Tag("S37")
  void a_name_of_the_other_kind_is_recognised_in_both_directions() {
    var graph =
        graph(
            TestTree.entry(
                    kustomization("cert-manager")
                        + kustomization("apps", "dependsOn: [{name: podinfo, namespace: default}]"))
                .with(
                    "apps",
                    helmRelease(
                        "default",
                        "podinfo",
                        "dependsOn: [{name: cert-manager, namespace: flux-system}]")));

    assertThat(graph.unresolved())
        .extracting(it -> it.otherKind().map(Object::toString).orElse(""))
        .containsExactly("HelmRelease/default/podinfo", "Kustomization/flux-system/cert-manager");
  }

  @Test
  @Tag("S37")
  void a_cycle_is_told_once_with_its_path() {
    var graph =
        graph(
            TestTree.entry(
                kustomization("a", "dependsOn: [{name: b}]")
                    + kustomization("b", "dependsOn: [{name: c}]")
                    + kustomization("c", "dependsOn: [{name: a}]")
                    + kustomization("d", "dependsOn: [{name: a}]")));

    assertThat(graph.cycles())
        .extracting(Cycle::path)
        .containsExactly("flux-system/a → flux-system/b → flux-system/c → flux-system/a");
    assertThat(graph.deadlocks()).isEmpty();
  }

  @Test
  @Tag("S37")
  void an_object_that_depends_on_itself_is_a_cycle_of_one() {
    var graph = graph(TestTree.entry(kustomization("a", "dependsOn: [{name: a}]")));

    assertThat(graph.cycles())
        .extracting(Cycle::path)
        .containsExactly("flux-system/a → flux-system/a");
  }

  @Test
  @Tag("S37")
  void a_child_of_a_waiting_parent_that_depends_on_it_is_a_deadlock() {
    var tree =
        TestTree.entry(kustomization("apps", "wait: true"))
            .with("apps", kustomization("web", "dependsOn: [{name: apps}]"));

    assertThat(graph(tree).deadlocks())
        .singleElement()
        .satisfies(it -> assertThat(it.members()).containsExactly(id("web"), id("apps")));
    assertThat(graph(tree).cycles()).isEmpty();
  }

  @Test
  void a_child_may_depend_on_a_parent_that_does_not_wait() {
    var tree =
        TestTree.entry(kustomization("apps"))
            .with("apps", kustomization("web", "dependsOn: [{name: apps}]"));

    assertThat(graph(tree).deadlocks()).isEmpty();
  }

  @Test
  @Tag("S37")
  void a_parent_that_depends_on_its_own_child_is_a_deadlock() {
    var tree =
        TestTree.entry(kustomization("apps", "dependsOn: [{name: web}]"))
            .with("apps", kustomization("web"));

    assertThat(graph(tree).deadlocks())
        .singleElement()
        .satisfies(it -> assertThat(it.story()).contains("is created by"));
  }

  @Test
  @Tag("S21")
  @Tag("S35")
  void a_kind_that_a_chart_of_another_kustomization_brings_is_needed_from_there() {
    var graph =
        graph(
            TestTree.entry(kustomization("cert-manager", "wait: true") + kustomization("plugin"))
                .with("cert-manager", CERT_MANAGER)
                .with("plugin", CERTIFICATE_OBJECT));

    assertThat(graph.undeclaredBy(id("plugin")))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.need()).isEqualTo(CERTIFICATE);
          assertThat(it.providers())
              .singleElement()
              .extracting(Provider::kustomization)
              .isEqualTo(id("cert-manager"));
        });
  }

  @Test
  @Tag("S36")
  void an_edge_by_way_of_others_is_an_edge() {
    var graph =
        graph(
            TestTree.entry(
                    kustomization("cert-manager", "wait: true")
                        + kustomization("plugin", "dependsOn: [{name: cert-manager}]")
                        + kustomization("apps", "dependsOn: [{name: plugin}]"))
                .with("cert-manager", CERT_MANAGER)
                .with("apps", CERTIFICATE_OBJECT));

    assertThat(stateOf(graph, "apps", CERTIFICATE)).isEqualTo(Requirement.State.MET);
  }

  @Test
  void what_a_parent_waited_for_is_there_for_its_children() {
    var graph =
        graph(
            TestTree.entry(
                    kustomization("cert-manager", "wait: true")
                        + kustomization("apps", "dependsOn: [{name: cert-manager}]"))
                .with("cert-manager", CERT_MANAGER)
                .with("apps", kustomization("web"))
                .with("web", CERTIFICATE_OBJECT));

    assertThat(stateOf(graph, "web", CERTIFICATE)).isEqualTo(Requirement.State.MET);
  }

  @Test
  @Tag("S34")
  void a_dependency_that_checks_no_health_is_ready_before_its_chart_is_installed() {
    var graph =
        graph(
            TestTree.entry(
                    kustomization("cert-manager")
                        + kustomization("apps", "dependsOn: [{name: cert-manager}]"))
                .with("cert-manager", CERT_MANAGER)
                .with("apps", CERTIFICATE_OBJECT));

    assertThat(stateOf(graph, "apps", CERTIFICATE)).isEqualTo(Requirement.State.UNGATED);
  }

  @Test
  void a_health_check_of_the_release_is_as_good_as_wait() {
    var graph =
        graph(
            TestTree.entry(
                    kustomization(
                            "cert-manager",
                            "healthChecks:",
                            "  - apiVersion: helm.toolkit.fluxcd.io/v2",
                            "    kind: HelmRelease",
                            "    name: cert-manager",
                            "    namespace: cert-manager")
                        + kustomization("apps", "dependsOn: [{name: cert-manager}]"))
                .with("cert-manager", CERT_MANAGER)
                .with("apps", CERTIFICATE_OBJECT));

    assertThat(stateOf(graph, "apps", CERTIFICATE)).isEqualTo(Requirement.State.MET);
  }

  @Test
  void a_chart_whose_crds_are_switched_off_brings_none() {
    var graph =
        graph(
            TestTree.entry(kustomization("cert-manager", "wait: true") + kustomization("apps"))
                .with("cert-manager", helmRelease("cert-manager", "cert-manager"))
                .with("apps", CERTIFICATE_OBJECT));

    assertThat(stateOf(graph, "apps", CERTIFICATE)).isEqualTo(Requirement.State.FOREIGN);
  }

  @Test
  void a_crd_in_the_same_apply_is_early_enough_and_a_chart_is_not() {
    var store = new Need.Api("barmancloud.cnpg.io", "ObjectStore");
    var stores = object("barmancloud.cnpg.io/v1", "ObjectStore", "default", "backups");
    var entry = kustomization("plugin", "wait: true");

    assertThat(
            stateOf(
                graph(
                    TestTree.entry(entry)
                        .with("plugin", crd("barmancloud.cnpg.io", "ObjectStore") + stores)),
                "plugin",
                store))
        .isEqualTo(Requirement.State.MET);
    assertThat(
            stateOf(
                graph(
                    TestTree.entry(entry)
                        .with("plugin", helmRelease("default", "plugin-barman-cloud") + stores)),
                "plugin",
                store))
        .isEqualTo(Requirement.State.SAME_BATCH);
  }

  @Test
  void a_manifest_from_the_network_brings_what_its_address_says() {
    var address =
        "https://github.com/cert-manager/cert-manager/releases/download/v1.19.1/cert-manager.yaml";
    var graph =
        graph(
            TestTree.entry(kustomization("cert-manager") + kustomization("apps"))
                .problem(
                    "cert-manager",
                    new RenderProblem(
                        RenderProblem.Kind.REMOTE_RESOURCE,
                        new Place("cert-manager/kustomization.yaml", 4, 5),
                        "remote",
                        "vendor it",
                        Optional.of(address)))
                .with("apps", CERTIFICATE_OBJECT));

    assertThat(stateOf(graph, "apps", CERTIFICATE)).isEqualTo(Requirement.State.UNDECLARED);
  }

  @Test
  void a_repository_of_its_own_brings_what_its_address_says() {
    var graph =
        graph(
            TestTree.entry(
                    object("source.toolkit.fluxcd.io/v1", "GitRepository", "flux-system", "gateway")
                        + "spec: {url: 'https://github.com/kubernetes-sigs/gateway-api'}\n"
                        + kustomization("gateway").replace("name: flux-system}", "name: gateway}")
                        + kustomization("apps"))
                .state("gateway", State.EXTERNAL)
                .with(
                    "apps", object("gateway.networking.k8s.io/v1", "HTTPRoute", "default", "web")));

    assertThat(stateOf(graph, "apps", new Need.Api("gateway.networking.k8s.io", "HTTPRoute")))
        .isEqualTo(Requirement.State.UNDECLARED);
  }

  @Test
  void what_the_bootstrap_files_install_need_not_be_declared(@TempDir Path folder) {
    var graph =
        graph(
            TestTree.entry(kustomization("cert-manager") + kustomization("apps"))
                .with("cert-manager", CERT_MANAGER)
                .with("apps", CERTIFICATE_OBJECT)
                .file(
                    folder,
                    "bootstrap/helmfile.yaml",
                    "releases: [{name: cert-manager, chart: oci://quay.io/jetstack/charts/cert-manager}]"));

    assertThat(stateOf(graph, "apps", CERTIFICATE)).isEqualTo(Requirement.State.BOOTSTRAPPED);
  }

  @Test
  @Tag("S36")
  void namespaces_and_variables_have_providers_too() {
    var graph =
        graph(
            TestTree.entry(
                    kustomization("settings")
                        + kustomization("operator")
                        + kustomization(
                            "apps",
                            "postBuild:",
                            "  substituteFrom:",
                            "    - {kind: ConfigMap, name: cluster-settings}",
                            "    - {kind: Secret, name: cluster-secrets, optional: true}"))
                .with("settings", object("v1", "ConfigMap", "flux-system", "cluster-settings"))
                .with("operator", object("v1", "Namespace", "", "cnpg-system"))
                .with("apps", object("v1", "Service", "cnpg-system", "barman-cloud")));

    assertThat(graph.undeclaredBy(id("apps")))
        .extracting(Requirement::need)
        .containsExactly(
            new Need.Variables("ConfigMap", "flux-system", "cluster-settings"),
            new Need.InNamespace("cnpg-system"));
  }

  @Test
  void edges_say_what_is_declared_what_is_missing_and_who_renders_whom() {
    var graph =
        graph(
            TestTree.entry(
                    kustomization("cert-manager", "wait: true")
                        + kustomization("plugin", "dependsOn: [{name: cert-manager}]")
                        + kustomization("apps"))
                .with("cert-manager", CERT_MANAGER)
                .with("apps", CERTIFICATE_OBJECT));

    assertThat(graph.edges())
        .containsExactlyInAnyOrder(
            new Edge(id("plugin"), id("cert-manager"), Edge.Kind.DECLARED, ""),
            new Edge(id("apps"), id("cert-manager"), Edge.Kind.UNDECLARED, "Certificate"),
            new Edge(id("cert-manager"), id("flux-system"), Edge.Kind.PARENT, ""),
            new Edge(id("plugin"), id("flux-system"), Edge.Kind.PARENT, ""),
            new Edge(id("apps"), id("flux-system"), Edge.Kind.PARENT, ""));
    assertThat(List.copyOf(graph.dependents(id("cert-manager")))).containsExactly(id("plugin"));
  }
}
