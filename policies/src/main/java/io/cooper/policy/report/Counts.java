package io.cooper.policy.report;

import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.util.List;

/// Numbers of findings in words.
public final class Counts {
  private Counts() {}

  /// `1 object`, `2 objects`.
  public static String of(int count, String noun) {
    return count == 1 ? "1 " + noun : "%d %ss".formatted(count, noun);
  }

  /// `1 error, 0 warnings, 2 notices`.
  public static String bySeverity(List<Verdict> verdicts) {
    return "%s, %s, %s"
        .formatted(
            of(CheckReport.count(verdicts, Severity.ERROR), "error"),
            of(CheckReport.count(verdicts, Severity.WARNING), "warning"),
            of(CheckReport.count(verdicts, Severity.NOTICE), "notice"));
  }

  /// One line for the whole report.
  static String summary(CheckReport report) {
    var what = bySeverity(report.introduced());
    var where =
        "%s, %s (%s, %.1f s)"
            .formatted(
                of(report.kustomizations().size(), "Kustomization"),
                of(report.objects(), "object"),
                report.revision(),
                report.elapsedMillis() / 1000.0);
    return report
        .comparison()
        .map(comparison ->
            "%s introduced, %d repaired, %d there before; against %s; %s"
                .formatted(
                    what,
                    comparison.repaired().size(),
                    comparison.existing().size(),
                    comparison.base(),
                    where))
        .orElseGet(() -> what + " in " + where);
  }
}
