package io.cooper.policy.render;

import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import java.util.Set;
import java.util.stream.Stream;

/// What rendering noticed, as findings.
final class Noticed {
  private Noticed() {}

  /// The problems of these kinds. What several trees or Kustomizations notice at one place is one
  /// finding, in the first of them.
  static Stream<Finding> of(Set<Kind> kinds, Repository repository) {
    record At(io.cooper.manifest.Place place, String message) {}
    var seen = new java.util.HashSet<At>();
    return repository.trees().stream()
        .flatMap(tree -> tree.kustomizations().stream())
        .flatMap(rendered ->
            rendered.problems().stream()
                .filter(problem -> kinds.contains(problem.kind()))
                .map(problem ->
                    Finding.at(problem.place(), problem.message())
                        .withRemedy(problem.remedy())
                        .in(rendered.id())))
        .filter(finding -> seen.add(new At(finding.place(), finding.message())));
  }
}
