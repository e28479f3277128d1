package io.cooper.policy.report;

import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Accepted;
import io.cooper.policy.Finding;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reports for tests of forms.
final class Samples {
  static final NamespacedName APPS = new NamespacedName("flux-system", "apps");
  static final About RULE =
      new About("cnpg/store-missing", Severity.ERROR, "Demand.", "Reason.", "Do this.");
  static final About RISK =
      new About("flux/timeout", Severity.WARNING, "Demand.", "Reason with `code`.", "Do that.");

  private Samples() {}

  static Verdict error(String file, int line, String message) {
    return new Verdict(RULE, Severity.ERROR, Finding.at(new Place(file, line, 1), message));
  }

  static Verdict warning(String file, int line, String message) {
    return new Verdict(RISK, Severity.WARNING, Finding.at(new Place(file, line, 1), message));
  }

  /// The same, about an object.
  static Verdict of(Verdict verdict, String kind, String namespace, String name) {
    var finding = verdict.finding();
    return new Verdict(
        verdict.about(),
        verdict.severity(),
        new Finding(
            finding.place(),
            finding.message(),
            finding.remedy(),
            finding.severity(),
            Optional.of(new Finding.Subject("v1", new ObjectId("", kind, namespace, name))),
            Optional.of(APPS),
            finding.repair()));
  }

  static CheckReport report(List<Verdict> verdicts) {
    return report(verdicts, List.of(), Optional.empty());
  }

  static CheckReport report(
      List<Verdict> verdicts, List<Accepted> accepted, Optional<Comparison> comparison) {
    var row =
        new CheckReport.Row(APPS, "apps", 1, 4, List.of(new NamespacedName("flux-system", "base")));
    return new CheckReport(
        "1.2.3",
        "worktree",
        1500,
        List.of("kustomize v5.8.1"),
        List.of(row),
        verdicts,
        accepted,
        List.of(),
        comparison);
  }

  /// A change that turns some verdicts into others.
  static CheckReport change(List<Verdict> before, List<Verdict> after) {
    return report(
        after,
        List.of(),
        Optional.of(Comparison.of("main@sha1:0", before, after, List.of(), Set.of())));
  }

  static String print(Report form, CheckReport report) {
    var text = new StringWriter();
    form.print(report, new PrintWriter(text));
    return text.toString();
  }
}
