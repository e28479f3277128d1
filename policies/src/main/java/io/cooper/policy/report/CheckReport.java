package io.cooper.policy.report;

import io.cooper.flux.api.NamespacedName;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.util.List;

/// Everything that one run of `cooper check` has to say.
///
/// @param version of the program
/// @param revision `main@sha1:…`, or `worktree`
/// @param elapsedMillis from start to judgement, wall clock
/// @param tools what was run to get here, such as `kustomize v5.8.1`
/// @param kustomizations in the order in which they were reached
/// @param verdicts sorted by place
public record CheckReport(
    String version,
    String revision,
    long elapsedMillis,
    List<String> tools,
    List<Row> kustomizations,
    List<Verdict> verdicts) {

  /// One Flux Kustomization.
  ///
  /// @param id namespace and name
  /// @param path `spec.path`, relative to the root
  /// @param wave 0 depends on nothing; every other is one more than the latest it depends on
  /// @param objects how many it renders
  /// @param dependsOn names as resolved
  public record Row(
      NamespacedName id, String path, int wave, int objects, List<NamespacedName> dependsOn) {
    public Row {
      dependsOn = List.copyOf(dependsOn);
    }
  }

  public CheckReport {
    tools = List.copyOf(tools);
    kustomizations = List.copyOf(kustomizations);
    verdicts = List.copyOf(verdicts);
  }

  /// How many verdicts have this severity.
  public int count(Severity severity) {
    return (int) verdicts.stream().filter(verdict -> verdict.severity() == severity).count();
  }

  /// How many objects all Kustomizations render together.
  public int objects() {
    return kustomizations.stream().mapToInt(Row::objects).sum();
  }
}
