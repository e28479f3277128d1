package io.cooper.policy.render;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.source.Fate;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
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
    return repository.problems(problem -> breaks(repository, problem));
  }

  private static boolean breaks(Repository repository, RenderProblem problem) {
    return switch (problem.kind()) {
      case BUILD, SUBSTITUTION -> true;
      case FILE_MISSING -> !isTheFaultOfARule(repository, problem);
      default -> false;
    };
  }

  /// Why a file that exists does not arrive is for the ignore policies to say.
  private static boolean isTheFaultOfARule(Repository repository, RenderProblem problem) {
    return problem
        .subject()
        .map(path -> repository.source().fate(path))
        .filter(fate ->
            !(fate instanceof Fate.Absent
                || fate instanceof Fate.Deleted
                || fate instanceof Fate.Unavailable
                || fate instanceof Fate.Included))
        .isPresent();
  }
}
