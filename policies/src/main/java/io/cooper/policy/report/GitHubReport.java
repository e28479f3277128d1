package io.cooper.policy.report;

import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.io.PrintWriter;
import java.util.ArrayList;

/// A report for the log of a GitHub workflow: commands that GitHub shows beside the lines of a pull
/// request. Where a change is judged, only what it brought is reported.
///
/// GitHub shows ten annotations of each level for one step (docs.github.com, REST limits of check
/// runs). The first ten become annotations, the rest stands in the log, and the last line counts
/// all.
public final class GitHubReport implements Report {
  static final int MOST_OF_A_LEVEL = 10;

  @Override
  public void print(CheckReport report, PrintWriter out) {
    var rest = new ArrayList<Verdict>();
    for (var severity : Severity.values()) {
      var some =
          report.introduced().stream().filter(verdict -> verdict.severity() == severity).toList();
      some.stream().limit(MOST_OF_A_LEVEL).forEach(verdict -> out.println(command(verdict)));
      some.stream().skip(MOST_OF_A_LEVEL).forEach(rest::add);
    }
    if (!rest.isEmpty()) {
      out.println("::group::%s without an annotation".formatted(Counts.of(rest.size(), "finding")));
      rest.forEach(verdict -> out.println(line(verdict)));
      out.println("::endgroup::");
    }
    out.println(Counts.summary(report));
    out.flush();
  }

  private static String command(Verdict verdict) {
    var place = verdict.finding().place();
    return "::%s file=%s,line=%d,col=%d,title=%s::%s"
        .formatted(
            verdict.severity().word(),
            property(place.file()),
            place.line(),
            place.column(),
            property(verdict.about().id()),
            data("%s%nTo do: %s".formatted(verdict.finding().message(), verdict.remedy())));
  }

  /// A line of the log that cannot be taken for a command: it begins with a word, and the older
  /// form of commands, which may stand anywhere, is broken up.
  private static String line(Verdict verdict) {
    return Visible.line(
            "%s %s: %s (%s)"
                .formatted(
                    verdict.severity().word(),
                    verdict.finding().place(),
                    verdict.finding().message(),
                    verdict.about().id()))
        .replace("##[", "# #[");
  }

  /// As the runner reads it (actions/toolkit, core/src/command.ts, escapeData).
  private static String data(String text) {
    return escaped(Visible.lines(text.replaceAll("\\R", "\n")));
  }

  private static String property(String text) {
    return escaped(text).replace(":", "%3A").replace(",", "%2C");
  }

  private static String escaped(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }
}
