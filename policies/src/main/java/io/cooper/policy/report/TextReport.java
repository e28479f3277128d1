package io.cooper.policy.report;

import static java.util.stream.Collectors.toList;

import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.io.PrintWriter;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.text.WordUtils;

/// A report for people: findings grouped by file, wrapped to the width of the terminal.
public final class TextReport implements Report {
  private static final String INDENT = " ".repeat(17);

  /// Where no terminal says how wide it is.
  public static final int DEFAULT_WIDTH = 80;

  private static final int NARROWEST = 40;

  private final boolean coloured;
  private final int width;

  /// @param coloured whether to use ANSI colours
  /// @param width in columns
  public TextReport(boolean coloured, int width) {
    this.coloured = coloured;
    this.width = Math.max(width, NARROWEST);
  }

  @Override
  public void print(CheckReport report, PrintWriter out) {
    var file = "";
    for (var verdict : report.introduced()) {
      var place = verdict.finding().place();
      if (!place.file().equals(file)) {
        file = place.file();
        out.println(paint("1", Visible.line(file)));
      }
      print(verdict, out);
      out.println();
    }
    report.comparison().ifPresent(comparison -> print(comparison, out));
    out.println(summary(report));
    out.flush();
  }

  /// What a change repaired, a line each, and what was there before, counted.
  private void print(Comparison comparison, PrintWriter out) {
    if (!comparison.repaired().isEmpty()) {
      out.println(paint("1", "repaired"));
      for (var verdict : comparison.repaired()) {
        var place = verdict.finding().place();
        out.println(paint("32", Visible.line("  %s  %s".formatted(verdict.about().id(), place))));
      }
      out.println();
    }
    if (!comparison.existing().isEmpty()) {
      out.println(paint("1", "there before (all of them: without --against)"));
      comparison.existing().stream()
          .collect(Collectors.groupingBy(each -> each.about().id(), TreeMap::new, toList()))
          .forEach((rule, verdicts) ->
              out.println(paint("2", "  %s  %s".formatted(rule, Counts.bySeverity(verdicts)))));
      out.println();
    }
  }

  private void print(Verdict verdict, PrintWriter out) {
    var finding = verdict.finding();
    var at = "%d:%d".formatted(finding.place().line(), finding.place().column());
    var lines = wrap(finding.message());
    out.printf("  %-7s %s %s%n", at, severity(verdict.severity()), lines.replaceFirst("^ +", ""));
    out.println(paint("32", wrap("→ " + verdict.remedy())));
    var owner = finding.kustomization().map(" · Kustomization %s"::formatted).orElse("");
    out.println(paint("2", wrap(verdict.about().id() + owner)));
  }

  private String wrap(String text) {
    return Visible.lines(text)
        .lines()
        .map(line -> WordUtils.wrap(line, width - INDENT.length(), "\n" + INDENT, false))
        .collect(Collectors.joining("\n" + INDENT, INDENT, ""));
  }

  private String severity(Severity severity) {
    var colour =
        switch (severity) {
          case ERROR -> "1;31";
          case WARNING -> "33";
          case NOTICE -> "36";
        };
    return paint(colour, "%-7s".formatted(severity.word())) + "";
  }

  private String summary(CheckReport report) {
    var counts = Counts.bySeverity(report.introduced());
    var colour =
        CheckReport.count(report.introduced(), Severity.ERROR) > 0
            ? "1;31"
            : CheckReport.count(report.introduced(), Severity.WARNING) > 0 ? "33" : "32";
    return paint(colour, counts) + Counts.summary(report).substring(counts.length());
  }

  private String paint(String code, String text) {
    return coloured ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
