package io.cooper.policy.ignore;

import io.cooper.flux.ignore.IgnoreRule;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.Severity;
import java.util.stream.Stream;

/// Finds patterns that would hide a manifest of a well-known name.
public final class BroadPattern implements RepositoryPolicy {

  @Override
  public About about() {
    return new About(
        "ignore/broad-pattern",
        Severity.WARNING,
        "No pattern with a wildcard reaches names that manifests have.",
        """
        *backup*.yaml is written for dumps and matches postgresql-backup.yaml; backups/ is written \
        for a folder of dumps and hides every folder of that name, manifests included. Nothing \
        need be hidden yet: the next file of such a name is.

        A pattern is tried with the names of a catalogue that comes with Cooper, in every folder \
        where manifests are; knownNames in .cooper.yaml adds to it. Anchored patterns such as \
        /dumps/ say what they mean.
        """,
        "Anchor the pattern to a folder, or give data an extension of its own.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var source = repository.source();
    var broad =
        source.reach().rules().stream()
            .filter(rule -> rule.source() == IgnoreRule.Source.GITIGNORE && isBroad(rule))
            .toList();
    if (broad.isEmpty()) {
      return Stream.empty();
    }
    var blamed = Loss.blamed(repository);
    return broad.stream().filter(rule -> !blamed.contains(rule)).map(rule -> finding(source, rule));
  }

  /// A wildcard, or a folder of that name anywhere. Everything in one folder (`/data/*`) is no
  /// accident, and often the first line of a list of exceptions.
  private static boolean isBroad(IgnoreRule rule) {
    var pattern = rule.pattern();
    if (pattern.startsWith("/") && pattern.endsWith("/*")) {
      return false;
    }
    boolean wild = pattern.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    return wild || pattern.indexOf('/') == pattern.length() - 1;
  }

  private static Finding finding(SourceTree source, IgnoreRule rule) {
    var reached = source.reach().of(rule);
    var message =
        "%s would hide %s%s"
            .formatted(
                rule.pattern(),
                reached.getFirst(),
                reached.size() == 1
                    ? ""
                    : " and %d more paths that manifests may have".formatted(reached.size() - 1));
    var finding = Finding.at(new Place(rule.file(), rule.line(), 1), message);
    return Loss.narrower(source, rule)
        .map(fix ->
            finding
                .withFix(fix)
                .withRemedy(
                    fix.summary() + "\n" + String.join("\n", source.narrowing(rule).table())))
        .orElse(finding);
  }
}
