package io.cooper.cli;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.impact.ClusterChange;
import io.cooper.policy.report.ImpactJson;
import io.cooper.policy.report.ImpactMarkdown;
import io.cooper.policy.report.ImpactReport;
import io.cooper.policy.report.ImpactText;
import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cooper diff`
@Command(
    name = "diff",
    description = {
      "Says what a change does to the clusters: objects, restarts, data that would be lost.",
      "Compares what Flux would apply now with what it would apply at the merge base of REV and"
          + " HEAD."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "  cooper diff --against origin/main",
      "  cooper diff --against HEAD            what is not committed yet",
      "  cooper diff --against HEAD^1          in a checkout of a merge commit",
      "  cooper diff --delete flux-system/apps before flux delete kustomization apps"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:compared, whatever the difference",
      "2:wrong use, or input that cannot be read",
      "3:kustomize or git is missing or failed"
    })
final class DiffCommand implements Callable<Integer> {
  enum Form {
    text,
    json,
    markdown
  }

  private static final RenderOptions.Mode MODE = RenderOptions.Mode.CHECK;

  @Mixin private RepositoryOptions repository = new RepositoryOptions();

  @ArgGroup(multiplicity = "1")
  private Question question = new Question();

  /// What is asked.
  static final class Question {
    @Option(
        names = "--against",
        paramLabel = "REV",
        required = true,
        description =
            "Compare with the commit where the histories of REV and of this state met last.")
    private @Nullable String against;

    @Option(
        names = "--delete",
        paramLabel = "NAMESPACE/NAME",
        required = true,
        description =
            "Say what deleting this Kustomization would take along, and what flux create would not"
                + " bring back.")
    private @Nullable String delete;
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "How to report: ${COMPLETION-CANDIDATES}.")
  private Form format = Form.text;

  @Option(
      names = "--helm",
      description = "Compare what charts of the repository install, too. Needs helm.")
  private boolean helm;

  private final Terminal terminal;

  DiffCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (var head = Examination.of(repository, MODE, terminal).withCharts(helm)) {
      var report =
          question.delete != null
              ? deletion(head, question.delete)
              : comparison(head, String.valueOf(question.against));
      print(report);
      return 0;
    }
  }

  private ImpactReport comparison(Examination head, String against) {
    try (var base = head.base(against, repository, MODE)) {
      var trees = head.treesSince(base);
      return new ImpactReport(
          Version.CURRENT,
          base.source().origin().toString(),
          head.source().origin().toString(),
          head.source().changedSince(base.source()).size(),
          changes(trees.before(), trees.after()));
    }
  }

  private static ImpactReport deletion(Examination head, String name) {
    int slash = name.indexOf('/');
    var id =
        slash < 0
            ? new NamespacedName("flux-system", name)
            : new NamespacedName(name.substring(0, slash), name.substring(slash + 1));
    var trees = head.trees();
    var changes =
        trees.stream()
            .flatMap(tree -> ClusterChange.withoutKustomization(tree, id).stream())
            .toList();
    if (changes.isEmpty()) {
      var known =
          trees.stream()
              .flatMap(tree -> tree.kustomizations().stream())
              .map(each -> each.id().toString())
              .toList();
      throw new Problem(
              Code.BAD_USE,
              "--delete " + id,
              "there is no such Kustomization" + Nearest.hint(id.toString(), known),
              "see cooper graph")
          .asException();
    }
    var state = head.source().origin().toString();
    return new ImpactReport(Version.CURRENT, state, "without " + id, 0, changes);
  }

  private void print(ImpactReport report) {
    var out = terminal.out();
    switch (format) {
      case text -> new ImpactText(terminal.coloured(), terminal.width()).print(report, out);
      case json -> new ImpactJson().print(report, out);
      case markdown -> new ImpactMarkdown("diff").print(report, out);
    }
  }

  /// A cluster that one of the two states does not have is empty there.
  private static List<ClusterChange> changes(List<RenderedTree> before, List<RenderedTree> after) {
    var entries = new LinkedHashSet<String>();
    after.forEach(tree -> entries.add(tree.entry()));
    before.forEach(tree -> entries.add(tree.entry()));
    var changes = new ArrayList<ClusterChange>();
    for (var entry : entries) {
      changes.add(ClusterChange.between(find(before, after, entry), find(after, before, entry)));
    }
    return changes;
  }

  private static RenderedTree find(
      List<RenderedTree> trees, List<RenderedTree> others, String entry) {
    return trees.stream()
        .filter(tree -> tree.entry().equals(entry))
        .findFirst()
        .orElseGet(() ->
            others.stream()
                .filter(tree -> tree.entry().equals(entry))
                .findFirst()
                .map(tree -> new RenderedTree(entry, tree.artifact(), List.of()))
                .orElseThrow());
  }
}
