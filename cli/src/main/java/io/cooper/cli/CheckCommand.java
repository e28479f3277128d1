package io.cooper.cli;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.Edge;
import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.policy.About;
import io.cooper.policy.Checker;
import io.cooper.policy.Policy;
import io.cooper.policy.Repository;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import io.cooper.policy.catalog.BuiltInPolicies;
import io.cooper.policy.report.CheckReport;
import io.cooper.policy.report.JsonReport;
import io.cooper.policy.report.JunitReport;
import io.cooper.policy.report.TextReport;
import io.cooper.policy.settings.Settings;
import io.cooper.policy.settings.Suppressions;
import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
      "0:nothing found at or above --fail-on",
      "1:findings",
      "2:wrong use, or input that cannot be read",
      "3:kustomize or git is missing or failed"
    })
final class CheckCommand implements Callable<Integer> {
  enum Format {
    text,
    json,
    junit
  }

  enum FailOn {
    error,
    warning,
    never
  }

  @Mixin private RepositoryOptions repository = new RepositoryOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "How to report: ${COMPLETION-CANDIDATES}.")
  private Format format = Format.text;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where to report; standard output if left out.")
  private @Nullable Path output;

  @Option(
      names = "--fail-on",
      paramLabel = "SEVERITY",
      defaultValue = "error",
      description = "What makes the exit status 1: ${COMPLETION-CANDIDATES}.")
  private FailOn failOn = FailOn.error;

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

  private final Terminal terminal;

  CheckCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    long begun = System.nanoTime();
    try (var examination = Examination.of(repository, RenderOptions.Mode.CHECK, terminal)) {
      var policies = chosen(examination.settings());
      if (examination.entries().isEmpty()) {
        terminal
            .err()
            .printf(
                "cooper: %s: no Flux objects and no kustomizations; files are judged, nothing is rendered%n",
                examination.source().root());
      }
      var judged = examination.repository();
      var verdicts = below(examination, judged, verdicts(examination, judged, policies));
      var millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
      var report =
          new CheckReport(
              Version.CURRENT,
              examination.source().origin().toString(),
              millis,
              examination.entries().isEmpty() ? List.of() : List.of(examination.tool()),
              rows(judged),
              verdicts);
      print(report);
      return fails(report) ? 1 : 0;
    }
  }

  private List<Policy> chosen(Settings settings) {
    var ids = BuiltInPolicies.rules().stream().map(About::id).toList();
    for (var pattern : concat(only, skip)) {
      if (ids.stream().noneMatch(id -> covers(pattern, id))) {
        throw new Problem(
                Code.BAD_USE,
                pattern,
                "there is no such rule" + Nearest.hint(pattern, ids),
                "see cooper policies list")
            .asException();
      }
    }
    var asked =
        BuiltInPolicies.optional().stream()
            .filter(policy ->
                only.contains(policy.about().id())
                    || settings.severities().containsKey(policy.about().id()));
    var chosen =
        Stream.concat(BuiltInPolicies.all().stream(), asked)
            .filter(policy -> isChosen(policy.about().id()))
            .toList();
    if (chosen.isEmpty()) {
      throw new Problem(
              Code.BAD_USE, "--only, --skip", "no rule is left to check", "leave at least one rule")
          .asException();
    }
    return chosen;
  }

  private boolean isChosen(String rule) {
    return (only.isEmpty() || only.stream().anyMatch(pattern -> covers(pattern, rule)))
        && skip.stream().noneMatch(pattern -> covers(pattern, rule));
  }

  private static boolean covers(String pattern, String rule) {
    return pattern.equals(rule)
        || (pattern.endsWith("/*") && rule.startsWith(pattern.substring(0, pattern.length() - 1)));
  }

  private List<Verdict> verdicts(
      Examination examination, Repository judged, List<Policy> policies) {
    var settings = examination.settings();
    var verdicts = new Checker(policies, settings::severityOf).check(judged);
    var suppressions =
        new Suppressions(
            settings.skips(), file -> text(judged, file), LocalDate.now(java.time.ZoneOffset.UTC));
    var accepted =
        suppressions.apply(
            verdicts,
            files(judged),
            rule ->
                BuiltInPolicies.rules().stream()
                    .map(About::id)
                    .anyMatch(id -> covers(rule, id) && isChosen(id)));
    return accepted.stream()
        .flatMap(verdict ->
            settings.severityOf(verdict.about().id(), verdict.severity()).stream()
                .map(severity -> new Verdict(verdict.about(), severity, verdict.finding())))
        .sorted(Checker.ORDER)
        .toList();
  }

  /// The YAML files whose comments count: those that went into a render.
  private static Set<String> files(Repository judged) {
    var files = new TreeSet<String>();
    for (var tree : judged.trees()) {
      for (var owner : tree.kustomizations()) {
        files.addAll(owner.filesRead());
      }
    }
    return files;
  }

  private static Optional<String> text(Repository judged, String file) {
    var artifact = judged.artifact();
    return (artifact.contains(file)
            ? Optional.of(artifact.read(file))
            : judged.source().readFromDisk(file))
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /// Whoever names a folder that is no entry wants to hear about that folder.
  private static List<Verdict> below(
      Examination examination, Repository judged, List<Verdict> verdicts) {
    var start = examination.source().start();
    if (start.isEmpty()
        || examination.entries().stream()
            .anyMatch(entry -> (entry.folder() + "/").startsWith(start + "/"))) {
      return verdicts;
    }
    var owners = new TreeSet<NamespacedName>();
    for (var tree : judged.trees()) {
      for (var each : tree.kustomizations()) {
        if ((each.kustomization().path() + "/").startsWith(start + "/")) {
          owners.add(each.id());
        }
      }
    }
    return verdicts.stream()
        .filter(verdict ->
            verdict.finding().place().file().startsWith(start + "/")
                || verdict.finding().kustomization().filter(owners::contains).isPresent())
        .toList();
  }

  private static List<CheckReport.Row> rows(Repository judged) {
    var rows = new ArrayList<CheckReport.Row>();
    for (var graph : judged.graphs()) {
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

  private void print(CheckReport report) {
    if (output == null) {
      print(report, terminal.out(), terminal.coloured(), terminal.width());
      return;
    }
    try (var out = new PrintWriter(Files.newBufferedWriter(output))) {
      print(report, out, false, TextReport.DEFAULT_WIDTH);
    } catch (IOException e) {
      throw new Problem(
              Code.BAD_USE,
              output.toString(),
              "cannot be written: " + e,
              "name a file that can be written")
          .asException();
    }
  }

  private void print(CheckReport report, PrintWriter out, boolean coloured, int width) {
    switch (format) {
      case text -> new TextReport(coloured, width).print(report, out);
      case json -> new JsonReport().print(report, out);
      case junit -> new JunitReport().print(report, out);
    }
  }

  private boolean fails(CheckReport report) {
    return switch (failOn) {
      case error -> report.count(Severity.ERROR) > 0;
      case warning -> report.count(Severity.ERROR) + report.count(Severity.WARNING) > 0;
      case never -> false;
    };
  }

  private static List<String> concat(List<String> some, List<String> more) {
    var all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }
}
