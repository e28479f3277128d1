package io.cooper.policy.report;

import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import org.apache.commons.text.WordUtils;

/// A report for people: findings grouped by file, wrapped to the width of the terminal.
public final class TextReport {
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

  /// Prints findings and a summary.
  public void print(CheckReport report, PrintWriter out) {
    var file = "";
    for (var verdict : report.verdicts()) {
      var place = verdict.finding().place();
      if (!place.file().equals(file)) {
        file = place.file();
        out.println(paint("1", file));
      }
      print(verdict, out);
      out.println();
    }
    out.println(summary(report));
    out.flush();
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
    return printable(text)
        .lines()
        .map(line -> WordUtils.wrap(line, width - INDENT.length(), "\n" + INDENT, false))
        .collect(Collectors.joining("\n" + INDENT, INDENT, ""));
  }

  /// File names may hold anything; a terminal must not be steered by them.
  private static String printable(String text) {
    return text.codePoints()
        .mapToObj(c ->
            Character.isISOControl(c) && c != '\n' ? "\\u%04x".formatted(c) : Character.toString(c))
        .collect(Collectors.joining());
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
    var counts =
        "%s, %s, %s"
            .formatted(
                counted(report.count(Severity.ERROR), "error"),
                counted(report.count(Severity.WARNING), "warning"),
                counted(report.count(Severity.NOTICE), "notice"));
    var colour =
        report.count(Severity.ERROR) > 0
            ? "1;31"
            : report.count(Severity.WARNING) > 0 ? "33" : "32";
    return paint(colour, counts)
        + " in %s, %s (%s, %.1f s)"
            .formatted(
                counted(report.kustomizations().size(), "Kustomization"),
                counted(report.objects(), "object"),
                report.revision(),
                report.elapsedMillis() / 1000.0);
  }

  private static String counted(int count, String noun) {
    return count == 1 ? "1 " + noun : "%d %ss".formatted(count, noun);
  }

  private String paint(String code, String text) {
    return coloured ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
