package io.cooper.policy.ignore;

import io.cooper.flux.ignore.IgnoreRule;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.Severity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Finds manifests that are in Git although an ignore rule matches them.
public final class TrackedButIgnored implements RepositoryPolicy {

  @Override
  public About about() {
    return new About(
        "ignore/tracked-but-ignored",
        Severity.WARNING,
        "No ignore rule matches a manifest that is in Git.",
        """
        Git asks ignore rules only about files it does not have yet. Such a manifest was added by \
        force or before the rule; it works until somebody renames it, copies it for the next \
        application, or makes a fresh repository of the folder. Then it is gone without a word. \
        git check-ignore is silent about it, because the file is tracked.
        """,
        "Narrow the pattern, or re-include the file with a ! line behind it.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var source = repository.source();
    return manifestsByRule(source).entrySet().stream()
        .map(entry -> finding(source, entry.getKey(), entry.getValue()));
  }

  /// Manifests in Git, by the shared rule that would hide them.
  static Map<IgnoreRule, List<String>> manifestsByRule(SourceTree source) {
    Map<IgnoreRule, List<String>> paths = new LinkedHashMap<>();
    source
        .trackedByRule()
        .forEach((rule, files) -> {
          var manifests =
              rule.source().isShared()
                  ? files.stream().filter(path -> arrives(source, path)).toList()
                  : List.<String>of();
          if (!manifests.isEmpty()) {
            paths.put(rule, manifests);
          }
        });
    return paths;
  }

  private static boolean arrives(SourceTree source, String path) {
    return source.artifact().contains(path) && source.isTrackedManifest(path);
  }

  private static Finding finding(SourceTree source, IgnoreRule rule, List<String> manifests) {
    var message =
        "%s matches %s%s: tracked, but the rule would hide it if re-added"
            .formatted(
                rule.pattern(),
                manifests.getFirst(),
                manifests.size() == 1
                    ? ""
                    : " and %d more manifests".formatted(manifests.size() - 1));
    var finding = Finding.at(new Place(rule.file(), rule.line(), 1), message);
    return Loss.narrower(source, rule).map(finding::withFix).orElse(finding);
  }
}
