package io.cooper.policy.monitoring;

import io.cooper.flux.TestTree;
import io.cooper.flux.source.SourceTree;
import io.cooper.policy.Checker;
import io.cooper.policy.Policy;
import io.cooper.policy.Repository;
import io.cooper.policy.Verdict;
import io.cooper.schemas.ReleasesInUse;
import java.util.List;
import java.util.Optional;

/// Runs one policy over a tree as the program does.
final class Judged {
  private Judged() {}

  static List<Verdict> by(Policy policy, TestTree tree, ReleasesInUse releases) {
    var rendered = tree.tree();
    return new Checker(List.of(policy), (_, severity) -> Optional.of(severity))
        .check(new Repository(SourceTree.of(rendered.artifact()), List.of(rendered), releases));
  }

  static List<Verdict> by(Policy policy, TestTree tree) {
    return by(policy, tree, ReleasesInUse.NONE);
  }

  /// `severity file:line message`.
  static String line(Verdict verdict) {
    var place = verdict.finding().place();
    return "%s %s:%d:%d %s"
        .formatted(
            verdict.severity().word(),
            place.file(),
            place.line(),
            place.column(),
            verdict.finding().message());
  }
}
