package io.cooper.policy.render;

import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.remote.RemoteAddress;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.Severity;
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

        Cooper fetches nothing unasked, so the objects behind the address are not judged. `cooper vendor`
        fetches them once, pins them by digest and keeps a copy in `.cooper/remote`, which is judged from
        then on. Flux still asks the address: where that names a branch or `latest`, a notice remains.
        """,
        "Store the file in the repository and list it instead of the address, or run cooper vendor.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Stream.concat(
        repository.problems(problem -> problem.kind() == Kind.REMOTE_RESOURCE),
        repository.problems(RemoteResource::moves).map(RemoteResource::told));
  }

  /// Whether a copy is judged of an address that may give something else tomorrow.
  private static boolean moves(RenderProblem problem) {
    return problem.kind() == Kind.REMOTE_PINNED
        && !problem
            .subject()
            .map(RemoteAddress::new)
            .filter(RemoteAddress::looksImmutable)
            .isPresent();
  }

  private static Finding told(Finding finding) {
    return finding.withSeverity(Severity.NOTICE);
  }
}
