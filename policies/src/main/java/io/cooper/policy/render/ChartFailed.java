package io.cooper.policy.render;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.stream.Stream;

/// A chart of the repository that Helm would refuse.
public final class ChartFailed implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "render/chart-failed",
        ERROR,
        "Every chart of the repository renders with the values that it gets.",
        """
        When Helm refuses a chart, helm-controller sets `Ready=False` with reason `InstallFailed` or
        `UpgradeFailed`, and what runs stays as it was. Reasons are a template that asks for a value that
        nobody gives, a value that the chart's schema does not allow, a chart that needs another one that
        is not there, or a ConfigMap of values without the key.

        The finding stands in the template where Helm stops, with line and column; on the value, if the
        schema refuses it. Values that nothing in the repository renders are a warning: the cluster may
        have them.

        Charts that lie on the network are not fetched, and nothing is said about them.
        """,
        "Give the value, or correct the template; `cooper render --all --helm` shows what is made.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Stream.concat(
        repository.problems(problem -> problem.kind() == Kind.CHART),
        repository
            .problems(problem -> problem.kind() == Kind.CHART_VALUES_MISSING)
            .map(finding -> finding.withSeverity(WARNING)));
  }
}
