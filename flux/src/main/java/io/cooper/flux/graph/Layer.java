package io.cooper.flux.graph;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.Kustomization.Dependency;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.problem.Nearest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jgrapht.Graph;
import org.jgrapht.alg.connectivity.GabowStrongConnectivityInspector;
import org.jgrapht.alg.shortestpath.BFSShortestPath;
import org.jgrapht.graph.DirectedPseudograph;

/// The `dependsOn` entries of one kind. Kustomizations and HelmReleases each have their own layer:
/// an entry of one never means an object of the other.
final class Layer {
  /// One object of the kind.
  ///
  /// @param owner the Kustomization itself, or the one that renders the HelmRelease
  record Member(
      Manifest manifest, NamespacedName id, NamespacedName owner, List<Dependency> dependsOn) {}

  /// An entry that names an object of its kind.
  record Link(Member from, Member to, Dependency dependency) {
    boolean isToItself() {
      return from.id().equals(to.id());
    }
  }

  private final String kind;
  private final SequencedMap<NamespacedName, Member> members;

  private Layer(String kind, Stream<Member> members) {
    this.kind = kind;
    this.members = new LinkedHashMap<>();
    members.forEach(member -> this.members.putIfAbsent(member.id(), member));
  }

  static Layer ofKustomizations(RenderedTree tree) {
    return new Layer(
        "Kustomization",
        tree.kustomizations().stream()
            .map(each -> {
              Kustomization object = each.kustomization();
              return new Member(object.manifest(), each.id(), each.id(), object.dependsOn());
            }));
  }

  static Layer ofHelmReleases(RenderedTree tree) {
    return new Layer(
        "HelmRelease",
        tree.kustomizations().stream()
            .flatMap(each ->
                each.objects().stream()
                    .filter(HelmRelease::isOne)
                    .map(HelmRelease::new)
                    .map(release ->
                        new Member(
                            release.manifest(), release.id(), each.id(), release.dependsOn()))));
  }

  Optional<Member> find(NamespacedName id) {
    return Optional.ofNullable(members.get(id));
  }

  Stream<Member> members() {
    return members.values().stream();
  }

  /// The entries that name something, those that name their own object included.
  Stream<Link> links() {
    return members()
        .flatMap(from ->
            from.dependsOn().stream()
                .flatMap(entry -> find(entry.id()).map(to -> new Link(from, to, entry)).stream()));
  }

  Stream<Unresolved> unresolved(Layer other) {
    return members()
        .flatMap(from ->
            from.dependsOn().stream()
                .filter(entry -> find(entry.id()).isEmpty())
                .map(entry -> unresolved(from, entry, other)));
  }

  private Unresolved unresolved(Member from, Dependency entry, Layer other) {
    var wanted = entry.id();
    var elsewhere =
        members.keySet().stream()
            .filter(id -> id.name().equals(wanted.name()))
            .map(NamespacedName::namespace)
            .sorted()
            .toList();
    var otherKind =
        other
            .find(wanted)
            .or(() ->
                other.members().filter(each -> each.id().name().equals(wanted.name())).findFirst());
    var sameNamespace =
        members.keySet().stream()
            .filter(id -> !id.equals(from.id()) && id.namespace().equals(wanted.namespace()))
            .map(NamespacedName::name)
            .toList();
    var nearest =
        Nearest.to(wanted.name(), sameNamespace)
            .map(name -> new NamespacedName(wanted.namespace(), name));
    return new Unresolved(
        from.manifest(), from.owner(), entry, elsewhere, otherKind.map(Member::manifest), nearest);
  }

  /// One shortest ring for every set of objects that wait for each other; it begins at the entry
  /// that stands first in the files.
  List<Cycle> cycles() {
    Graph<NamespacedName, Object> graph = new DirectedPseudograph<>(Object.class);
    Map<Object, Link> links = new HashMap<>();
    members.keySet().forEach(graph::addVertex);
    links()
        .forEach(link -> {
          var edge = new Object();
          graph.addEdge(link.from().id(), link.to().id(), edge);
          links.put(edge, link);
        });
    var cycles = new ArrayList<Cycle>();
    links.values().stream()
        .filter(Link::isToItself)
        .map(link -> new Cycle(kind, List.of(step(link))))
        .forEach(cycles::add);
    for (var ring : new GabowStrongConnectivityInspector<>(graph).stronglyConnectedSets()) {
      if (ring.size() > 1) {
        var first =
            links.values().stream()
                .filter(link -> !link.isToItself())
                .filter(link -> ring.contains(link.from().id()) && ring.contains(link.to().id()))
                .min(
                    Comparator.<Link, io.cooper.manifest.Place>comparing(
                            link -> link.dependency().place())
                        .thenComparing(link -> link.from().id()))
                .orElseThrow();
        var back =
            new BFSShortestPath<>(graph).getPath(first.to().id(), first.from().id()).getEdgeList();
        cycles.add(
            new Cycle(
                kind,
                Stream.concat(Stream.of(first), back.stream().map(links::get))
                    .map(Layer::step)
                    .toList()));
      }
    }
    cycles.sort(Comparator.comparing(cycle -> cycle.steps().getFirst().place()));
    return List.copyOf(cycles);
  }

  private static Cycle.Step step(Link link) {
    return new Cycle.Step(link.from().id(), "depends on", link.dependency().place());
  }
}
