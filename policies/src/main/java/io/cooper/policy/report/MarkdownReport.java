package io.cooper.policy.report;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A report as a comment on a pull request or merge request.
///
/// It begins with a hidden [marker][#marker(String)], so that a later run finds the comment and
/// changes it instead of adding one. It is never longer than GitHub takes; what does not fit is
/// counted.
public final class MarkdownReport implements Report {
  /// What GitHub takes as the body of a comment, in characters.
  public static final int LIMIT = 65_536;

  /// Kept for what closes the comment: the line that counts what is left out, and the footer.
  private static final int RESERVE = 1_500;

  private static final int MOST_IN_A_DETAIL = 200;

  private final Links links;
  private final String name;

  /// @param links to the lines of files
  /// @param name tells the comments of several checks of one repository apart
  public MarkdownReport(Links links, String name) {
    this.links = links;
    this.name = name;
  }

  /// The first line of a comment: an HTML comment that nobody sees.
  ///
  /// @param name letters, digits and `-_.`; others are replaced
  public static String marker(String name) {
    return "<!-- cooper:%s -->".formatted(name.replaceAll("[^A-Za-z0-9._-]", "_"));
  }

  @Override
  public void print(CheckReport report, PrintWriter out) {
    out.print(new Comment(report).text());
    out.flush();
  }

  private final class Comment {
    private final CheckReport report;
    private final StringBuilder text = new StringBuilder();
    private int leftOut;

    Comment(CheckReport report) {
      this.report = report;
    }

    String text() {
      var introduced = report.introduced();
      text.append(marker(name)).append('\n');
      text.append("### Cooper: ").append(verdict(introduced)).append("\n\n");
      table("Errors", ERROR, true);
      table("Warnings", WARNING, CheckReport.count(introduced, ERROR) == 0);
      table("Notices", NOTICE, false);
      report.comparison().ifPresent(this::comparison);
      graph();
      if (leftOut > 0) {
        text.append(
            "**%s more did not fit here**; `cooper check` prints all.\n\n"
                .formatted(Counts.of(leftOut, "finding")));
      }
      text.append("<sub>").append(Markdown.text(footer())).append("</sub>\n");
      return text.toString();
    }

    private String verdict(List<Verdict> introduced) {
      var counts = Counts.bySeverity(introduced);
      if (report.comparison().isEmpty()) {
        return sign(introduced) + (introduced.isEmpty() ? " nothing found" : " " + counts);
      }
      var repaired = report.comparison().get().repaired().size();
      var what =
          introduced.isEmpty()
              ? "this change introduces nothing"
              : "this change introduces " + counts;
      return "%s %s%s"
          .formatted(sign(introduced), what, repaired == 0 ? "" : " and repairs " + repaired);
    }

    private static String sign(List<Verdict> introduced) {
      return CheckReport.count(introduced, ERROR) > 0
          ? "❌"
          : CheckReport.count(introduced, WARNING) > 0 ? "⚠️" : "✅";
    }

    private String footer() {
      return "Cooper %s · %s".formatted(report.version(), Counts.summary(report));
    }

    private void table(String title, Severity severity, boolean open) {
      var some =
          report.introduced().stream().filter(verdict -> verdict.severity() == severity).toList();
      if (some.isEmpty()) {
        return;
      }
      section(
          "%s (%d)".formatted(title, some.size()),
          open,
          "| Where | What | Rule |\n|---|---|---|\n",
          some.stream().map(this::row).toList());
    }

    private String row(Verdict verdict) {
      var finding = verdict.finding();
      var owner =
          finding.kustomization().map(id -> "<br>" + Markdown.text(id.toString())).orElse("");
      return "| %s | %s<br>→ %s | %s%s |\n"
          .formatted(
              where(verdict),
              Markdown.text(finding.message()),
              Markdown.text(verdict.remedy()),
              Markdown.code(verdict.about().id()),
              owner);
    }

    private String where(Verdict verdict) {
      var place = verdict.finding().place();
      var label = Markdown.code("%s:%d".formatted(place.file(), place.line()));
      return links.to(place).map(url -> "[%s](<%s>)".formatted(label, url)).orElse(label);
    }

    /// A table that stays within the limit and says how many rows did not fit.
    private void section(String title, boolean open, String head, List<String> rows) {
      var opening = "<details%s><summary>%s</summary>\n\n".formatted(open ? " open" : "", title);
      var closing = "\n</details>\n\n";
      int taken = text.length() + opening.length() + head.length() + closing.length();
      var kept = new ArrayList<String>();
      for (var row : rows) {
        taken += row.length();
        if (taken > LIMIT - RESERVE) {
          break;
        }
        kept.add(row);
      }
      leftOut += rows.size() - kept.size();
      if (!kept.isEmpty()) {
        text.append(opening).append(head);
        kept.forEach(text::append);
        text.append(closing);
      }
    }

    private void comparison(Comparison comparison) {
      details("Repaired", comparison.repaired());
      details(
          "There before this change",
          report.verdicts().stream().filter(each -> !report.isIntroduced(each)).toList());
    }

    private void details(String title, List<Verdict> verdicts) {
      if (verdicts.isEmpty()) {
        return;
      }
      leftOut += Math.max(0, verdicts.size() - MOST_IN_A_DETAIL);
      section(
          "%s (%d)".formatted(title, verdicts.size()),
          false,
          "",
          verdicts.stream()
              .limit(MOST_IN_A_DETAIL)
              .map(verdict ->
                  "- %s %s %s\n"
                      .formatted(
                          where(verdict),
                          verdict.severity().word(),
                          Markdown.code(verdict.about().id())))
              .toList());
    }

    private void graph() {
      var charts = new ConcernedGraph(report).charts();
      if (charts.isEmpty()) {
        return;
      }
      var part =
          "<details><summary>Kustomizations concerned</summary>\n\n%s</details>\n\n"
              .formatted(
                  charts.stream()
                      .map("```mermaid\n%s```\n\n"::formatted)
                      .collect(Collectors.joining()));
      if (text.length() + part.length() <= LIMIT - RESERVE) {
        text.append(part);
      }
    }
  }
}
