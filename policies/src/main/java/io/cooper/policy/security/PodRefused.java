package io.cooper.policy.security;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.security.PodSecurity.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// `security/pod-refused`
public final class PodRefused implements RepositoryPolicy {
  private static final String ENFORCE = "pod-security.kubernetes.io/enforce";

  @Override
  public About about() {
    return new About(
        "security/pod-refused",
        ERROR,
        "A workload's Pods are allowed in its namespace.",
        """
        A namespace with the label `pod-security.kubernetes.io/enforce` takes only Pods of that level (`baseline` or
        `restricted`) of the Pod Security Standards. The API server accepts a Deployment or Job all the same, with a
        warning that Flux does not show; its Pods are then refused one by one, and Flux waits until its timeout.
        """,
        "Set the named fields; or lower the level of the namespace.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.trees().stream().flatMap(PodRefused::check);
  }

  private static Stream<Finding> check(RenderedTree tree) {
    var levels = levels(tree);
    if (levels.isEmpty()) {
      return Stream.empty();
    }
    return tree.objects()
        .flatMap(object ->
            Optional.ofNullable(levels.get(object.namespace()))
                .flatMap(level -> judge(object, level))
                .stream());
  }

  private static Map<String, Level> levels(RenderedTree tree) {
    var levels = new HashMap<String, Level>();
    tree.objects("", "Namespace")
        .forEach(namespace ->
            namespace
                .text("metadata", "labels", ENFORCE)
                .flatMap(PodRefused::level)
                .ifPresent(level -> levels.put(namespace.name(), level)));
    return levels;
  }

  private static Optional<Level> level(String name) {
    return switch (name) {
      case "restricted" -> Optional.of(Level.RESTRICTED);
      case "baseline" -> Optional.of(Level.BASELINE);
      default -> Optional.empty();
    };
  }

  private static Optional<Finding> judge(Manifest object, Level level) {
    return Workloads.pod(object)
        .map(pod -> PodSecurity.violations(pod, level))
        .filter(violations -> !violations.isEmpty())
        .map(violations ->
            Finding.about(
                object,
                "namespace %s enforces %s and refuses the Pods of %s: %s"
                    .formatted(
                        object.namespace(),
                        level.name().toLowerCase(java.util.Locale.ROOT),
                        object.id(),
                        Workloads.list(violations)),
                violations.getFirst().path().toArray(String[]::new)));
  }
}
