package io.cooper.policy.render;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.Set;
import java.util.stream.Stream;

/// A build that Flux would refuse.
public final class RenderFailed implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "render/failed",
        ERROR,
        "Every Kustomization builds.",
        """
        When kustomize refuses a build, or a substituted object is no YAML any more, Flux sets
        `Ready=False` with reason `BuildFailed` and applies nothing of that Kustomization. What runs
        keeps running, every later change to it is held back, and all that depend on it wait.

        The finding stands on the line that breaks the build: the entry of a missing file, the patch
        that matches nothing, the second of two objects with one name.
        """,
        "Correct the line; `cooper render --kustomization NAMESPACE/NAME` shows the build.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Noticed.of(Set.of(Kind.FILE_MISSING, Kind.BUILD, Kind.SUBSTITUTION), repository);
  }
}
