package io.cooper.policy.flux;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import java.util.stream.Stream;

/// What a render ran into, as findings.
final class Problems {
  private Problems() {}

  /// The problems of one kind, in tree order.
  static Stream<Finding> in(Repository repository, RenderProblem.Kind kind) {
    return repository.trees().stream()
        .flatMap(tree -> tree.kustomizations().stream())
        .flatMap(each -> of(each, kind));
  }

  /// The problems of one kind of one Kustomization.
  static Stream<Finding> of(RenderedKustomization each, RenderProblem.Kind kind) {
    return each.problems().stream()
        .filter(problem -> problem.kind() == kind)
        .map(problem ->
            Finding.at(problem.place(), problem.message())
                .withRemedy(problem.remedy())
                .in(each.id()));
  }
}
