package io.cooper.policy.flux;

import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Gate;
import io.cooper.flux.graph.Node;
import io.cooper.flux.graph.Requirement;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds Kustomizations that others depend on and that check no health.
public final class DependencyUnhealthy implements RepositoryPolicy {
  /// More Kustomizations than this doing the same is a habit, and one finding.
  private static final int HABIT = 5;

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

  /// A node that others wait for in vain.
  record Idle(
      Node node, List<NamespacedName> dependents, List<Manifest> slow, List<String> needs) {}

  /// One finding for each that others need for its kinds; and one for all of the rest where that is
  /// the repository's habit.
  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream().flatMap(DependencyUnhealthy::check);
  }

  private static Stream<Finding> check(DependencyGraph graph) {
    var idle =
        graph.nodes().stream()
            .filter(node -> !node.gate().looks())
            .flatMap(node -> idle(node, graph).stream())
            .toList();
    var plain =
        idle.stream()
            .filter(each -> each.needs().isEmpty() && each.node().gate() != Gate.INERT)
            .toList();
    return plain.size() <= HABIT
        ? idle.stream().map(each -> finding(each, graph))
        : Stream.concat(
            Stream.of(habit(plain)),
            idle.stream().filter(each -> !plain.contains(each)).map(each -> finding(each, graph)));
  }

  static Optional<Idle> idle(Node node, DependencyGraph graph) {
    var dependents = dependents(node, graph);
    var slow = Objects.withHealth(node);
    if (dependents.isEmpty() || slow.isEmpty()) {
      return Optional.empty();
    }
    var needs =
        graph.requirements().stream()
            .filter(each -> each.state() == Requirement.State.UNGATED)
            .filter(each ->
                each.providers().stream().anyMatch(it -> it.kustomization().equals(node.id())))
            .map(each -> each.need().toString())
            .distinct()
            .toList();
    return Optional.of(new Idle(node, dependents, slow, needs));
  }

  private static Finding habit(List<Idle> all) {
    var first = all.getFirst().node();
    return Finding.about(
            first.kustomization().manifest(),
            "%d Kustomizations that others depend on are Ready as soon as they are applied: %s"
                .formatted(
                    all.size(),
                    all.stream()
                        .map(each ->
                            "%s (for %s)"
                                .formatted(
                                    each.node(), Words.names(each.dependents(), each.node().id())))
                        .collect(Collectors.joining(", "))),
            Objects.gateOf(first))
        .in(first.id())
        .withRemedy(
            "set `wait: true` in those whose dependents need them running; take the others out of"
                + " `dependsOn`")
        .byHand("which of them must be running for their dependents is known to their owner only");
  }

  private static Finding finding(Idle idle, DependencyGraph graph) {
    var node = idle.node();
    var what =
        node.gate() == Gate.INERT
            ? "the `healthCheckExprs` of %s never run, because it has neither `wait` nor"
                + " `healthChecks`; %s depend%s on it"
            : "%s is Ready as soon as it is applied, and %s depend%s on it";
    var manifest = node.kustomization().manifest();
    var finding =
        Finding.about(
                manifest,
                what.formatted(
                        node,
                        Words.names(idle.dependents(), node.id()),
                        idle.dependents().size() == 1 ? "s" : "")
                    + (idle.needs().isEmpty()
                        ? " without waiting for " + Words.list(idle.slow())
                        : " for " + Words.list(idle.needs()) + ", which its charts install later"),
                Objects.gateOf(node))
            .in(node.id());
    if (manifest.find("spec", "wait").isPresent()) {
      return finding.byHand("wait: false was written on purpose");
    }
    // Ready would then mean that the children are, and they may depend on what depends on this.
    return graph.nodes().stream().anyMatch(each -> graph.isAncestor(node.id(), each.id()))
        ? finding.byHand("%s renders other Kustomizations, and would wait for them".formatted(node))
        : finding.repairedBy(
            "Wait for the health of what it applies",
            manifest,
            new YamlChange.Put(List.of("spec"), "wait", true));
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
