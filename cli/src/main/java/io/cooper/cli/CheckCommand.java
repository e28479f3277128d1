package io.cooper.cli;

import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import io.cooper.policy.report.CheckReport;
import io.cooper.policy.report.Comparison;
import io.cooper.schemas.CheckedRelease;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cooper check`
@Command(
    name = "check",
    description = "Judges a Flux repository as Flux will see it. Needs no cluster and no network.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:nothing found at or above --fail-on; with --against, nothing introduced",
      "1:findings",
      "2:wrong use, or input that cannot be read",
      "3:kustomize or git is missing or failed"
    })
final class CheckCommand implements Callable<Integer> {
  enum FailOn {
    error,
    warning,
    never
  }

  @Mixin private RepositoryOptions repository = new RepositoryOptions();

  @Option(
      names = "--against",
      paramLabel = "REV",
      description =
          "Judge the change since REV and this state last met (their merge base), as a pull request does: only what it introduces counts.")
  private @Nullable String against;

  @Mixin private ReportOptions reports = new ReportOptions();

  @Option(
      names = "--fail-on",
      paramLabel = "SEVERITY",
      defaultValue = "error",
      description = "What makes the exit status 1: ${COMPLETION-CANDIDATES}.")
  private FailOn failOn = FailOn.error;

  @Mixin private RuleChoice rules = new RuleChoice();

  enum UseHelm {
    auto,
    off
  }

  @Option(
      names = "--helm",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description =
          "Whether charts of the repository are rendered and judged: auto, if there is a helm, or off.")
  private UseHelm helm = UseHelm.auto;

  private final Terminal terminal;

  CheckCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    long begun = System.nanoTime();
    try (var examination =
        Examination.of(repository, RenderOptions.Mode.CHECK, terminal)
            .withCharts(helm == UseHelm.auto)) {
      if (examination.entries().isEmpty() && examination.chartClusters().isEmpty()) {
        terminal
            .err()
            .printf(
                "cooper: %s: no Flux objects and no kustomizations; files are judged, nothing is rendered%n",
                examination.source().root());
      }
      // The base first: of it only the findings stay in memory.
      var base = Optional.ofNullable(against).map(revision -> base(examination, revision));
      var judgement = Judgement.of(examination, rules);
      new ChartNotice(judgement.trees()).text().ifPresent(terminal.err()::println);
      var report =
          new CheckReport(
              Version.CURRENT,
              judgement.revision(),
              Duration.ofNanos(System.nanoTime() - begun).toMillis(),
              examination.tools(judgement.trees()),
              judgement.rows(),
              judgement.verdicts(),
              judgement.accepted(),
              judgement.graphs(),
              base.map(before -> before.comparedWith(judgement)),
              judgement.releases());
      judgement.releases().forEach(this::tellStandIn);
      reports.print(report, examination, terminal);
      return fails(report) ? 1 : 0;
    }
  }

  /// A release that only the command line names has no place in a file, so no finding tells of it.
  private void tellStandIn(CheckedRelease checked) {
    checked
        .asked()
        .filter(_ -> checked.isStandIn())
        .filter(asked -> asked.place().isEmpty())
        .ifPresent(asked ->
            terminal
                .err()
                .printf(
                    "cooper: %s (%s) is not in the catalogue; checked against %s%n",
                    asked.release(), asked.source(), checked.release().version()));
  }

  /// What a comparison needs of a base.
  private record Base(String revision, List<Verdict> verdicts, Set<String> changedFiles) {
    Comparison comparedWith(Judgement judgement) {
      return Comparison.of(
          revision, verdicts, judgement.verdicts(), judgement.accepted(), changedFiles);
    }
  }

  private Base base(Examination examination, String revision) {
    try (var base = examination.base(revision, repository, RenderOptions.Mode.CHECK)) {
      var judgement = Judgement.of(base, rules);
      return new Base(
          judgement.revision(),
          judgement.verdicts(),
          examination.source().changedSince(base.source()));
    }
  }

  private boolean fails(CheckReport report) {
    var least =
        switch (failOn) {
          case error -> Severity.ERROR;
          case warning -> Severity.WARNING;
          case never -> null;
        };
    return least != null
        && report.introduced().stream()
            .anyMatch(verdict -> verdict.severity().compareTo(least) >= 0);
  }
}
