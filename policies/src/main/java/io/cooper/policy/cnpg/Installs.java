package io.cooper.policy.cnpg;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.graph.Component;
import io.cooper.flux.graph.Components;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.policy.Repository;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Where the operator and the Barman Cloud plugin are installed in one cluster: as Deployments, or
/// by releases of their charts.
///
/// @param operators Deployments and HelmReleases of CloudNativePG
/// @param plugins Deployments and HelmReleases of the Barman Cloud plugin
/// @param complete whether nothing of the two is kept back: every Kustomization could be rendered,
///   and no manifest of theirs lies on the network
record Installs(List<Install> operators, List<Install> plugins, boolean complete) {
  private static final Map<DependencyGraph, Installs> KNOWN =
      Collections.synchronizedMap(new WeakHashMap<>());

  private static final String OPERATOR_CHART = "CloudNativePG";
  private static final String PLUGIN_CHART = "Barman Cloud plugin";
  private static final String OPERATOR_IMAGE = "cloudnative-pg";
  private static final Set<String> PLUGIN_IMAGES =
      Set.of("plugin-barman-cloud", "plugin-barman-cloud-testing");

  /// One of them.
  ///
  /// @param manifest a Deployment or a HelmRelease
  /// @param container of the Deployment; empty for a HelmRelease
  /// @param namespace that it runs in
  record Install(Manifest manifest, Optional<Mapping> container, String namespace) {
    Optional<HelmRelease> release() {
      return HelmRelease.isOne(manifest)
          ? Optional.of(new HelmRelease(manifest))
          : Optional.empty();
    }

    /// Whether more values may come from objects that are not looked into.
    boolean hasOtherValues() {
      return manifest.find("spec", "valuesFrom").isPresent();
    }
  }

  static Stream<Installs> in(Repository repository) {
    return repository.graphs().stream().map(Installs::of);
  }

  /// Looked up once for each graph: many policies ask.
  static Installs of(DependencyGraph graph) {
    return KNOWN.computeIfAbsent(graph, Installs::in);
  }

  private static Installs in(DependencyGraph graph) {
    return new Installs(
        installs(graph, OPERATOR_CHART, Set.of(OPERATOR_IMAGE)),
        installs(graph, PLUGIN_CHART, PLUGIN_IMAGES),
        graph.tree().kustomizations().stream().allMatch(Installs::isWhole));
  }

  private static boolean isWhole(RenderedKustomization each) {
    return each.state() == RenderedKustomization.State.RENDERED
        && each.problems().stream()
            .filter(problem -> problem.kind() == RenderProblem.Kind.REMOTE_RESOURCE)
            .flatMap(problem -> problem.subject().stream())
            .flatMap(address -> Components.at(address).stream())
            .map(Component::name)
            .noneMatch(name -> name.equals(OPERATOR_CHART) || name.equals(PLUGIN_CHART));
  }

  private static List<Install> installs(DependencyGraph graph, String chart, Set<String> images) {
    var tree = graph.tree();
    return Stream.concat(
            tree.objects(HelmRelease.GROUP, HelmRelease.KIND)
                .flatMap(object -> release(graph, object, chart).stream()),
            tree.objects("apps", "Deployment")
                .flatMap(object -> deployment(object, images).stream()))
        .toList();
  }

  private static Optional<Install> release(DependencyGraph graph, Manifest object, String chart) {
    var release = new HelmRelease(object);
    // Where helm has rendered the chart, its Deployment says more.
    if (graph.tree().release(release.id()).filter(each -> !each.objects().isEmpty()).isPresent()) {
      return Optional.empty();
    }
    return graph.components(release).stream().anyMatch(each -> each.name().equals(chart))
        ? Optional.of(
            new Install(
                object,
                Optional.empty(),
                release
                    .value("namespaceOverride")
                    .flatMap(value -> value.text())
                    .filter(name -> !name.isEmpty())
                    .orElseGet(release::targetNamespace)))
        : Optional.empty();
  }

  private static Optional<Install> deployment(Manifest object, Set<String> images) {
    return Containers.of(object)
        .filter(container -> images.contains(Containers.imageName(container)))
        .findFirst()
        .map(container -> new Install(object, Optional.of(container), object.namespace()));
  }

  /// The namespaces that an operator runs in.
  Set<String> operatorNamespaces() {
    return operators.stream().map(Install::namespace).collect(Collectors.toSet());
  }

  /// The plugins that are written out as Deployments.
  Stream<Install> pluginDeployments() {
    return plugins.stream().filter(each -> each.container().isPresent());
  }
}
