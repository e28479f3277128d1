package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.Component;
import io.cooper.flux.graph.Components;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Need;
import io.cooper.flux.graph.Node;
import io.cooper.flux.graph.Provider;
import io.cooper.flux.graph.Requirement;
import io.cooper.flux.graph.Requirement.State;
import io.cooper.flux.render.RenderProblem;
import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Finds needs that nothing makes a Kustomization wait for: definitions of kinds, namespaces,
/// variables.
public final class DependencyUndeclared implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "flux/dependency-undeclared",
        ERROR,
        "A Kustomization waits for what brings the kinds, namespaces and variables that it uses.",
        """
        Flux dry-runs all objects before it writes one. A single object whose kind or namespace is
        not there yet stops the whole Kustomization, and it is tried again after its
        `retryInterval`, or its `interval` where there is none. In a running cluster nobody
        notices, because everything is there already; a new cluster, or the one that is rebuilt
        after a disaster, comes up late or not at all.

        What a chart installs is known for the charts of a built-in table; a component that the
        repository's bootstrap files install (helmfile, Talos) is taken to be there.
        """,
        "Add the provider to `dependsOn`.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream()
        .flatMap(graph ->
            Stream.of(undeclared(graph), sameBatch(graph), foreign(graph)).flatMap(it -> it));
  }

  /// One finding for every edge that is missing, with all that it would bring.
  private static Stream<Finding> undeclared(DependencyGraph graph) {
    return graph.nodes().stream()
        .flatMap(node -> {
          var missing = new LinkedHashMap<NamespacedName, List<Requirement>>();
          for (var each : graph.undeclaredBy(node.id())) {
            missing.computeIfAbsent(best(each, graph), _ -> new ArrayList<>()).add(each);
          }
          return missing.entrySet().stream()
              .map(edge -> edge(node, edge.getKey(), edge.getValue(), graph));
        });
  }

  /// The provider that is easiest to depend on: one that the dependent does not come from.
  private static NamespacedName best(Requirement requirement, DependencyGraph graph) {
    var ids = requirement.providers().stream().map(Provider::kustomization).toList();
    return ids.stream()
        .filter(id -> !id.equals(requirement.dependent()))
        .filter(id -> !graph.isAncestor(id, requirement.dependent()))
        .findFirst()
        .orElse(ids.getFirst());
  }

  private static Finding edge(
      Node node, NamespacedName provider, List<Requirement> needs, DependencyGraph graph) {
    var object = node.kustomization().manifest();
    return Finding.about(
            object,
            "%s uses %s from %s, and does not wait for it"
                .formatted(node, said(needs), Words.name(provider, node.id())),
            "spec",
            "dependsOn")
        .in(node.id())
        .withRemedy(remedy(node, provider, needs, graph));
  }

  private static String said(List<Requirement> needs) {
    return Words.list(
        needs.stream()
            .map(each ->
                switch (each.need()) {
                  case Need.Api api ->
                      "kind %s (%s, for %s)"
                          .formatted(
                              api,
                              each.users().getFirst().name(),
                              each.users().size() == 1
                                  ? "one object"
                                  : each.users().size() + " objects")
                          .replace(", for one object", "");
                  case Need.InNamespace namespace -> "namespace " + namespace.name();
                  case Need.Variables variables ->
                      "variables of %s %s".formatted(variables.kind(), variables.name());
                }));
  }

  private static String remedy(
      Node node, NamespacedName provider, List<Requirement> needs, DependencyGraph graph) {
    if (graph.isAncestor(provider, node.id())) {
      return "%s is rendered by %s, whose charts install after it: move the HelmRelease into a Kustomization of its own and depend on that"
          .formatted(node.id().name(), provider.name());
    }
    if (graph.isReadyBefore(node.id(), provider)) {
      return "%s waits for %s already, so split one of them: what brings %s belongs into a Kustomization that both depend on"
          .formatted(provider.name(), node.id().name(), needs.getFirst().need());
    }
    var entry =
        provider.namespace().equals(node.id().namespace())
            ? "`- name: %s`".formatted(provider.name())
            : "`- name: %s` with `namespace: %s`".formatted(provider.name(), provider.namespace());
    return "add %s to `spec.dependsOn` of %s".formatted(entry, node.id().name());
  }

  private static Stream<Finding> sameBatch(DependencyGraph graph) {
    return graph.requirements().stream()
        .filter(each -> each.state() == State.SAME_BATCH)
        .map(each -> {
          var user = each.users().getFirst();
          var provider = each.providers().getFirst();
          var finding =
              each.need() instanceof Need.Variables variables
                  ? Finding.about(
                          user,
                          "%s reads variables from %s %s, which it renders itself: it cannot be built before it is applied"
                              .formatted(each.dependent(), variables.kind(), variables.name()),
                          "spec",
                          "postBuild",
                          "substituteFrom")
                      .withRemedy(
                          "move the %s into a Kustomization of its own, or to its parent"
                              .formatted(variables.kind()))
                  : Finding.about(
                          user,
                          "%s applies %s %s together with HelmRelease %s, which installs its kind only afterwards; the dry run fails, and nothing of both is applied"
                              .formatted(
                                  each.dependent(),
                                  user.kind(),
                                  user.name(),
                                  provider.release().map(NamespacedName::name).orElse("")))
                      .withRemedy(
                          "move the HelmRelease, or the %s objects, into a Kustomization of their own that the other depends on"
                              .formatted(user.kind()));
          return finding.in(each.dependent());
        });
  }

  /// One finding for every group of kinds that the table knows and nothing in the tree installs.
  private static Stream<Finding> foreign(DependencyGraph graph) {
    Map<String, List<Requirement>> groups = new LinkedHashMap<>();
    for (var each : graph.requirements()) {
      if (each.state() == State.FOREIGN && each.need() instanceof Need.Api api) {
        groups.computeIfAbsent(api.group(), _ -> new ArrayList<>()).add(each);
      }
    }
    return groups.entrySet().stream()
        .filter(group -> Components.bringing(group.getKey()).findAny().isPresent())
        .map(group -> foreign(group.getKey(), group.getValue(), graph));
  }

  private static Finding foreign(String group, List<Requirement> needs, DependencyGraph graph) {
    Manifest user = needs.getFirst().users().getFirst();
    var dependents = new LinkedHashSet<NamespacedName>();
    needs.forEach(each -> dependents.add(each.dependent()));
    var known = Components.bringing(group).map(Component::name).toList();
    return Finding.about(
            user,
            "%s use%s kinds of %s, and nothing in %s installs them"
                .formatted(
                    Words.list(dependents),
                    dependents.size() == 1 ? "s" : "",
                    group,
                    graph.tree().entry()))
        .in(needs.getFirst().dependent())
        .withSeverity(everythingIsKnown(graph) ? WARNING : NOTICE)
        .withRemedy(
            "they come with %s: add a Kustomization that installs it and depend on it, unless the cluster has it already"
                .formatted(String.join(" or ", known)));
  }

  private static boolean everythingIsKnown(DependencyGraph graph) {
    return graph.nodes().stream()
        .noneMatch(node ->
            node.failed()
                || node.external()
                || node.rendered().problems().stream()
                    .anyMatch(it -> it.kind() == RenderProblem.Kind.REMOTE_RESOURCE));
  }
}
