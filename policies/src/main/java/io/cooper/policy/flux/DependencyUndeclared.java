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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds needs that nothing makes a Kustomization wait for: definitions of kinds, namespaces,
/// variables.
public final class DependencyUndeclared implements RepositoryPolicy {
  /// More Kustomizations than this doing the same is a habit, and one finding.
  private static final int HABIT = 5;

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

  private record Edge(Node from, NamespacedName to, List<Requirement> needs) {}

  /// One finding for every edge that is missing, with all that it would bring; or one for all edges
  /// to a provider that hardly anybody waits for.
  private static Stream<Finding> undeclared(DependencyGraph graph) {
    var edges = new LinkedHashMap<NamespacedName, List<Edge>>();
    for (var node : graph.nodes()) {
      var missing = new LinkedHashMap<NamespacedName, List<Requirement>>();
      for (var each : graph.undeclaredBy(node.id())) {
        missing.computeIfAbsent(best(each, graph), _ -> new ArrayList<>()).add(each);
      }
      missing.forEach((to, needs) ->
          edges.computeIfAbsent(to, _ -> new ArrayList<>()).add(new Edge(node, to, needs)));
    }
    var fresh = new NewEdges(graph);
    return edges.values().stream().flatMap(to -> findings(to, graph, fresh));
  }

  /// What a Kustomization needs from its own child needs another remedy than all the others.
  private static Stream<Finding> findings(List<Edge> to, DependencyGraph graph, NewEdges fresh) {
    var plain = to.stream().filter(edge -> !isFromItsChild(edge, graph)).toList();
    if (plain.size() <= HABIT) {
      return to.stream().map(edge -> edge(edge.from(), edge.to(), edge.needs(), graph, fresh));
    }
    return Stream.concat(
        Stream.of(habit(plain, fresh)),
        to.stream()
            .filter(edge -> isFromItsChild(edge, graph))
            .map(edge -> edge(edge.from(), edge.to(), edge.needs(), graph, fresh)));
  }

  private static boolean isFromItsChild(Edge edge, DependencyGraph graph) {
    return graph.isAncestor(edge.from().id(), edge.to());
  }

  private static Finding habit(List<Edge> edges, NewEdges fresh) {
    var first = edges.getFirst();
    var needs = new LinkedHashMap<Need, Requirement>();
    edges.stream()
        .flatMap(it -> it.needs().stream())
        .forEach(it -> needs.putIfAbsent(it.need(), it));
    return Finding.about(
            first.from().kustomization().manifest(),
            "%d Kustomizations use %s from %s and do not wait for it: %s"
                .formatted(
                    edges.size(),
                    Words.list(needs.keySet()),
                    first.to(),
                    edges.stream()
                        .map(it -> it.from().toString())
                        .collect(Collectors.joining(", "))),
            "spec",
            "dependsOn")
        .in(first.from().id())
        .withRemedy(
            "add `- name: %s` with `namespace: %s` to `spec.dependsOn` of each"
                .formatted(first.to().name(), first.to().namespace()))
        .withRepair(fresh.all(edges.stream().map(Edge::from).toList(), first.to()));
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
      Node node,
      NamespacedName provider,
      List<Requirement> needs,
      DependencyGraph graph,
      NewEdges fresh) {
    var object = node.kustomization().manifest();
    if (graph.isAncestor(node.id(), provider)) {
      return ofItsChild(node, provider, needs);
    }
    return Finding.about(
            object,
            "%s uses %s from %s, and does not wait for it"
                .formatted(node, said(needs), Words.name(provider, node.id())),
            "spec",
            "dependsOn")
        .in(node.id())
        .withRemedy(remedy(node, provider, needs, graph))
        .withRepair(fresh.all(List.of(node), provider));
  }

  /// A dependency would be a ring: the child only exists once its parent is applied.
  private static Finding ofItsChild(Node node, NamespacedName provider, List<Requirement> needs) {
    var child = Words.name(provider, node.id());
    return Finding.about(
            needs.getFirst().users().getFirst(),
            "%s uses %s from %s, which it renders itself: the dry run fails before %s exists"
                .formatted(node, said(needs), child, child))
        .in(node.id())
        .withRemedy(
            "move what uses %s into a Kustomization of its own that depends on %s"
                .formatted(needs.getFirst().need(), child));
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

  /// What a Kustomization brings itself, and too late: one finding for each Kustomization.
  private static Stream<Finding> sameBatch(DependencyGraph graph) {
    var late = new LinkedHashMap<NamespacedName, List<Requirement>>();
    for (var each : graph.requirements()) {
      if (each.state() == State.SAME_BATCH) {
        late.computeIfAbsent(each.dependent(), _ -> new ArrayList<>()).add(each);
      }
    }
    return late.entrySet().stream()
        .flatMap(each ->
            Stream.of(
                    variables(each.getKey(), only(Need.Variables.class, each.getValue())),
                    kinds(each.getKey(), only(Need.Api.class, each.getValue())))
                .flatMap(it -> it));
  }

  private static List<Requirement> only(Class<? extends Need> kind, List<Requirement> all) {
    return all.stream().filter(each -> kind.isInstance(each.need())).toList();
  }

  private static Stream<Finding> variables(NamespacedName id, List<Requirement> late) {
    return late.stream()
        .limit(1)
        .map(first ->
            Finding.about(
                    first.users().getFirst(),
                    "%s reads variables from %s, which %s render%s: it cannot be built before it is applied"
                        .formatted(
                            id,
                            Words.list(late.stream().map(Requirement::need)),
                            first.providers().getFirst().kustomization().equals(id)
                                ? "it"
                                : first.providers().getFirst().kustomization(),
                            "s"),
                    "spec",
                    "postBuild",
                    "substituteFrom")
                .in(id)
                .withSeverity(WARNING)
                .withRemedy(
                    "apply them with its parent or with a Kustomization that it depends on; as it"
                        + " is, a new cluster needs them by hand"));
  }

  private static Stream<Finding> kinds(NamespacedName id, List<Requirement> late) {
    return late.stream()
        .limit(1)
        .map(first -> {
          var release = first.providers().getFirst().release().map(NamespacedName::name).orElse("");
          var users =
              late.stream()
                  .map(it -> it.users().getFirst())
                  .map(user -> user.kind() + " " + user.name())
                  .toList();
          return Finding.about(
                  first.users().getFirst(),
                  "%s applies %s together with HelmRelease %s, which installs the kind%s only afterwards; the dry run fails, and nothing of it is applied"
                      .formatted(id, Words.list(users), release, late.size() == 1 ? "" : "s"))
              .in(id)
              .withRemedy(
                  "move HelmRelease %s into a Kustomization of its own, with `wait: true`, and let %s depend on it"
                      .formatted(release, id.name()));
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
