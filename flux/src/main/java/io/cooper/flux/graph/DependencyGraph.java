package io.cooper.flux.graph;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.Edge.Kind;
import io.cooper.flux.graph.Event.Applied;
import io.cooper.flux.graph.Event.Ready;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The order among the Kustomizations of one cluster: what is declared, what follows from parents
/// and health checks, and what would be needed and is not declared.
///
/// Two facts shape it (facts/flux.md 7). A child is created by its parent's apply, so what the
/// parent waited for is there for the child too. And a dependency that checks no health is Ready
/// when it is applied, so what its charts install is then not there yet.
///
/// A graph is immutable; it is computed once from a tree and asked often.
public final class DependencyGraph {
  private final RenderedTree tree;
  private final SequencedMap<NamespacedName, Node> nodes = new LinkedHashMap<>();
  private final List<Edge> edges;
  private final List<Unresolved> unresolved;
  private final List<Cycle> cycles;
  private final List<Cycle> deadlocks;
  private final List<Requirement> requirements;
  private final Map<NamespacedName, List<Requirement>> undeclared;
  private final Map<NamespacedName, Set<NamespacedName>> dependents;
  private final Map<NamespacedName, Set<NamespacedName>> releaseDependents;
  private final Order order;
  private final Provenance provenance;

  private DependencyGraph(RenderedTree tree) {
    this.tree = tree;
    var kustomizations = Layer.ofKustomizations(tree);
    var releases = Layer.ofHelmReleases(tree);
    order = new Order(tree, kustomizations, releases);
    provenance = new Provenance(tree, order);
    requirements = provenance.requirements();
    undeclared =
        requirements.stream()
            .filter(each -> each.state() == Requirement.State.UNDECLARED)
            .collect(Collectors.groupingBy(Requirement::dependent));
    for (var each : tree.kustomizations()) {
      nodes.putIfAbsent(
          each.id(), new Node(each, order.wave(each.id()), Gate.of(each.kustomization())));
    }
    unresolved =
        Stream.concat(kustomizations.unresolved(releases), releases.unresolved(kustomizations))
            .toList();
    cycles = Stream.concat(kustomizations.cycles().stream(), releases.cycles().stream()).toList();
    deadlocks = order.deadlocks(cycles);
    dependents = dependents(kustomizations);
    releaseDependents = dependents(releases);
    edges = edges(kustomizations);
  }

  /// The graph of a tree.
  public static DependencyGraph of(RenderedTree tree) {
    return new DependencyGraph(tree);
  }

  private static Map<NamespacedName, Set<NamespacedName>> dependents(Layer layer) {
    return layer
        .links()
        .filter(link -> !link.isToItself())
        .collect(
            Collectors.groupingBy(
                link -> link.to().id(),
                Collectors.mapping(
                    link -> link.from().id(), Collectors.toCollection(LinkedHashSet::new))));
  }

  private List<Edge> edges(Layer kustomizations) {
    var found = new ArrayList<Edge>();
    kustomizations
        .links()
        .map(link -> new Edge(link.from().id(), link.to().id(), Kind.DECLARED, ""))
        .distinct()
        .forEach(found::add);
    for (var node : nodes.values()) {
      node.rendered()
          .parent()
          .filter(nodes::containsKey)
          .ifPresent(parent -> found.add(new Edge(node.id(), parent, Kind.PARENT, "")));
      var missing = new LinkedHashMap<NamespacedName, Set<String>>();
      for (var requirement : undeclaredBy(node.id())) {
        missing
            .computeIfAbsent(
                requirement.providers().getFirst().kustomization(), _ -> new LinkedHashSet<>())
            .add(
                switch (requirement.need()) {
                  case Need.Api api -> api.kind();
                  case Need.InNamespace namespace -> namespace.toString();
                  case Need.Variables variables -> variables.kind() + " " + variables.name();
                });
      }
      missing.forEach((to, what) ->
          found.add(new Edge(node.id(), to, Kind.UNDECLARED, String.join(", ", what))));
    }
    return List.copyOf(found);
  }

  /// The tree that the graph was made of.
  public RenderedTree tree() {
    return tree;
  }

  /// All Kustomizations, in tree order: the entry first, parents before children.
  public List<Node> nodes() {
    return List.copyOf(nodes.values());
  }

  /// The Kustomization of a name, if it is in the tree.
  public Optional<Node> find(NamespacedName id) {
    return Optional.ofNullable(nodes.get(id));
  }

  /// The Kustomizations by wave; within a wave by name. The first wave is the entry.
  public List<List<Node>> waves() {
    return nodes.values().stream()
        .sorted(Comparator.comparingInt(Node::wave).thenComparing(Node::id))
        .collect(Collectors.groupingBy(Node::wave, java.util.TreeMap::new, Collectors.toList()))
        .values()
        .stream()
        .toList();
  }

  /// All edges: declared ones, parents, and those that are needed and not declared.
  public List<Edge> edges() {
    return edges;
  }

  /// Entries of `dependsOn` that name nothing, of Kustomizations and HelmReleases.
  public List<Unresolved> unresolved() {
    return unresolved;
  }

  /// Rings of `dependsOn`, one for every set of objects that wait for each other.
  public List<Cycle> cycles() {
    return cycles;
  }

  /// Rings that close through a parent or a health check, and so are no cycle of `dependsOn`.
  public List<Cycle> deadlocks() {
    return deadlocks;
  }

  /// What each Kustomization needs before it can be applied, and whether that is made sure of.
  public List<Requirement> requirements() {
    return requirements;
  }

  /// What a Kustomization needs from another one of this tree without waiting for it.
  public List<Requirement> undeclaredBy(NamespacedName id) {
    return undeclared.getOrDefault(id, List.of());
  }

  /// The Kustomizations that name this one in `dependsOn`.
  public Set<NamespacedName> dependents(NamespacedName id) {
    return dependents.getOrDefault(id, Set.of());
  }

  /// The HelmReleases that name this one in `dependsOn`.
  public Set<NamespacedName> releaseDependents(NamespacedName release) {
    return releaseDependents.getOrDefault(release, Set.of());
  }

  /// Whether one Kustomization is Ready whenever another one is applied, by whatever chain.
  public boolean isReadyBefore(NamespacedName earlier, NamespacedName later) {
    return order.isBefore(new Ready(earlier), new Applied(later));
  }

  /// Whether one Kustomization renders another, directly or through others.
  public boolean isAncestor(NamespacedName ancestor, NamespacedName id) {
    return ancestors(id).anyMatch(ancestor::equals);
  }

  /// The Kustomizations that a Kustomization comes from, its parent first.
  public Stream<NamespacedName> ancestors(NamespacedName id) {
    var chain = new LinkedHashSet<NamespacedName>();
    var parent = parent(id);
    while (parent.isPresent() && chain.add(parent.get())) {
      parent = parent(parent.get());
    }
    return chain.stream();
  }

  private Optional<NamespacedName> parent(NamespacedName id) {
    return find(id).flatMap(node -> node.rendered().parent());
  }

  /// The well-known components that a HelmRelease installs.
  public List<Component> components(HelmRelease release) {
    return provenance.componentsOf(release);
  }

  /// The well-known components whose controller a Kustomization runs without a chart, each with the
  /// workload that runs it.
  public Map<Component, Manifest> componentsByManifests(RenderedKustomization kustomization) {
    return provenance.componentsByManifests(kustomization);
  }
}
