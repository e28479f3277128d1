package io.cooper.policy.render;

import static io.cooper.policy.Severity.NOTICE;

import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.stream.Stream;

/// Something in a kustomization file that Flux ignores without a word.
public final class DroppedField implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "render/dropped-field",
        NOTICE,
        "Everything in a kustomization file has an effect.",
        """
        Flux reads the kustomization file at `spec.path` leniently and writes it again before it
        builds. A field that kustomize does not know (`resource:` for `resources:`), a second
        document, the first of two equal keys: all of that is gone by then, and Flux stays Ready.
        `kustomize build` by hand refuses the same file.
        """,
        "Correct the name of the field, or remove it.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.problems(problem -> problem.kind() == Kind.DROPPED);
  }
}
