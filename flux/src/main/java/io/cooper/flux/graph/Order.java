package io.cooper.flux.graph;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.Event.Applied;
import io.cooper.flux.graph.Event.Installed;
import io.cooper.flux.graph.Event.Ready;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Place;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jgrapht.Graph;
import org.jgrapht.alg.connectivity.GabowStrongConnectivityInspector;
import org.jgrapht.alg.shortestpath.BFSShortestPath;
import org.jgrapht.graph.AsSubgraph;
import org.jgrapht.graph.DefaultEdge;
import org.jgrapht.graph.DirectedPseudograph;
import org.jgrapht.graph.SimpleDirectedGraph;
import org.jgrapht.traverse.TopologicalOrderIterator;

/// Which moment comes after which, for certain (facts/flux.md 6.7 and 7):
///
/// - a Kustomization is applied after its parent, and after all that it depends on is Ready;
/// - it is Ready after it is applied, and after what it waits for is healthy: its children and
///   HelmReleases with `wait`, the named ones with `healthChecks`;
/// - a HelmRelease is installed after the Kustomization that has it is applied.
///
/// Everything else follows from these: what is there before something is applied, in which wave it
/// is, and who waits for whom in a ring.
final class Order {
  private static final class Wait {
    final Event from;
    final Event to;
    final int steps;
    final String reason;
    final Place place;

    Wait(Event from, Event to, int steps, String reason, Place place) {
      this.from = from;
      this.to = to;
      this.steps = steps;
      this.reason = reason;
      this.place = place;
    }
  }

  private static final String DEPENDS = "depends on";
  private static final String SAME = "is";

  private final Graph<Event, Wait> graph = new DirectedPseudograph<>(Wait.class);
  private final Map<Event, Integer> ringOf = new HashMap<>();
  private final List<Set<Event>> rings;
  private final BitSet[] before;
  private final int[] wave;

  Order(RenderedTree tree, Layer kustomizations, Layer releases) {
    build(tree, kustomizations, releases);
    rings = new GabowStrongConnectivityInspector<>(graph).stronglyConnectedSets();
    for (int i = 0; i < rings.size(); i++) {
      for (var event : rings.get(i)) {
        ringOf.put(event, i);
      }
    }
    before = new BitSet[rings.size()];
    wave = new int[rings.size()];
    follow();
  }

  private void build(RenderedTree tree, Layer kustomizations, Layer releases) {
    releases
        .members()
        .forEach(release ->
            add(
                new Installed(release.id()),
                new Applied(release.owner()),
                0,
                "comes with",
                release.manifest().place()));
    releases
        .links()
        .forEach(link ->
            add(
                new Installed(link.from().id()),
                new Installed(link.to().id()),
                0,
                DEPENDS,
                link.dependency().place()));
    kustomizations
        .links()
        .forEach(link ->
            add(
                new Applied(link.from().id()),
                new Ready(link.to().id()),
                1,
                DEPENDS,
                link.dependency().place()));
    for (var each : tree.kustomizations()) {
      var place = each.kustomization().manifest().place();
      add(new Ready(each.id()), new Applied(each.id()), 0, SAME, place);
      each.parent()
          .filter(parent -> kustomizations.find(parent).isPresent())
          .ifPresent(parent ->
              add(new Applied(each.id()), new Applied(parent), 1, "is created by", place));
      waitFor(each, kustomizations, releases);
    }
  }

  private void waitFor(RenderedKustomization each, Layer kustomizations, Layer releases) {
    var object = each.kustomization();
    switch (Gate.of(object)) {
      case WAIT -> {
        var place = object.manifest().placeAt("spec", "wait");
        each.objects().stream()
            .flatMap(manifest ->
                health(
                    manifest.apiVersion(),
                    manifest.kind(),
                    new NamespacedName(manifest.namespace(), manifest.name()),
                    kustomizations,
                    releases)
                    .stream())
            .forEach(event -> waitFor(each.id(), event, place));
      }
      case CHECKS -> {
        for (var check : object.healthChecks()) {
          var event =
              health(check.apiVersion(), check.kind(), check.id(), kustomizations, releases);
          event.ifPresent(it -> waitFor(each.id(), it, check.place()));
          if (event.isEmpty()) {
            chartsBehind(check, each)
                .forEach(release -> waitFor(each.id(), new Installed(release), check.place()));
          }
        }
      }
      case INERT, NONE -> {}
    }
  }

  private void waitFor(NamespacedName id, Event event, Place place) {
    if (!event.equals(new Ready(id))) {
      add(new Ready(id), event, 0, "waits for the health of", place);
    }
  }

  private static Optional<Event> health(
      String apiVersion, String kind, NamespacedName id, Layer kustomizations, Layer releases) {
    var group = io.cooper.manifest.ObjectId.groupOf(apiVersion);
    if (group.equals(Kustomization.GROUP) && kind.equals("Kustomization")) {
      return kustomizations.find(id).map(_ -> new Ready(id));
    }
    if (group.equals(HelmRelease.GROUP) && kind.equals("HelmRelease")) {
      return releases.find(id).map(_ -> new Installed(id));
    }
    return Optional.empty();
  }

  /// A check of an object that the Kustomization does not render waits for the chart that brings
  /// it, whichever of its releases for that namespace it is.
  private static Stream<NamespacedName> chartsBehind(
      Kustomization.HealthCheck check, RenderedKustomization each) {
    boolean rendered =
        each.objects().stream()
            .anyMatch(object ->
                object.kind().equals(check.kind()) && object.name().equals(check.id().name()));
    return rendered
        ? Stream.empty()
        : each.objects().stream()
            .filter(HelmRelease::isOne)
            .map(HelmRelease::new)
            .filter(release -> release.targetNamespace().equals(check.id().namespace()))
            .map(HelmRelease::id);
  }

  private void add(Event from, Event to, int steps, String reason, Place place) {
    graph.addVertex(from);
    graph.addVertex(to);
    graph.addEdge(from, to, new Wait(from, to, steps, reason, place));
  }

  /// Walks from what waits for nothing to what waits for most.
  private void follow() {
    Graph<Integer, DefaultEdge> condensed = new SimpleDirectedGraph<>(DefaultEdge.class);
    for (int i = 0; i < rings.size(); i++) {
      condensed.addVertex(i);
    }
    for (var wait : graph.edgeSet()) {
      int from = ring(wait.from);
      int to = ring(wait.to);
      if (from != to) {
        condensed.addEdge(to, from);
      }
    }
    new TopologicalOrderIterator<>(condensed).forEachRemaining(this::follow);
  }

  private void follow(int ring) {
    var seen = new BitSet(rings.size());
    seen.set(ring);
    for (var event : rings.get(ring)) {
      for (var wait : graph.outgoingEdgesOf(event)) {
        int to = ring(wait.to);
        if (to != ring) {
          seen.or(before[to]);
          wave[ring] = Math.max(wave[ring], wave[to] + wait.steps);
        }
      }
    }
    before[ring] = seen;
  }

  private int ring(Event event) {
    var ring = ringOf.get(event);
    if (ring == null) {
      throw new IllegalArgumentException("not in the graph: " + event);
    }
    return ring;
  }

  /// Whether `earlier` has happened whenever `later` happens. An event is not before itself unless
  /// it is in a ring.
  boolean isBefore(Event earlier, Event later) {
    return !earlier.equals(later)
        && ringOf.containsKey(earlier)
        && ringOf.containsKey(later)
        && before[ring(later)].get(ring(earlier));
  }

  /// The wave of a Kustomization.
  int wave(NamespacedName id) {
    return wave[ring(new Applied(id))];
  }

  /// Rings in which parents and health checks take part: those that the entries of `dependsOn`
  /// alone do not explain.
  List<Cycle> deadlocks(List<Cycle> declared) {
    return rings.stream()
        .filter(ring -> ring.size() > 1)
        .filter(ring -> declared.stream().noneMatch(cycle -> explains(cycle, ring)))
        .map(this::shortest)
        .sorted(Comparator.comparing(cycle -> cycle.steps().getFirst().place()))
        .toList();
  }

  private static boolean explains(Cycle cycle, Set<Event> ring) {
    return cycle.members().stream()
        .anyMatch(id ->
            cycle.kind().equals("HelmRelease")
                ? ring.contains(new Installed(id))
                : ring.contains(new Applied(id)));
  }

  /// Begins at an entry of `dependsOn` where there is one, since that is what people can take back.
  private Cycle shortest(Set<Event> ring) {
    var inside = new AsSubgraph<>(graph, ring);
    return inside.edgeSet().stream()
        .filter(wait -> !wait.reason.equals(SAME))
        .map(wait -> {
          var path = new ArrayList<Wait>();
          path.add(wait);
          path.addAll(new BFSShortestPath<>(inside).getPath(wait.to, wait.from).getEdgeList());
          return path;
        })
        .min(
            Comparator.<List<Wait>>comparingInt(
                    path -> path.getFirst().reason.equals(DEPENDS) ? 0 : 1)
                .thenComparingInt(List::size)
                .thenComparing(path -> path.getFirst().place))
        .map(path ->
            new Cycle(
                "Kustomization",
                path.stream()
                    .filter(wait -> !wait.reason.equals(SAME))
                    .map(wait -> new Cycle.Step(wait.from.id(), wait.reason, wait.place))
                    .toList()))
        .orElseThrow();
  }
}
