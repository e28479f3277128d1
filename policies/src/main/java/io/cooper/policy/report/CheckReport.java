package io.cooper.policy.report;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.policy.Accepted;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import io.cooper.schemas.CheckedRelease;
import java.util.List;
import java.util.Optional;

/// Everything that one run of `cooper check` has to say.
///
/// @param version of the program
/// @param revision `main@sha1:…`, or `worktree`
/// @param elapsedMillis from start to judgement, wall clock
/// @param tools what was run to get here, such as `kustomize v5.8.1`
/// @param kustomizations in the order in which they were reached
/// @param verdicts sorted by place
/// @param accepted what would be among the verdicts if nobody had accepted it
/// @param graphs one for each cluster, for the forms that draw
/// @param comparison with the state before a change, where one was asked for
/// @param releases that kinds were judged by, in the order of products; none where nobody asked
public record CheckReport(
    String version,
    String revision,
    long elapsedMillis,
    List<String> tools,
    List<Row> kustomizations,
    List<Verdict> verdicts,
    List<Accepted> accepted,
    List<DependencyGraph> graphs,
    Optional<Comparison> comparison,
    List<CheckedRelease> releases) {

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
    accepted = List.copyOf(accepted);
    graphs = List.copyOf(graphs);
    releases = List.copyOf(releases);
  }

  /// A report without releases.
  public CheckReport(
      String version,
      String revision,
      long elapsedMillis,
      List<String> tools,
      List<Row> kustomizations,
      List<Verdict> verdicts,
      List<Accepted> accepted,
      List<DependencyGraph> graphs,
      Optional<Comparison> comparison) {
    this(
        version,
        revision,
        elapsedMillis,
        tools,
        kustomizations,
        verdicts,
        accepted,
        graphs,
        comparison,
        List.of());
  }

  /// A report of a check that compared nothing and where nothing was accepted.
  public CheckReport(
      String version,
      String revision,
      long elapsedMillis,
      List<String> tools,
      List<Row> kustomizations,
      List<Verdict> verdicts) {
    this(
        version,
        revision,
        elapsedMillis,
        tools,
        kustomizations,
        verdicts,
        List.of(),
        List.of(),
        Optional.empty());
  }

  /// How many verdicts have this severity, whether the change brought them or not.
  public int count(Severity severity) {
    return count(verdicts, severity);
  }

  /// How many verdicts of a list have this severity.
  static int count(List<Verdict> verdicts, Severity severity) {
    return (int) verdicts.stream().filter(verdict -> verdict.severity() == severity).count();
  }

  /// What is to be answered for: what the change brought, or everything where nothing is compared.
  public List<Verdict> introduced() {
    return verdicts.stream().filter(this::isIntroduced).toList();
  }

  /// Whether a verdict is to be answered for.
  public boolean isIntroduced(Verdict verdict) {
    return comparison.isEmpty() || !comparison.get().existing().contains(verdict);
  }

  /// How many objects all Kustomizations render together, and the charts that helm rendered.
  public int objects() {
    return kustomizations.stream().mapToInt(Row::objects).sum()
        + graphs.stream()
            .flatMap(graph -> graph.tree().releases().stream())
            .mapToInt(release -> release.objects().size())
            .sum();
  }
}
