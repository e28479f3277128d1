package io.cooper.policy.report.html;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.WriterOutput;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.GraphSvg;
import io.cooper.flux.graph.Node;
import io.cooper.manifest.Place;
import io.cooper.policy.Finding;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import io.cooper.policy.report.CheckReport;
import io.cooper.policy.report.Comparison;
import io.cooper.policy.report.Counts;
import io.cooper.policy.report.Links;
import io.cooper.policy.report.Report;
import io.cooper.policy.report.Visible;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A report as one page for a browser: graph, findings to filter, objects. The page is complete in
/// itself and asks the network for nothing; its Content-Security-Policy lets no other style or
/// script run than those that it was written with.
public final class HtmlReport implements Report {
  /// More boxes than this are no picture any more.
  private static final int MOST_IN_A_GRAPH = 300;

  private final Links links;

  /// @param links to the lines of files
  public HtmlReport(Links links) {
    this.links = links;
  }

  @Override
  public void print(CheckReport report, PrintWriter out) {
    TemplateEngine.createPrecompiled(ContentType.Html)
        .render("report.jte", page(report), new WriterOutput(out));
    out.flush();
  }

  private Page page(CheckReport report) {
    var style = resource("report.css") + GraphSvg.style();
    var script = resource("report.js");
    var policy =
        "default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'"
            .formatted(hash(style), hash(script));
    return new Page(
        headline(report),
        tone(report),
        facts(report),
        tiles(report),
        report.comparison().isPresent(),
        graphs(report),
        items(report),
        groups(report),
        rules(report),
        policy,
        style,
        script);
  }

  private static String headline(CheckReport report) {
    var introduced = report.introduced();
    if (report.comparison().isEmpty()) {
      return introduced.isEmpty() ? "Nothing found" : Counts.bySeverity(introduced);
    }
    return introduced.isEmpty()
        ? "This change introduces nothing"
        : "This change introduces " + Counts.bySeverity(introduced);
  }

  private static String tone(CheckReport report) {
    return report.introduced().stream()
        .map(Verdict::severity)
        .max(Severity::compareTo)
        .map(worst ->
            switch (worst) {
              case ERROR -> "bad";
              case WARNING -> "risky";
              case NOTICE -> "good";
            })
        .orElse("good");
  }

  private static List<String> facts(CheckReport report) {
    var facts = new ArrayList<String>();
    facts.add(report.revision());
    report.comparison().ifPresent(comparison -> facts.add("against " + comparison.base()));
    facts.add("Cooper " + report.version());
    facts.add("%.1f s".formatted(report.elapsedMillis() / 1000.0));
    return facts.stream().map(Visible::line).toList();
  }

  private static List<Page.Tile> tiles(CheckReport report) {
    var tiles = new ArrayList<Page.Tile>();
    var status = report.comparison().isPresent() ? "introduced" : "";
    for (var severity : List.of(Severity.ERROR, Severity.WARNING, Severity.NOTICE)) {
      var some =
          report.introduced().stream().filter(verdict -> verdict.severity() == severity).toList();
      var word = severity.word() + (some.size() == 1 ? "" : "s");
      tiles.add(new Page.Tile(severity.word(), status, some.size(), word));
    }
    report
        .comparison()
        .ifPresent(comparison -> {
          tiles.add(new Page.Tile("", "repaired", comparison.repaired().size(), "repaired"));
          tiles.add(new Page.Tile("", "existing", comparison.existing().size(), "there before"));
        });
    tiles.add(new Page.Tile("", "", report.kustomizations().size(), "Kustomizations"));
    tiles.add(new Page.Tile("", "", report.objects(), "objects"));
    return tiles;
  }

  private static List<Page.Graph> graphs(CheckReport report) {
    var graphs = new ArrayList<Page.Graph>();
    for (DependencyGraph graph : report.graphs()) {
      var title = Visible.line(graph.tree().entry().isEmpty() ? "/" : graph.tree().entry());
      graphs.add(
          new Page.Graph(
              title,
              graph.nodes().size() > MOST_IN_A_GRAPH
                  ? ""
                  : GraphSvg.element(graph, "g%d-".formatted(graphs.size()))));
    }
    return graphs;
  }

  private static List<Verdict> shown(CheckReport report) {
    return Stream.concat(
            report.verdicts().stream(),
            report.comparison().map(Comparison::repaired).orElse(List.of()).stream())
        .toList();
  }

  /// What a change introduced comes first, what it repaired next, what was there before last.
  private List<Page.Item> items(CheckReport report) {
    var items = new ArrayList<Page.Item>();
    boolean compared = report.comparison().isPresent();
    report.introduced().forEach(verdict -> items.add(item(verdict, compared ? "introduced" : "")));
    report
        .comparison()
        .ifPresent(comparison ->
            comparison.repaired().forEach(verdict -> items.add(item(verdict, "repaired"))));
    report.verdicts().stream()
        .filter(verdict -> !report.isIntroduced(verdict))
        .forEach(verdict -> items.add(item(verdict, "existing")));
    return items;
  }

  private Page.Item item(Verdict verdict, String status) {
    var finding = verdict.finding();
    return new Page.Item(
        verdict.severity().word(),
        status,
        verdict.about().id(),
        at(finding.place()),
        links.to(finding.place()).orElse(""),
        Visible.lines(finding.message()),
        Visible.lines(verdict.remedy()),
        finding.kustomization().map(id -> Visible.line(id.toString())).orElse(""),
        finding.object().map(object -> Visible.line(object.id().toString())).orElse(""),
        finding.fix().map(fix -> Visible.line(fix.summary())).orElse(""),
        finding.fix().stream()
            .flatMap(fix -> fix.edits().stream())
            .map(edit ->
                new Page.Change(
                    Visible.line("%s:%d".formatted(edit.file(), edit.line())),
                    Visible.lines(edit.before()),
                    Visible.lines(edit.after())))
            .toList());
  }

  private List<Page.Group> groups(CheckReport report) {
    Map<NamespacedName, Long> problems =
        report.verdicts().stream()
            .map(Verdict::finding)
            .flatMap((Finding finding) -> finding.kustomization().stream())
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return report.graphs().stream()
        .flatMap(graph -> graph.nodes().stream())
        .map(node -> group(node, problems.getOrDefault(node.id(), 0L).intValue()))
        .toList();
  }

  private Page.Group group(Node node, int problems) {
    return new Page.Group(
        Visible.line(node.id().toString()),
        Visible.line(node.kustomization().path()),
        node.wave(),
        problems,
        node.rendered().objects().stream()
            .map(object ->
                new Page.Thing(
                    Visible.line(object.kind()),
                    Visible.line(object.namespace()),
                    Visible.line(object.name()),
                    at(object.place()),
                    links.to(object.place()).orElse("")))
            .toList());
  }

  private static String at(Place place) {
    return Visible.line("%s:%d".formatted(place.file(), place.line()));
  }

  private static List<Page.Rule> rules(CheckReport report) {
    return shown(report).stream()
        .map(Verdict::about)
        .distinct()
        .sorted(java.util.Comparator.comparing(about -> about.id()))
        .map(about ->
            new Page.Rule(
                about.id(),
                about.severity().word(),
                about.demand(),
                about.reason().strip(),
                about.remedy(),
                about.page().map(URI::toASCIIString)))
        .toList();
  }

  private static String resource(String name) {
    try (var in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not beside the class");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// As a Content-Security-Policy names a script or style (w3.org/TR/CSP3, hash-source).
  private static String hash(String text) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
