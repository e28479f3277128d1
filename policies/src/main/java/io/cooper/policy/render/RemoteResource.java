package io.cooper.policy.render;

import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.stream.Stream;

/// A resource that is fetched from the network at every build.
public final class RemoteResource implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "render/remote-resource",
        WARNING,
        "Every resource is part of the repository.",
        """
        A `resources:` entry with an address is fetched anew at every reconciliation. The commit then
        says nothing about what is applied: a tag can be moved, a release asset replaced, and a
        server that does not answer turns a healthy Kustomization into `BuildFailed`.

        Cooper fetches nothing unasked, so the objects behind the address are not judged.
        """,
        "Store the file in the repository and list it instead of the address.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.problems(problem -> problem.kind() == Kind.REMOTE_RESOURCE);
  }
}
