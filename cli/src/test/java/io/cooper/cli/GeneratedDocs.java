package io.cooper.cli;

import io.cooper.policy.About;
import io.cooper.policy.catalog.BuiltInPolicies;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The pages of the documentation that code knows better than people: the rules, and which test
/// proves which row of the requirements.
final class GeneratedDocs {
  private static final Pattern TAG = Pattern.compile("@Tag\\(\"([SX]\\d+)\"\\)");
  private static final Pattern TYPE = Pattern.compile("^(?:public |final |abstract )*class (\\w+)");
  private static final Pattern TEST = Pattern.compile("^\\s+(?:public )?void (\\w+)\\(");
  private static final Comparator<String> BY_ROW =
      Comparator.comparing((String row) -> row.charAt(0))
          .thenComparing(row -> Integer.valueOf(row.substring(1)));

  private GeneratedDocs() {}

  /// `docs/rules.md`, printed from what every policy says of itself.
  static String rules() {
    var page = new StringBuilder("# Rules\n\n");
    page.append(
        "Made by the build from the policies themselves; `cooper explain RULE` prints the same text.\n\n");
    page.append("| Rule | Severity | Demand |\n|---|---|---|\n");
    for (var about : BuiltInPolicies.rules()) {
      page.append(
          "| [`%s`](#%s) | %s | %s |\n"
              .formatted(about.id(), anchor(about), about.severity().word(), about.demand()));
    }
    for (var about : BuiltInPolicies.rules()) {
      page.append("\n## %s\n\n".formatted(about.id()));
      page.append("*%s.* %s\n\n".formatted(about.severity().word(), about.demand()));
      page.append(about.reason().strip()).append("\n\n");
      page.append("**What to do:** ").append(about.remedy()).append("\n");
    }
    return page.toString();
  }

  private static String anchor(About about) {
    return about.id().replace("/", "");
  }

  /// `docs/coverage.md`, gathered from `@Tag("S1")` on tests and `rows:` of fixtures.
  static String coverage(Path project) {
    Map<String, SortedSet<String>> proofs = new TreeMap<>(BY_ROW);
    try (var files = Files.walk(project)) {
      files
          .filter(file ->
              file.toString().endsWith("Test.java") && file.toString().contains("src/test/java"))
          .forEach(file -> collect(file, proofs));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (var fixture : RepositoryFixture.all()) {
      fixture.rows().forEach(row -> add(proofs, row, "fixture `%s`".formatted(fixture.name())));
    }
    var page = new StringBuilder("# Which test proves which requirement\n\n");
    page.append("Made by the build from `@Tag` annotations on tests and `rows:` in fixtures.\n\n");
    page.append("| Row | Proved by |\n|---|---|\n");
    proofs.forEach((row, tests) ->
        page.append(
            "| %s | %s |\n".formatted(row, tests.stream().collect(Collectors.joining("<br>")))));
    return page.toString();
  }

  private static void collect(Path file, Map<String, SortedSet<String>> proofs) {
    try {
      var type = "";
      var pending = new TreeSet<String>();
      var ofType = new TreeSet<String>();
      for (var line : Files.readAllLines(file)) {
        TAG.matcher(line).results().forEach(match -> pending.add(match.group(1)));
        var declared = TYPE.matcher(line);
        var test = TEST.matcher(line);
        if (declared.find() && type.isEmpty()) {
          type = declared.group(1);
          ofType.addAll(pending);
          pending.clear();
          for (var row : ofType) {
            add(proofs, row, "`%s`".formatted(type));
          }
        } else if (test.find()) {
          for (var row : pending) {
            add(proofs, row, "`%s.%s`".formatted(type, test.group(1)));
          }
          pending.clear();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(Map<String, SortedSet<String>> proofs, String row, String proof) {
    proofs.computeIfAbsent(row, _ -> new TreeSet<>()).add(proof);
  }
}
