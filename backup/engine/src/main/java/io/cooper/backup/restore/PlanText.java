package io.cooper.backup.restore;

import io.cooper.backup.catalog.CatalogText;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.restore.Plan.Nearest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A plan as people and programs read it.
public final class PlanText {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final int SCHEMA_VERSION = 1;

  private PlanText() {}

  /// A line for each thing, and what stands in the way.
  public static String text(Plan plan) {
    var out = new StringBuilder();
    var info = plan.backup().info();
    line(out, "target", name(plan.target()));
    line(out, "timeline", Integer.toUnsignedString(plan.timeline()));
    line(
        out,
        "backup",
        plan.backup().id()
            + plan.backup().name().map(" (%s)"::formatted).orElse("")
            + info.get(BackupInfo.END_TIME)
                .map(end -> ", ended " + CatalogText.time(end))
                .orElse("")
            + info.get(BackupInfo.END_LSN).map(end -> " at " + end).orElse(""));
    line(
        out,
        "WAL",
        plan.wal()
            .map(wal -> "%s to %s".formatted(wal.first(), wal.last()))
            .orElse("unknown: the archive has none, or the backup does not say where it begins"));
    plan.wal()
        .ifPresent(wal ->
            line(
                out,
                "",
                "%s%d segments, %s stored"
                    .formatted(
                        wal.segments() > 1 && isEstimate(plan.target()) ? "about " : "",
                        wal.segments(),
                        CatalogText.size(wal.bytes()))));
    plan.horizon()
        .ifPresent(horizon ->
            line(
                out,
                "WAL ends",
                horizon.end()
                    + horizon
                        .newest()
                        .map(", the newest transaction ended at %s"::formatted)
                        .orElse("")));
    plan.obstacle()
        .ifPresentOrElse(
            problem -> {
              line(out, "reachable", "NO");
              plan.nearest().forEach(nearest -> line(out, "instead", text(nearest)));
              out.append('\n').append(problem).append('\n');
            },
            () -> line(out, "reachable", isKnown(plan) ? "yes" : knownOnlyInPart(plan)));
    return out.toString();
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append("%-10s %s\n".formatted(name, value));
  }

  private static boolean isEstimate(Target target) {
    return target instanceof Target.Time
        || target instanceof Target.Name
        || target instanceof Target.Transaction;
  }

  private static boolean isKnown(Plan plan) {
    return plan.wal().isPresent()
        && !(plan.target() instanceof Target.Name)
        && !(plan.target() instanceof Target.Transaction);
  }

  private static String knownOnlyInPart(Plan plan) {
    return plan.wal().isEmpty()
        ? "not known"
        : "if it is in this WAL: nothing in the archive tells where it is";
  }

  private static String name(Target target) {
    return switch (target) {
      case Target.Latest() -> "all the WAL there is";
      case Target.Time(OffsetDateTime time) -> "time " + time;
      case Target.Place(var lsn) -> "place " + lsn;
      case Target.Name(var name) -> "restore point '%s'".formatted(name);
      case Target.Transaction(var id) -> "transaction " + Long.toUnsignedString(id);
      case Target.Immediate() -> "the end of the backup";
    };
  }

  private static String text(Nearest nearest) {
    var time = nearest.time().map(Instant::toString);
    return nearest.isBefore()
        ? "up to %s%s, with backup %s"
            .formatted(
                nearest.place(),
                time.map(", just before %s"::formatted).orElse(""),
                nearest.backup().id())
        : "from %s%s on, with backup %s"
            .formatted(
                nearest.place(), time.map(", %s"::formatted).orElse(""), nearest.backup().id());
  }

  /// The same for programs: `{"schemaVersion":1,"server":…,"target":…,"reachable":…,"backup":…,
  /// "wal":{…},"obstacle":{…},"nearest":[…]}`; what does not apply is absent.
  public static String json(String place, Plan plan) {
    var root = JSON.createObjectNode();
    root.put("schemaVersion", SCHEMA_VERSION).put("server", place);
    root.put("target", name(plan.target()))
        .put("reachable", plan.obstacle().isEmpty())
        .put("certain", plan.obstacle().isPresent() || isKnown(plan))
        .put("timeline", Integer.toUnsignedLong(plan.timeline()))
        .put("backup", plan.backup().id().text());
    plan.wal()
        .ifPresent(wal ->
            root.putObject("wal")
                .put("first", wal.first().text())
                .put("last", wal.last().text())
                .put("segments", wal.segments())
                .put("bytes", wal.bytes()));
    plan.horizon()
        .ifPresent(horizon -> {
          root.put("endLsn", horizon.end().toString()).put("missing", horizon.missing().text());
          horizon.newest().ifPresent(newest -> root.put("newestExact", newest.toString()));
        });
    plan.obstacle()
        .ifPresent(problem ->
            root.putObject("obstacle")
                .put("code", problem.code().name())
                .put("where", problem.where())
                .put("what", problem.what())
                .put("remedy", problem.remedy()));
    var nearest = root.putArray("nearest");
    for (var each : plan.nearest()) {
      var node = nearest.addObject();
      node.put("before", each.isBefore())
          .put("lsn", each.place().toString())
          .put("backup", each.backup().id().text());
      Optional.of(each).flatMap(Nearest::time).ifPresent(time -> node.put("time", time.toString()));
    }
    return JSON.writeValueAsString(root) + "\n";
  }
}
