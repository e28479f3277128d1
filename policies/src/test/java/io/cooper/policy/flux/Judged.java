package io.cooper.policy.flux;

import io.cooper.flux.TestTree;
import io.cooper.flux.render.RenderedTree;
import io.cooper.policy.Checker;
import io.cooper.policy.Policy;
import io.cooper.policy.Repository;
import io.cooper.policy.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Runs one policy over trees as the program does.
final class Judged {
  private Judged() {}

  static List<Verdict> by(Policy policy, TestTree... trees) {
    return by(policy, Arrays.stream(trees).map(TestTree::tree).toList());
  }

  static List<Verdict> by(Policy policy, List<RenderedTree> trees) {
    return new Checker(List.of(policy), (_, severity) -> Optional.of(severity))
        .check(new Repository(trees.getFirst().artifact(), trees));
  }

  /// `severity file:line message`.
  static String line(Verdict verdict) {
    var place = verdict.finding().place();
    return "%s %s:%d %s"
        .formatted(
            verdict.severity().word(), place.file(), place.line(), verdict.finding().message());
  }
}
