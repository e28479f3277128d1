package io.cooper.cli;

import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.flux.source.SourceTree;
import io.cooper.policy.ByHand;
import io.cooper.policy.Finding;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import io.cooper.policy.repair.Draft;
import io.cooper.policy.repair.Replacement;
import io.cooper.policy.repair.UnifiedDiff;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cooper fix`
@Command(
    name = "fix",
    description = {
      "Repairs what can be repaired safely, and says of the rest why not.",
      "Comments, order, quoting and indentation stay; repairing twice changes nothing."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "  cooper fix --dry-run",
      "  cooper fix --rule cnpg/schedule-five-fields",
      "",
      "Only the working tree is changed, and only files that check would read. git diff shows what"
          + " was done."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:no error is left",
      "1:errors are left; with --dry-run, there are errors",
      "2:wrong use, or input that cannot be read",
      "3:kustomize or git is missing or failed"
    })
final class FixCommand implements Callable<Integer> {
  /// A repair may make room for another one on the same line; nothing needs more rounds than lines
  /// of one object.
  private static final int ROUNDS = 20;

  @Mixin private RepositoryOptions repository = new RepositoryOptions();

  @Option(
      names = "--rule",
      paramLabel = "RULE",
      split = ",",
      description = "Only findings of these rules, or families such as cnpg/*.")
  private List<String> rules = new ArrayList<>();

  @Option(
      names = "--dry-run",
      description = "Change nothing; show what would change as a unified diff.")
  private boolean dryRun;

  private final Terminal terminal;
  private final List<Verdict> made = new ArrayList<>();
  private final Set<String> changed = new TreeSet<>();
  private Set<String> uncommitted = Set.of();
  private Set<String> tracked = Set.of();

  FixCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (repository.revision().isPresent()) {
      throw new Problem(
              Code.BAD_USE,
              "--rev",
              "a commit cannot be changed",
              "check it out, and repair the working tree")
          .asException();
    }
    var left = dryRun ? round(1) : rounds();
    report(left);
    return left.stream().anyMatch(verdict -> verdict.severity() == Severity.ERROR) ? 1 : 0;
  }

  private List<Verdict> rounds() {
    var left = round(1);
    for (int i = 2; i <= ROUNDS && !made.isEmpty(); i++) {
      int before = made.size();
      left = round(i);
      if (made.size() == before) {
        return left;
      }
    }
    return left;
  }

  /// Judges, repairs what can be repaired at once, and gives what was found.
  private List<Verdict> round(int number) {
    try (var examination = Examination.of(repository, RenderOptions.Mode.CHECK, terminal)) {
      var source = examination.source();
      if (number == 1) {
        demandWorkingTree(source);
        uncommitted = Set.copyOf(source.uncommitted());
        tracked = Set.copyOf(source.tracked());
      }
      var verdicts = Judgement.of(examination, RuleChoice.only(rules)).verdicts();
      var draft = new Draft(source::read);
      for (var verdict : verdicts) {
        var fix = verdict.finding().fix();
        // A repair that did not help is not made again.
        if (fix.isPresent()
            && !made.contains(verdict)
            && draft.make(fix.get()) == Draft.Outcome.MADE) {
          made.add(verdict);
        }
      }
      var files = draft.files();
      if (dryRun) {
        files.forEach((file, change) ->
            terminal.out().print(UnifiedDiff.of(file, change.before(), change.after())));
      } else {
        new Replacement(source.root()).write(files);
      }
      changed.addAll(files.keySet());
      return verdicts;
    }
  }

  private static void demandWorkingTree(SourceTree source) {
    if (source.origin() instanceof SourceTree.Origin.Revision) {
      throw new Problem(
              Code.BAD_USE,
              source.root().toString(),
              "has no working tree that could be changed",
              "run cooper fix in a clone that is not bare")
          .asException();
    }
  }

  private void report(List<Verdict> left) {
    var out = dryRun ? terminal.err() : terminal.out();
    for (var verdict : made) {
      out.printf(
          "%s  %s  %s: %s%n",
          dryRun ? "would fix" : "fixed",
          verdict.finding().place(),
          verdict.about().id(),
          verdict.finding().fix().orElseThrow().summary());
    }
    var rest = left.stream().filter(verdict -> !dryRun || !made.contains(verdict)).toList();
    for (var verdict : rest) {
      out.printf(
          "left  %s  %s: %s%n      %s%n",
          verdict.finding().place(),
          verdict.about().id(),
          verdict.finding().message(),
          why(verdict).replace("\n", "\n      "));
    }
    out.printf(
        "%s %s in %s; %s left%n",
        count(made.size(), "repair"),
        dryRun ? "to make" : "made",
        count(changed.size(), "file"),
        count(rest.size(), "finding"));
    for (var file : changed) {
      out.printf("  %s%s%n", file, standing(file));
    }
    terminal.out().flush();
  }

  private String why(Verdict verdict) {
    Finding finding = verdict.finding();
    if (finding.fix().isPresent()) {
      return made.contains(verdict)
          ? "by hand: the repair was made and did not help. " + verdict.remedy()
          : "later: another repair changes the same line first";
    }
    var reason =
        finding
            .repair()
            .filter(ByHand.class::isInstance)
            .map(ByHand.class::cast)
            .map(byHand -> "by hand: %s. ".formatted(byHand.reason()))
            .orElse("by hand: ");
    return reason + verdict.remedy();
  }

  private String standing(String file) {
    if (!tracked.contains(file)) {
      return " – not in Git, so git diff does not show the change";
    }
    return uncommitted.contains(file) ? " – had other changes that are not committed" : "";
  }

  private static String count(int number, String what) {
    return "%d %s%s".formatted(number, what, number == 1 ? "" : "s");
  }
}
