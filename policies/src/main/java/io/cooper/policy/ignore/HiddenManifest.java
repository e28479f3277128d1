package io.cooper.policy.ignore;

import io.cooper.flux.source.Fate;
import io.cooper.flux.source.SourceTree;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.Severity;
import java.util.stream.Stream;

/// Finds files that a kustomization lists and that an ignore rule keeps out of Git.
public final class HiddenManifest implements RepositoryPolicy {

  @Override
  public About about() {
    return new About(
        "ignore/hidden-manifest",
        Severity.ERROR,
        "No ignore rule hides a file that a kustomization lists.",
        """
        The file is on the author's disk, so every build there succeeds. Git never saw it, so Flux \
        does not have it: kustomize stops with "no such file", nothing of the Kustomization is \
        applied, and all that depend on it wait.

        In a clean checkout the file is absent, and the rule is found by asking which one would \
        hide that path. Rules match paths, never the names of objects.
        """,
        "Narrow the pattern, then git add the file.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var source = repository.source();
    return Loss.ofListed(repository).stream().flatMap(loss -> finding(source, loss));
  }

  private static Stream<Finding> finding(SourceTree source, Loss loss) {
    if (!(loss.fate() instanceof Fate.Hidden(var rule, var onDisk))) {
      return Stream.empty();
    }
    var objects =
        loss.objectsText(source).map(names -> " and %s never exists".formatted(names)).orElse("");
    var message =
        "%s %s: the build of %s breaks%s"
            .formatted(
                loss.path(),
                onDisk
                    ? "is kept out of Git by " + rule
                    : "is not in Git, and %s would hide it".formatted(rule),
                loss.ownersText(),
                objects);
    var finding =
        loss.finding(source, loss.listing().orElseThrow(), message)
            .withRemedy(loss.remedy(source, rule));
    return Stream.of(Loss.narrower(source, rule).map(finding::withFix).orElse(finding));
  }
}
