package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.problem.Nearest;
import java.util.Set;
import java.util.TreeSet;
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
    return repository.trees().stream()
        .flatMap(tree -> tree.kustomizations().stream())
        .flatMap(owner ->
            owner.problems().stream()
                .filter(PathMissing::isMeant)
                .map(problem -> finding(repository, owner, problem)));
  }

  private static boolean isMeant(RenderProblem problem) {
    return problem.kind() == RenderProblem.Kind.PATH_MISSING;
  }

  private static Finding finding(
      Repository repository, RenderedKustomization owner, RenderProblem problem) {
    var hint = Nearest.hint(owner.kustomization().path(), folders(repository));
    return Finding.at(problem.place(), problem.message() + hint)
        .withRemedy(problem.remedy())
        .of(owner.kustomization().manifest())
        .in(owner.id());
  }

  private static Set<String> folders(Repository repository) {
    var folders = new TreeSet<String>();
    for (var file : repository.artifact().files()) {
      for (int slash = file.lastIndexOf('/'); slash > 0; slash = file.lastIndexOf('/', slash - 1)) {
        if (!folders.add(file.substring(0, slash))) {
          break;
        }
      }
    }
    return folders;
  }
}
