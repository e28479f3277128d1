package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.NOTICE;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Passes on what the render found about variables.
public final class VariableUnresolved implements RepositoryPolicy {
  /// More Kustomizations than this without one variable is a habit, and one finding.
  private static final int HABIT = 3;

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
        what they hold is only known in the cluster. The same goes for all variables where the
        repository installs kustomize-mutating-webhook, which writes them into every Kustomization.
        """,
        "Give it a value in `postBuild.substitute` or `substituteFrom`, or a default:"
            + " `${NAME:=value}`.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Stream.concat(
        unresolved(repository),
        repository
            .problems(problem -> problem.kind() == Kind.VARIABLE_SOURCE_MISSING)
            .map(it -> it.withSeverity(NOTICE)));
  }

  /// A use, or all uses of a variable that many Kustomizations lack.
  private static Stream<Finding> unresolved(Repository repository) {
    var users = new LinkedHashMap<String, Set<NamespacedName>>();
    repository.trees().stream()
        .flatMap(tree -> tree.kustomizations().stream())
        .forEach(each ->
            each.problems().stream()
                .filter(problem -> problem.kind() == Kind.VARIABLE_UNRESOLVED)
                .flatMap(problem -> problem.subject().stream())
                .forEach(name ->
                    users.computeIfAbsent(name, _ -> new LinkedHashSet<>()).add(each.id())));
    users.values().removeIf(each -> each.size() <= HABIT);
    return Stream.concat(
        users.entrySet().stream().map(each -> habit(each.getKey(), each.getValue(), repository)),
        repository.problems(problem ->
            problem.kind() == Kind.VARIABLE_UNRESOLVED
                && problem.subject().filter(users::containsKey).isEmpty()));
  }

  private static Finding habit(String name, Set<NamespacedName> users, Repository repository) {
    var first =
        repository
            .problems(problem ->
                problem.kind() == Kind.VARIABLE_UNRESOLVED
                    && problem.subject().equals(Optional.of(name)))
            .findFirst()
            .orElseThrow();
    return Finding.at(
            first.place(),
            "%d Kustomizations use the variable %s, here and elsewhere, and do not define it: %s"
                .formatted(users.size(), name, Words.list(users)))
        .in(first.kustomization().orElseThrow())
        .withRemedy(
            "define it in each, for example by a patch of spec.postBuild in the Kustomization that"
                + " renders them");
  }
}
