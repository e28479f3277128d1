package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.render.RenderProblem;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.stream.Stream;

/// Passes on what the render found.
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
    return Problems.in(repository, RenderProblem.Kind.PATH_MISSING);
  }
}
