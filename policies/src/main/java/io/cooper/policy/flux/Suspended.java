package io.cooper.policy.flux;

import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Gate;
import io.cooper.flux.graph.Node;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.stream.Stream;

/// Finds what Flux is told to leave alone.
public final class Suspended implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "flux/suspended",
        NOTICE,
        "Nothing that others depend on is suspended in Git.",
        """
        A suspended Kustomization applies no new commit. Those that depend on it wait until it has
        applied the very commit that they are at, so at the next commit they stop too, without any
        failure to be seen. A suspended HelmRelease can hold up the Kustomization that waits for it
        (fluxcd/kustomize-controller#1100). A suspension that is written in Git stays until
        somebody remembers it.
        """,
        "Take `suspend: true` out again, or the entries of `dependsOn` that lead to it.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream()
        .flatMap(graph ->
            graph.nodes().stream()
                .flatMap(node -> Stream.concat(kustomization(node, graph), releases(node, graph))));
  }

  private static Stream<Finding> kustomization(Node node, DependencyGraph graph) {
    if (!node.suspended()) {
      return Stream.empty();
    }
    var dependents = graph.dependents(node.id());
    var manifest = node.kustomization().manifest();
    return Stream.of(
        dependents.isEmpty()
            ? Finding.about(manifest, node + " is suspended", "spec", "suspend")
                .in(node.id())
                .withRemedy("take `suspend: true` out again when its reason is gone")
            : Finding.about(
                    manifest,
                    "%s is suspended, so at the next commit %s stop%s too"
                        .formatted(
                            node,
                            Words.names(dependents, node.id()),
                            dependents.size() == 1 ? "s" : ""),
                    "spec",
                    "suspend")
                .in(node.id())
                .withSeverity(WARNING));
  }

  private static Stream<Finding> releases(Node node, DependencyGraph graph) {
    return node.rendered().objects().stream()
        .filter(HelmRelease::isOne)
        .map(HelmRelease::new)
        .filter(HelmRelease::suspended)
        .map(release -> {
          var dependents = graph.releaseDependents(release.id());
          var finding =
              Finding.about(
                      release.manifest(),
                      "HelmRelease %s is suspended%s%s"
                          .formatted(
                              release,
                              dependents.isEmpty()
                                  ? ""
                                  : ", and %s depend%s on it"
                                      .formatted(
                                          Words.names(dependents, release.id()),
                                          dependents.size() == 1 ? "s" : ""),
                              node.gate() == Gate.WAIT
                                  ? ", and Kustomization %s waits for its health"
                                      .formatted(node.id())
                                  : ""),
                      "spec",
                      "suspend")
                  .in(node.id());
          return dependents.isEmpty() && node.gate() != Gate.WAIT
              ? finding
              : finding.withSeverity(WARNING);
        });
  }
}
