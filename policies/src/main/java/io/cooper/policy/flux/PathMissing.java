package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.source.Artifact;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.problem.Nearest;
import java.util.Optional;
import java.util.stream.Stream;

/// Passes on what the render found about paths, with the folder that was meant.
public final class PathMissing implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "flux/path-missing",
        ERROR,
        "The path of every Kustomization is a folder of its source.",
        """
        Flux answers `ArtifactFailed` and keeps what it applied before; a new cluster gets nothing
        of this Kustomization. A folder that Git does not track, or that an ignore rule keeps out
        of the artifact, does not exist for Flux.
        """,
        "Correct `spec.path`: it counts from the root of the source.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.trees().stream()
        .flatMap(tree ->
            tree.kustomizations().stream()
                .flatMap(each ->
                    Repository.problemsOf(
                            each, problem -> problem.kind() == RenderProblem.Kind.PATH_MISSING)
                        .map(found ->
                            nearest(each.kustomization().path(), tree.artifact())
                                .map(folder ->
                                    found.withRemedy("did you mean ./%s?".formatted(folder)))
                                .orElse(found))));
  }

  /// The folder beside the missing one whose name looks most like it.
  private static Optional<String> nearest(String path, Artifact artifact) {
    int slash = path.lastIndexOf('/');
    var above = slash < 0 ? "" : path.substring(0, slash);
    if (!artifact.isFolder(above)) {
      return Optional.empty();
    }
    int start = above.isEmpty() ? 0 : above.length() + 1;
    var beside =
        artifact.below(above).stream()
            .filter(file -> file.indexOf('/', start) > 0)
            .map(file -> file.substring(start, file.indexOf('/', start)))
            .distinct()
            .toList();
    return Nearest.to(path.substring(slash + 1), beside)
        .map(name -> above.isEmpty() ? name : above + "/" + name);
  }
}
