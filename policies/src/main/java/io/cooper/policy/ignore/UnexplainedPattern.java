package io.cooper.policy.ignore;

import io.cooper.flux.ignore.IgnoreRule;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.Severity;
import java.util.List;
import java.util.stream.Stream;

/// Finds ignore patterns without a written reason. Not among the rules that run by themselves.
public final class UnexplainedPattern implements RepositoryPolicy {

  @Override
  public About about() {
    return new About(
        "ignore/unexplained-pattern",
        Severity.NOTICE,
        "Every block of ignore patterns has a comment that says why.",
        """
        A pattern without a reason is never removed, because nobody knows what it protects. A \
        comment counts for the lines below it up to the next blank line. This rule runs only when \
        it is asked for.
        """,
        "Write a line with # and the reason above the pattern.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var ignore = repository.source().gitIgnore();
    return repository.source().gitIgnoreFiles().stream()
        .flatMap(file -> {
          var lines = ignore.text(file).stream().flatMap(String::lines).toList();
          return ignore.rules(file).stream().filter(rule -> !isExplained(lines, rule));
        })
        .map(rule ->
            Finding.at(
                new Place(rule.file(), rule.line(), 1),
                "%s has no reason".formatted(rule.pattern())));
  }

  private static boolean isExplained(List<String> lines, IgnoreRule rule) {
    for (int i = rule.line() - 2; i >= 0 && !lines.get(i).isBlank(); i--) {
      if (lines.get(i).startsWith("#")) {
        return true;
      }
    }
    return false;
  }
}
