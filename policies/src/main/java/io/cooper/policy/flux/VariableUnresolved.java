package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.NOTICE;

import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.stream.Stream;

/// Passes on what the render found about variables.
public final class VariableUnresolved implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "flux/variable-unresolved",
        ERROR,
        "Every variable has a value or a default.",
        """
        Since Flux 2.9 a variable without a value stops the build of its Kustomization; before, and
        in `flux build` to this day, it became an empty text, which is worse: `path: /${NAME}` is
        then the root. A text that only looks like a variable is written `$${NAME}`, or its object
        carries the annotation `kustomize.toolkit.fluxcd.io/substitute: disabled`.

        ConfigMaps and Secrets of `substituteFrom` that are not in the repository are a notice:
        what they hold is only known in the cluster.
        """,
        "Give it a value in `postBuild.substitute` or `substituteFrom`, or a default:"
            + " `${NAME:=value}`.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Stream.concat(
        repository.problems(problem -> problem.kind() == Kind.VARIABLE_UNRESOLVED),
        repository
            .problems(problem -> problem.kind() == Kind.VARIABLE_SOURCE_MISSING)
            .map(it -> it.withSeverity(NOTICE)));
  }
}
