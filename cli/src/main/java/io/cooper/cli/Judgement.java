package io.cooper.cli;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Edge;
import io.cooper.flux.render.RenderedTree;
import io.cooper.policy.Accepted;
import io.cooper.policy.Checker;
import io.cooper.policy.Repository;
import io.cooper.policy.Verdict;
import io.cooper.policy.report.CheckReport;
import io.cooper.policy.settings.Suppressions;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.CheckedRelease;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// One state of a repository, judged under the settings of that state.
///
/// @param revision as reports name it
/// @param verdicts sorted by place; accepted findings are not among them
/// @param accepted those
/// @param graphs one for each cluster
/// @param releases that kinds were judged by
record Judgement(
    String revision,
    List<Verdict> verdicts,
    List<Accepted> accepted,
    List<DependencyGraph> graphs,
    List<CheckedRelease> releases) {

  /// Renders and judges. Whoever names a folder that is no entry hears about that folder only.
  static Judgement of(Examination examination, RuleChoice rules) {
    var settings = examination.settings();
    var policies = rules.policies(settings);
    var repository = examination.repository();
    var found = new Checker(policies, settings::severityOf).check(repository);
    repository.clean().save();
    var suppressions =
        new Suppressions(
            settings.skips(), file -> text(repository, file), LocalDate.now(ZoneOffset.UTC));
    var verdicts =
        suppressions
            .apply(
                found,
                filesRead(repository),
                rule -> rules.includes(settings, rule) && examination.canAsk(rule))
            .stream()
            .flatMap(verdict ->
                settings.severityOf(verdict.about().id(), verdict.severity()).stream()
                    .map(severity -> new Verdict(verdict.about(), severity, verdict.finding())))
            .filter(scope(examination, repository))
            .sorted(Checker.ORDER)
            .toList();
    return new Judgement(
        examination.source().origin().toString(),
        verdicts,
        suppressions.accepted(),
        repository.graphs(),
        BuiltInCatalogue.of(repository.releases()).releases().toList());
  }

  /// What was judged, one for each cluster.
  List<RenderedTree> trees() {
    return graphs.stream().map(DependencyGraph::tree).toList();
  }

  /// The YAML files whose comments count: those that went into a render.
  private static Set<String> filesRead(Repository repository) {
    var files = new TreeSet<String>();
    for (var tree : repository.trees()) {
      for (var owner : tree.kustomizations()) {
        files.addAll(owner.filesRead());
      }
      tree.releases().stream()
          .flatMap(release -> release.filesRead().stream())
          .filter(file -> file.endsWith(".yaml") || file.endsWith(".yml"))
          .forEach(files::add);
    }
    return files;
  }

  private static Optional<String> text(Repository repository, String file) {
    return repository.source().read(file).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private static Predicate<Verdict> scope(Examination examination, Repository repository) {
    var start = examination.source().start();
    if (start.isEmpty()
        || examination.entries().stream().anyMatch(entry -> isBelow(start, entry.folder()))) {
      return _ -> true;
    }
    var owners = new TreeSet<NamespacedName>();
    for (var tree : repository.trees()) {
      for (var each : tree.kustomizations()) {
        if (isBelow(start, each.kustomization().path())) {
          owners.add(each.id());
        }
      }
    }
    return verdict ->
        verdict.finding().place().file().startsWith(start + "/")
            || verdict.finding().kustomization().filter(owners::contains).isPresent();
  }

  private static boolean isBelow(String folder, String path) {
    return (path + "/").startsWith(folder + "/");
  }

  /// The Kustomizations as reports list them.
  List<CheckReport.Row> rows() {
    var rows = new ArrayList<CheckReport.Row>();
    for (var graph : graphs) {
      for (var node : graph.nodes()) {
        rows.add(
            new CheckReport.Row(
                node.id(),
                node.kustomization().path(),
                node.wave(),
                node.rendered().objects().size(),
                graph.edges().stream()
                    .filter(
                        edge -> edge.kind() == Edge.Kind.DECLARED && edge.from().equals(node.id()))
                    .map(Edge::to)
                    .toList()));
      }
    }
    return rows;
  }
}
