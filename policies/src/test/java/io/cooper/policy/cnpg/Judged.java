package io.cooper.policy.cnpg;

import io.cooper.flux.TestTree;
import io.cooper.flux.source.Artifact;
import io.cooper.flux.source.SourceTree;
import io.cooper.policy.Checker;
import io.cooper.policy.Policy;
import io.cooper.policy.Repository;
import io.cooper.policy.Verdict;
import io.cooper.schemas.ReleasesInUse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Runs one policy over trees as the program does.
final class Judged {
  private Judged() {}

  static List<Verdict> by(Policy policy, TestTree... trees) {
    return by(policy, ReleasesInUse.NONE, trees);
  }

  static List<Verdict> by(Policy policy, ReleasesInUse releases, TestTree... trees) {
    var rendered = Arrays.stream(trees).map(TestTree::tree).toList();
    return by(
        policy, new Repository(SourceTree.of(rendered.getFirst().artifact()), rendered, releases));
  }

  static List<Verdict> by(Policy policy, Artifact artifact) {
    return by(policy, new Repository(artifact, List.of()));
  }

  static List<Verdict> by(Policy policy, Repository repository) {
    return new Checker(List.of(policy), (_, severity) -> Optional.of(severity)).check(repository);
  }

  /// `severity file:line message`.
  static String line(Verdict verdict) {
    var place = verdict.finding().place();
    return "%s %s:%d %s"
        .formatted(
            verdict.severity().word(), place.file(), place.line(), verdict.finding().message());
  }
}
