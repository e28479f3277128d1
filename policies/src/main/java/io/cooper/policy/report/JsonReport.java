package io.cooper.policy.report;

import io.cooper.policy.Edit;
import io.cooper.policy.Finding;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import io.cooper.schemas.CheckedRelease;
import java.io.PrintWriter;
import tools.jackson.core.JsonGenerator;

/// A report for programs. The form is a contract (docs: "JSON of check"); fields that do not apply
/// are absent.
public final class JsonReport implements Report {
  /// Rises when a field changes its meaning or goes away.
  public static final int SCHEMA_VERSION = 1;

  @Override
  public void print(CheckReport report, PrintWriter out) {
    JsonText.print(out, json -> write(report, json));
  }

  private static void write(CheckReport report, JsonGenerator json) {
    json.writeStartObject();
    json.writeNumberProperty("schemaVersion", SCHEMA_VERSION);
    JsonText.object(
        json,
        "tool",
        () -> {
          json.writeStringProperty("name", "cooper");
          json.writeStringProperty("version", report.version());
        });
    json.writeArrayPropertyStart("with");
    report.tools().forEach(json::writeString);
    json.writeEndArray();
    json.writeStringProperty("revision", report.revision());
    report
        .comparison()
        .ifPresent(comparison -> json.writeStringProperty("against", comparison.base()));
    summary(report, json);
    JsonText.objects(json, "releases", report.releases(), each -> release(each, json));
    json.writeArrayPropertyStart("kustomizations");
    report.kustomizations().forEach(row -> kustomization(row, json));
    json.writeEndArray();
    JsonText.objects(
        json,
        "findings",
        report.verdicts(),
        verdict -> {
          if (report.comparison().isPresent()) {
            json.writeStringProperty(
                "status", report.isIntroduced(verdict) ? "introduced" : "existing");
          }
          finding(verdict, json);
        });
    report
        .comparison()
        .ifPresent(comparison ->
            JsonText.objects(
                json, "repaired", comparison.repaired(), verdict -> finding(verdict, json)));
    json.writeEndObject();
  }

  private static void summary(CheckReport report, JsonGenerator json) {
    json.writeObjectPropertyStart("summary");
    json.writeNumberProperty("errors", report.count(Severity.ERROR));
    json.writeNumberProperty("warnings", report.count(Severity.WARNING));
    json.writeNumberProperty("notices", report.count(Severity.NOTICE));
    report
        .comparison()
        .ifPresent(comparison -> {
          json.writeNumberProperty("introduced", report.introduced().size());
          json.writeNumberProperty("existing", comparison.existing().size());
          json.writeNumberProperty("repaired", comparison.repaired().size());
        });
    json.writeNumberProperty("kustomizations", report.kustomizations().size());
    json.writeNumberProperty("objects", report.objects());
    json.writeNumberProperty("elapsedMillis", report.elapsedMillis());
    json.writeEndObject();
  }

  private static void release(CheckedRelease checked, JsonGenerator json) {
    json.writeStringProperty("product", checked.release().product().key());
    json.writeStringProperty("checkedAgainst", checked.release().version().toString());
    checked
        .asked()
        .ifPresent(inUse -> {
          json.writeStringProperty("inUse", inUse.release().version().toString());
          json.writeStringProperty("source", inUse.source());
          inUse
              .place()
              .ifPresent(place -> {
                json.writeStringProperty("file", place.file());
                json.writeNumberProperty("line", place.line());
              });
        });
  }

  private static void kustomization(CheckReport.Row row, JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("namespace", row.id().namespace());
    json.writeStringProperty("name", row.id().name());
    json.writeStringProperty("path", row.path());
    json.writeNumberProperty("wave", row.wave());
    json.writeNumberProperty("objects", row.objects());
    json.writeArrayPropertyStart("dependsOn");
    row.dependsOn().forEach(id -> json.writeString(id.toString()));
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void finding(Verdict verdict, JsonGenerator json) {
    var finding = verdict.finding();
    json.writeStringProperty("rule", verdict.about().id());
    json.writeStringProperty("severity", verdict.severity().word());
    json.writeStringProperty("cause", verdict.about().cause());
    json.writeStringProperty("message", finding.message());
    json.writeStringProperty("remedy", verdict.remedy());
    json.writeStringProperty("file", finding.place().file());
    json.writeNumberProperty("line", finding.place().line());
    json.writeNumberProperty("column", finding.place().column());
    finding.object().ifPresent(subject -> object(subject, json));
    finding
        .kustomization()
        .ifPresent(id -> json.writeStringProperty("kustomization", id.toString()));
    json.writeStringProperty("docs", verdict.about().docs());
    finding.fix().ifPresent(fix -> fix(fix.summary(), fix.edits(), json));
  }

  private static void object(Finding.Subject subject, JsonGenerator json) {
    json.writeObjectPropertyStart("object");
    json.writeStringProperty("apiVersion", subject.apiVersion());
    json.writeStringProperty("kind", subject.id().kind());
    if (!subject.id().namespace().isEmpty()) {
      json.writeStringProperty("namespace", subject.id().namespace());
    }
    json.writeStringProperty("name", subject.id().name());
    json.writeEndObject();
  }

  private static void fix(String summary, Iterable<Edit> edits, JsonGenerator json) {
    json.writeObjectPropertyStart("fix");
    json.writeStringProperty("summary", summary);
    json.writeArrayPropertyStart("edits");
    for (var edit : edits) {
      json.writeStartObject();
      json.writeStringProperty("file", edit.file());
      json.writeNumberProperty("line", edit.line());
      json.writeStringProperty("before", edit.before());
      json.writeStringProperty("after", edit.after());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
