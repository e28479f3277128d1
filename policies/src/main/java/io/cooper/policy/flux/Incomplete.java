package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.graph.Node;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.List;
import java.util.stream.Stream;

/// Finds Kustomizations without the fields that they need.
public final class Incomplete implements RepositoryPolicy {
  private static final List<String> REQUIRED = List.of("interval", "prune", "sourceRef");

  @Override
  public About about() {
    return new About(
        "flux/incomplete",
        ERROR,
        "Every Kustomization has an interval, a path, a source, and says whether it prunes.",
        """
        The API refuses a Kustomization without `interval`, `prune` or `sourceRef`, and because
        Flux dry-runs all objects of a parent first, nothing else of that parent is applied either.
        Without a `path` it is the root of the source: the whole repository. What counts is the
        object as its parent renders it, so a field that a patch of the parent adds is there.
        """,
        "Add the missing fields.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream()
        .flatMap(graph -> graph.nodes().stream())
        .filter(node -> node.rendered().parent().isPresent())
        .flatMap(Incomplete::check);
  }

  private static Stream<Finding> check(Node node) {
    var manifest = node.kustomization().manifest();
    var missing =
        REQUIRED.stream().filter(field -> manifest.find("spec", field).isEmpty()).toList();
    if (missing.isEmpty()) {
      return Stream.empty();
    }
    var all =
        manifest.find("spec", "path").isPresent()
            ? missing
            : Stream.concat(Stream.of("path"), missing.stream()).sorted().toList();
    return Stream.of(
        Finding.about(
                manifest,
                "Kustomization %s has no %s; the API refuses it".formatted(node, Words.list(all)),
                "spec")
            .in(node.id())
            .withRemedy(
                "add %s to `spec`"
                    .formatted(Words.list(all.stream().map(field -> "`%s`".formatted(field)))))
            .byHand("what belongs there is a decision"));
  }
}
