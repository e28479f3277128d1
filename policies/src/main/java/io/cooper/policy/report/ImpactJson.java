package io.cooper.policy.report;

import io.cooper.flux.api.NamespacedName;
import io.cooper.impact.ClusterChange;
import io.cooper.impact.Effect;
import io.cooper.impact.ObjectChange;
import io.cooper.impact.Run;
import java.io.PrintWriter;
import tools.jackson.core.JsonGenerator;

/// What a change does, for programs; with the habits of [JsonReport].
public final class ImpactJson {
  /// Prints the report as one JSON object.
  public void print(ImpactReport report, PrintWriter out) {
    JsonText.print(out, json -> write(report, json));
  }

  private static void write(ImpactReport report, JsonGenerator json) {
    json.writeStartObject();
    json.writeNumberProperty("schemaVersion", JsonReport.SCHEMA_VERSION);
    JsonText.object(
        json,
        "tool",
        () -> {
          json.writeStringProperty("name", "cooper");
          json.writeStringProperty("version", report.version());
        });
    json.writeStringProperty("revision", report.head());
    json.writeStringProperty("against", report.base());
    json.writeNumberProperty("files", report.files());
    JsonText.objects(json, "clusters", report.clusters(), cluster -> cluster(cluster, json));
    json.writeEndObject();
  }

  private static void cluster(ClusterChange cluster, JsonGenerator json) {
    json.writeStringProperty("entry", cluster.entry());
    JsonText.object(
        json,
        "summary",
        () -> {
          json.writeNumberProperty("added", ImpactReport.count(cluster, ObjectChange.Added.class));
          json.writeNumberProperty(
              "changed", ImpactReport.count(cluster, ObjectChange.Changed.class));
          json.writeNumberProperty(
              "removed", ImpactReport.count(cluster, ObjectChange.Removed.class));
          json.writeNumberProperty("kustomizations", cluster.kustomizations());
        });
    JsonText.objects(json, "effects", cluster.effects(), effect -> effect(effect, json));
    JsonText.objects(json, "objects", cluster.objects(), change -> change(change, json));
    JsonText.objects(json, "runs", cluster.runs(), run -> run(run, json));
    names(json, "unrendered", cluster.unrendered());
  }

  private static void effect(Effect effect, JsonGenerator json) {
    json.writeStringProperty("weight", effect.weight().word());
    JsonText.object(json, "object", effect.object());
    json.writeStringProperty("message", effect.text());
  }

  private static void change(ObjectChange change, JsonGenerator json) {
    switch (change) {
      case ObjectChange.Added _ -> json.writeStringProperty("change", "added");
      case ObjectChange.Removed removed -> {
        json.writeStringProperty("change", "removed");
        json.writeBooleanProperty("deleted", removed.fate().deleted());
        json.writeStringProperty("reason", removed.fate().reason());
      }
      case ObjectChange.Changed changed -> {
        json.writeStringProperty("change", "changed");
        if (changed.moves()) {
          json.writeStringProperty("formerKustomization", changed.formerOwner().toString());
        }
      }
    }
    JsonText.object(json, "object", change.id());
    json.writeStringProperty("kustomization", change.owner().toString());
    if (change instanceof ObjectChange.Changed changed) {
      JsonText.objects(
          json,
          "fields",
          changed.fields(),
          field -> {
            json.writeStringProperty("path", field.path());
            field.before().ifPresent(text -> json.writeStringProperty("before", text));
            field.after().ifPresent(text -> json.writeStringProperty("after", text));
          });
    }
  }

  private static void run(Run run, JsonGenerator json) {
    json.writeStringProperty("kustomization", run.id().toString());
    json.writeNumberProperty("wave", run.wave());
    json.writeNumberProperty("added", run.added());
    json.writeNumberProperty("changed", run.changed());
    json.writeNumberProperty("removed", run.removed());
    json.writeBooleanProperty("checksHealth", run.checksHealth());
    names(json, "holdsBack", run.holdsBack());
  }

  private static void names(JsonGenerator json, String name, Iterable<NamespacedName> ids) {
    json.writeArrayPropertyStart(name);
    ids.forEach(id -> json.writeString(id.toString()));
    json.writeEndArray();
  }
}
