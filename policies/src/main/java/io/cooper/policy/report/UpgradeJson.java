package io.cooper.policy.report;

import io.cooper.plugin.Difference;
import io.cooper.plugin.Fitness;
import io.cooper.plugin.Part;
import io.cooper.plugin.Upgrade;
import java.io.PrintWriter;
import tools.jackson.core.JsonGenerator;

/// What an upgrade brings, for programs; with the habits of [JsonReport].
public final class UpgradeJson {
  /// Prints the report as one JSON object.
  public void print(UpgradeReport report, PrintWriter out) {
    JsonText.print(out, json -> write(report, json));
  }

  private static void write(UpgradeReport report, JsonGenerator json) {
    var upgrade = report.upgrade();
    json.writeStartObject();
    json.writeNumberProperty("schemaVersion", JsonReport.SCHEMA_VERSION);
    JsonText.object(
        json,
        "tool",
        () -> {
          json.writeStringProperty("name", "cooper");
          json.writeStringProperty("version", report.version());
        });
    json.writeStringProperty("before", upgrade.before().name());
    json.writeStringProperty("after", upgrade.after().name());
    JsonText.object(
        json,
        "summary",
        () -> {
          json.writeNumberProperty("objects", upgrade.differences().size());
          json.writeNumberProperty("breaking", upgrade.breaking());
          json.writeNumberProperty("judged", report.fitness().judged());
          json.writeNumberProperty("refused", report.fitness().refused().size());
        });
    JsonText.objects(json, "objects", upgrade.differences(), each -> difference(each, json));
    JsonText.objects(
        json,
        "leftovers",
        upgrade.leftovers(),
        each -> {
          JsonText.object(json, "object", each.id());
          json.writeStringProperty("command", Upgrade.deletion(each));
        });
    JsonText.objects(json, "refused", report.fitness().refused(), each -> refused(each, json));
    json.writeEndObject();
  }

  private static void difference(Difference difference, JsonGenerator json) {
    switch (difference) {
      case Difference.Added _ -> json.writeStringProperty("change", "added");
      case Difference.Removed _ -> json.writeStringProperty("change", "removed");
      case Difference.Changed _ -> json.writeStringProperty("change", "changed");
      case Difference.Renamed renamed -> {
        json.writeStringProperty("change", "renamed");
        json.writeStringProperty("formerName", renamed.before().name());
      }
    }
    JsonText.object(json, "object", difference.id());
    JsonText.objects(json, "parts", difference.parts(), part -> part(part, json));
  }

  private static void part(Part part, JsonGenerator json) {
    json.writeStringProperty("title", part.title());
    JsonText.objects(
        json,
        "changes",
        part.changes(),
        change -> {
          json.writeStringProperty("path", change.field().path());
          change.field().before().ifPresent(text -> json.writeStringProperty("before", text));
          change.field().after().ifPresent(text -> json.writeStringProperty("after", text));
          change.breaking().ifPresent(why -> json.writeStringProperty("breaking", why));
        });
  }

  private static void refused(Fitness.Refused refused, JsonGenerator json) {
    var place = refused.object().placeAt(refused.violation().path().toArray(String[]::new));
    JsonText.object(json, "object", refused.object().id());
    json.writeStringProperty("file", place.file());
    json.writeNumberProperty("line", place.line());
    json.writeNumberProperty("column", place.column());
    json.writeStringProperty("message", refused.violation().message());
    json.writeBooleanProperty("refusedBefore", refused.before());
  }
}
