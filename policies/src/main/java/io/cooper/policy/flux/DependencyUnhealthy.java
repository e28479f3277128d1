package io.cooper.policy.flux;

import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Gate;
import io.cooper.flux.graph.Node;
import io.cooper.flux.graph.Requirement;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.List;
import java.util.stream.Stream;

/// Finds Kustomizations that others depend on and that check no health.
public final class DependencyUnhealthy implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "flux/dependency-unhealthy",
        WARNING,
        "What others depend on checks its health before it is Ready.",
        """
        Without `wait` and `healthChecks` a Kustomization is Ready as soon as its objects are
        applied: its Deployments may not have started, its HelmReleases may not have installed
        anything. A dependency on it orders two applies and nothing more. `healthCheckExprs` alone
        change nothing: they say how objects are judged, and nothing is judged without one of the
        other two.
        """,
        "Set `wait: true`, or name the objects that matter in `healthChecks`.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream()
        .flatMap(graph ->
            graph.nodes().stream()
                .filter(node -> !node.gate().looks())
                .flatMap(node -> check(node, graph)));
  }

  private static Stream<Finding> check(Node node, DependencyGraph graph) {
    var dependents = dependents(node, graph);
    var slow = Objects.withHealth(node);
    if (dependents.isEmpty() || slow.isEmpty()) {
      return Stream.empty();
    }
    var needs =
        graph.requirements().stream()
            .filter(each -> each.state() == Requirement.State.UNGATED)
            .filter(each ->
                each.providers().stream().anyMatch(it -> it.kustomization().equals(node.id())))
            .map(each -> each.need().toString())
            .distinct()
            .toList();
    var what =
        node.gate() == Gate.INERT
            ? "the `healthCheckExprs` of %s never run, because it has neither `wait` nor `healthChecks`; %s depend%s on it"
            : "%s is Ready as soon as it is applied, and %s depend%s on it";
    return Stream.of(
        Finding.about(
                node.kustomization().manifest(),
                what.formatted(
                        node, Words.names(dependents, node.id()), dependents.size() == 1 ? "s" : "")
                    + (needs.isEmpty()
                        ? " without waiting for " + Words.list(slow)
                        : " for " + Words.list(needs) + ", which its charts install later"),
                Objects.gateOf(node))
            .in(node.id()));
  }

  /// The dependents that rely on Flux's own judgement, not on a `readyExpr`.
  private static List<NamespacedName> dependents(Node node, DependencyGraph graph) {
    return graph.dependents(node.id()).stream()
        .filter(id ->
            graph.find(id).stream()
                .flatMap(dependent -> dependent.kustomization().dependsOn().stream())
                .anyMatch(entry -> entry.id().equals(node.id()) && entry.readyExpr().isEmpty()))
        .toList();
  }
}
