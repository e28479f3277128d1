package io.cooper.policy.report;

import io.cooper.policy.Severity;
import java.io.PrintWriter;

/// A report for the Code Quality widget of GitLab's merge requests. All findings stand in it:
/// GitLab compares with the report of the target branch itself, by the same fingerprints.
public final class GitLabReport implements Report {
  @Override
  public void print(CheckReport report, PrintWriter out) {
    JsonText.print(
        out,
        json -> {
          json.writeStartArray();
          Fingerprint.of(report.verdicts())
              .forEach((verdict, print) -> {
                var place = verdict.finding().place();
                json.writeStartObject();
                json.writeStringProperty(
                    "description",
                    "%s – %s".formatted(verdict.finding().message(), verdict.remedy()));
                json.writeStringProperty("check_name", verdict.about().id());
                json.writeStringProperty("fingerprint", print.value());
                json.writeStringProperty("severity", severity(verdict.severity()));
                JsonText.object(
                    json,
                    "location",
                    () -> {
                      json.writeStringProperty("path", place.file());
                      JsonText.object(
                          json, "lines", () -> json.writeNumberProperty("begin", place.line()));
                    });
                json.writeEndObject();
              });
          json.writeEndArray();
        });
  }

  private static String severity(Severity severity) {
    return switch (severity) {
      case ERROR -> "critical";
      case WARNING -> "minor";
      case NOTICE -> "info";
    };
  }
}
