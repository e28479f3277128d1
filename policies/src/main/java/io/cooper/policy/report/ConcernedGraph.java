package io.cooper.policy.report;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Edge;
import io.cooper.flux.graph.GraphMermaid;
import io.cooper.flux.graph.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The part of the graphs that a reviewer wants to see: the Kustomizations that hold findings to be
/// answered for, those whose files a change touches, and their neighbours while there is room.
final class ConcernedGraph {
  /// More boxes than this are no help beside a comment.
  private static final int MOST = 40;

  private final CheckReport report;

  ConcernedGraph(CheckReport report) {
    this.report = report;
  }

  /// A Mermaid chart for each cluster that is concerned; none for one that has too much to show.
  List<String> charts() {
    return report.graphs().stream().map(this::chart).filter(chart -> !chart.isEmpty()).toList();
  }

  private String chart(DependencyGraph graph) {
    var concerned = concerned(graph);
    if (concerned.isEmpty() || concerned.size() > MOST) {
      return "";
    }
    var around = withNeighbours(graph, concerned);
    var shown = around.size() <= MOST ? around : concerned;
    return GraphMermaid.of(graph, shown::contains);
  }

  private Set<NamespacedName> concerned(DependencyGraph graph) {
    var found = new HashSet<NamespacedName>();
    for (var verdict : report.introduced()) {
      verdict
          .finding()
          .kustomization()
          .filter(id -> graph.find(id).isPresent())
          .ifPresent(found::add);
    }
    report
        .comparison()
        .ifPresent(comparison ->
            graph.nodes().stream()
                .filter(node -> touches(comparison, node))
                .map(Node::id)
                .forEach(found::add));
    return found;
  }

  private static boolean touches(Comparison comparison, Node node) {
    var files = comparison.changedFiles();
    return node.rendered().filesRead().stream().anyMatch(files::contains)
        || files.contains(node.kustomization().manifest().place().file());
  }

  private static Set<NamespacedName> withNeighbours(
      DependencyGraph graph, Set<NamespacedName> concerned) {
    var all = new HashSet<>(concerned);
    for (var edge : graph.edges()) {
      if (edge.kind() != Edge.Kind.PARENT) {
        if (concerned.contains(edge.from())) {
          all.add(edge.to());
        }
        if (concerned.contains(edge.to())) {
          all.add(edge.from());
        }
      }
    }
    return all;
  }
}
