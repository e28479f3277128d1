package io.cooper.policy.report;

import io.cooper.policy.Edit;
import io.cooper.policy.Finding;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.io.PrintWriter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// A report for programs. The form is a contract (docs: "JSON of check"); fields that do not apply
/// are absent.
public final class JsonReport {
  /// Rises when a field changes its meaning or goes away.
  public static final int SCHEMA_VERSION = 1;

  private static final ObjectWriteContext PRETTY =
      new ObjectWriteContext.Base() {
        @Override
        public tools.jackson.core.PrettyPrinter getPrettyPrinter() {
          return new DefaultPrettyPrinter();
        }

        @Override
        public boolean hasPrettyPrinter() {
          return true;
        }
      };

  /// Prints the report as one JSON object.
  public void print(CheckReport report, PrintWriter out) {
    try (var json = new JsonFactory().createGenerator(PRETTY, out)) {
      json.writeStartObject();
      json.writeNumberProperty("schemaVersion", SCHEMA_VERSION);
      json.writeObjectPropertyStart("tool");
      json.writeStringProperty("name", "cooper");
      json.writeStringProperty("version", report.version());
      json.writeEndObject();
      json.writeArrayPropertyStart("with");
      report.tools().forEach(json::writeString);
      json.writeEndArray();
      json.writeStringProperty("revision", report.revision());
      summary(report, json);
      json.writeArrayPropertyStart("kustomizations");
      report.kustomizations().forEach(row -> kustomization(row, json));
      json.writeEndArray();
      json.writeArrayPropertyStart("findings");
      report.verdicts().forEach(verdict -> finding(verdict, json));
      json.writeEndArray();
      json.writeEndObject();
      json.writeRaw(System.lineSeparator());
    }
    out.flush();
  }

  private static void summary(CheckReport report, JsonGenerator json) {
    json.writeObjectPropertyStart("summary");
    json.writeNumberProperty("errors", report.count(Severity.ERROR));
    json.writeNumberProperty("warnings", report.count(Severity.WARNING));
    json.writeNumberProperty("notices", report.count(Severity.NOTICE));
    json.writeNumberProperty("kustomizations", report.kustomizations().size());
    json.writeNumberProperty("objects", report.objects());
    json.writeNumberProperty("elapsedMillis", report.elapsedMillis());
    json.writeEndObject();
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
    json.writeStartObject();
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
    json.writeEndObject();
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
