package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.render.RenderProblem;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.stream.Stream;

/// Passes on what the render found.
public final class SourceMissing implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "flux/source-missing",
        ERROR,
        "The source of every Kustomization is defined.",
        """
        A Kustomization whose source does not exist stays at `ArtifactFailed`: nothing of it is
        applied, and nothing is pruned. A source is found by kind, name and namespace together, and
        without a namespace it is looked for in the Kustomization's own.
        """,
        "Correct `spec.sourceRef`, or add the source.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Problems.in(repository, RenderProblem.Kind.SOURCE_MISSING);
  }
}
