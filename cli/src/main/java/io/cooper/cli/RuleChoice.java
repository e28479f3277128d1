package io.cooper.cli;

import io.cooper.policy.About;
import io.cooper.policy.Policy;
import io.cooper.policy.catalog.BuiltInPolicies;
import io.cooper.policy.settings.Settings;
import io.cooper.policy.user.UserRule;
import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/// Which rules judge.
final class RuleChoice {
  @Option(
      names = "--only",
      paramLabel = "RULE",
      split = ",",
      description = "Only these rules, or families such as cnpg/*.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--skip",
      paramLabel = "RULE",
      split = ",",
      description = "Not these rules, or families.")
  private List<String> skip = new ArrayList<>();

  /// Only these rules or families; all where none is named.
  static RuleChoice only(List<String> rules) {
    var choice = new RuleChoice();
    choice.only.addAll(rules);
    return choice;
  }

  /// The policies that run under some settings: those that are off by default run where the
  /// settings or the call name them.
  ///
  /// @throws io.cooper.problem.ProblemException if a rule is unknown, or none is left
  List<Policy> policies(Settings settings) {
    var known = rules(settings);
    Stream.concat(only.stream(), skip.stream()).forEach(pattern -> demandKnown(pattern, known));
    var asked =
        BuiltInPolicies.optional().stream()
            .filter(policy ->
                only.contains(policy.about().id())
                    || settings.severities().containsKey(policy.about().id()));
    var chosen =
        Stream.concat(
                Stream.concat(BuiltInPolicies.all().stream(), asked), settings.rules().stream())
            .filter(policy -> isChosen(policy.about()))
            .toList();
    if (chosen.isEmpty()) {
      throw new Problem(
              Code.BAD_USE, "--only, --skip", "no rule is left to check", "leave at least one rule")
          .asException();
    }
    return chosen;
  }

  /// What all rules say of themselves, the user's own included.
  static List<About> rules(Settings settings) {
    return Stream.concat(
            BuiltInPolicies.rules().stream(), settings.rules().stream().map(UserRule::about))
        .toList();
  }

  /// Whether any rule runs that a pattern names.
  boolean includes(Settings settings, String pattern) {
    return rules(settings).stream().anyMatch(about -> about.isMeantBy(pattern) && isChosen(about));
  }

  private boolean isChosen(About about) {
    return (only.isEmpty() || only.stream().anyMatch(about::isMeantBy))
        && skip.stream().noneMatch(about::isMeantBy);
  }

  private static void demandKnown(String pattern, List<About> known) {
    if (known.stream().noneMatch(about -> about.isMeantBy(pattern))) {
      var ids = known.stream().map(About::id).toList();
      throw new Problem(
              Code.BAD_USE,
              pattern,
              "there is no such rule" + Nearest.hint(pattern, ids),
              "see cooper policies list")
          .asException();
    }
  }
}
