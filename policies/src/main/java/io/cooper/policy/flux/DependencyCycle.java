package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.graph.Cycle;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.stream.Stream;

/// Finds rings of `dependsOn`.
public final class DependencyCycle implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "flux/dependency-cycle",
        ERROR,
        "Nothing depends on itself, directly or through others.",
        """
        Every member of a ring waits for another one, so none of them is ever applied. Among
        Kustomizations the damage is wider: kustomize-controller sorts the Kustomizations of a
        source by `dependsOn` before it tells them about a new revision, and when that fails it tells
        none of them. All Kustomizations of that source, in the ring or not, then only run at
        their interval, and a line in the controller's log is the only sign
        (fluxcd/kustomize-controller#1712).

        A ring can also close through a parent. A parent with `wait: true` is Ready only when the
        Kustomizations that it renders are; a child that depends on it, directly or through others,
        waits for that very moment. Both stand still until the parent's timeout, fail, and begin
        again. A child need not name its parent: it is created by the parent's apply, and what the
        parent waited for is there already.
        """,
        "Take one of the entries out of `dependsOn`; what both sides need belongs into a third one"
            + " that both depend on.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream()
        .flatMap(graph ->
            Stream.concat(
                graph.cycles().stream().map(DependencyCycle::declared),
                graph.deadlocks().stream().map(DependencyCycle::throughParents)));
  }

  private static Finding declared(Cycle cycle) {
    var first = cycle.steps().getFirst();
    boolean kustomizations = cycle.kind().equals("Kustomization");
    var what =
        cycle.steps().size() == 1
            ? "%s %s depends on itself".formatted(cycle.kind(), first.id())
            : "%ss wait for each other: %s".formatted(cycle.kind(), cycle.path());
    var finding =
        Finding.at(
            first.place(),
            what
                + (kustomizations
                    ? "; Flux then drops the events of their whole source"
                    : "; none of them is ever installed"));
    return kustomizations ? finding.in(first.id()) : finding;
  }

  private static Finding throughParents(Cycle ring) {
    var first = ring.steps().getFirst();
    return Finding.at(first.place(), "Kustomizations stand still: " + ring.story())
        .in(first.id())
        .withRemedy(
            "take the entry out of `dependsOn`: a child is created by its parent's apply, so what"
                + " the parent waited for is there already");
  }
}
