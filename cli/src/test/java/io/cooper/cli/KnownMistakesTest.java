package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.policy.About;
import io.cooper.policy.catalog.BuiltInPolicies;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The page of known mistakes against the rules that there are.
class KnownMistakesTest {
  private static final int MISTAKES = 34;
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (X\\d+) \\|");
  private static final Pattern RULE = Pattern.compile("`([a-z]+/[a-z-]+)`");

  private static String page() throws IOException {
    return Files.readString(Workspace.PROJECT.resolve("docs/known-mistakes.md"));
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult each) -> each.group(1)).toList();
  }

  @Test
  void every_mistake_has_its_row() throws IOException {
    assertThat(all(ROW, page()))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, MISTAKES).mapToObj(number -> "X" + number).toList());
  }

  @Test
  void every_rule_that_is_named_exists() throws IOException {
    assertThat(all(RULE, page()))
        .isNotEmpty()
        .isSubsetOf(BuiltInPolicies.rules().stream().map(About::id).toList());
  }

  /// A row that names a rule is proved by a test of that row.
  @Test
  void every_mistake_that_a_rule_finds_is_proved() throws IOException {
    var coverage = GeneratedDocs.coverage(Workspace.PROJECT);
    var proved = all(Pattern.compile("(?m)^\\| (X\\d+) \\|"), coverage);

    assertThat(
            page()
                .lines()
                .filter(line -> ROW.matcher(line).find())
                .filter(line -> line.matches("\\| X\\d+ \\|[^|]*\\| `.*"))
                .map(line -> all(ROW, line).getFirst()))
        .isSubsetOf(proved);
  }
}
