package io.cooper.policy.user;

import io.cooper.manifest.Place;
import io.cooper.policy.Finding;
import java.util.List;
import java.util.stream.Stream;

/// How one test of a rule ended.
///
/// @param rule id
/// @param title of the test
/// @param place where the test stands
/// @param failure what was found instead; empty if it passed
public record RuleTest(String rule, String title, Place place, java.util.Optional<String> failure) {
  /// Runs the tests of a rule.
  public static Stream<RuleTest> of(UserRule rule) {
    return rule.examples().stream().map(example -> run(rule, example));
  }

  /// Whether it found what it should.
  public boolean passed() {
    return failure.isEmpty();
  }

  private static RuleTest run(UserRule rule, UserRule.Example example) {
    var found = rule.check(Universe.of(example.objects())).map(Finding::message).toList();
    return new RuleTest(
        rule.about().id(),
        example.title(),
        example.place(),
        isExpected(found, example.finds())
            ? java.util.Optional.empty()
            : java.util.Optional.of(
                "expected %s, found %s".formatted(words(example.finds()), words(found))));
  }

  private static boolean isExpected(List<String> found, List<String> expected) {
    // `finds: true` asks for something, whatever it says and how often.
    if (expected.equals(List.of(""))) {
      return !found.isEmpty();
    }
    return found.size() == expected.size()
        && expected.stream().allMatch(text -> found.stream().anyMatch(it -> it.contains(text)));
  }

  private static String words(List<String> findings) {
    if (findings.isEmpty()) {
      return "nothing";
    }
    return findings.equals(List.of("")) ? "a finding" : String.join("; ", findings);
  }
}
