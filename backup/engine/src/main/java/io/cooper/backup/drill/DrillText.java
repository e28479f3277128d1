package io.cooper.backup.drill;

import io.cooper.backup.drill.DrillResult.Loss;
import io.cooper.backup.drill.DrillResult.Recovered;
import io.cooper.backup.drill.DrillResult.Rows;
import io.cooper.backup.verify.VerifiedText;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Results of drills as people and programs read them.
public final class DrillText {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final int SCHEMA_VERSION = 1;
  private static final int MOST_TABLES = 10;

  private DrillText() {}

  /// A line for each thing that was found.
  public static String text(DrillResult result) {
    var out = new StringBuilder();
    line(out, "drill", result.passed() ? "passed" : "FAILED");
    line(
        out,
        "backup",
        result.backup().text() + result.name().map(name -> " (" + name + ")").orElse(""));
    result.recovered().ifPresent(recovered -> recovered(out, recovered));
    var timing = result.timing();
    line(
        out,
        "took",
        "%s until usable: restore %s, start %s, replay %s; checks %s"
            .formatted(
                time(timing.untilUsable()),
                time(timing.restore()),
                time(timing.start()),
                time(timing.replay()),
                time(timing.checks())));
    result.loss().ifPresent(loss -> loss(out, loss));
    result.checks().forEach(check -> line(out, "checked", check));
    result.tables().stream()
        .sorted(Comparator.comparingLong(Rows::rows).reversed())
        .limit(MOST_TABLES)
        .forEach(rows -> line(out, "rows", rows(rows)));
    if (result.tables().size() > MOST_TABLES) {
      line(
          out,
          "rows",
          "and %d smaller tables: --format json has all"
              .formatted(result.tables().size() - MOST_TABLES));
    }
    result.notices().forEach(notice -> line(out, "note", notice));
    return out
        + result.problems().stream()
            .map(problem -> problem.toString().replace(System.lineSeparator(), "\n") + "\n")
            .collect(Collectors.joining());
  }

  private static void line(StringBuilder out, String name, String what) {
    out.append("%-10s %s\n".formatted(name, what));
  }

  private static void recovered(StringBuilder out, Recovered recovered) {
    line(
        out,
        "restored",
        "%d files, %d bytes; %s"
            .formatted(
                recovered.files(),
                recovered.bytes(),
                recovered.compared()
                    ? "checksums of all archives compared"
                    : "the writer left no checksums to compare"));
    line(
        out,
        "reached",
        "%s on timeline %s, %s; %d segments of WAL"
            .formatted(
                recovered.reached(),
                Integer.toUnsignedString(recovered.timeline()),
                recovered
                    .instant()
                    .map(at -> "last transaction " + iso(at))
                    .orElse("no transaction was replayed"),
                recovered.segments()));
  }

  private static void loss(StringBuilder out, Loss loss) {
    loss.archiveEnd()
        .ifPresent(end ->
            line(
                out,
                "archive",
                "goes to %s, stored %s"
                    .formatted(end, loss.stored().map(DrillText::iso).orElse("-"))));
    loss.sourceAt()
        .ifPresent(at ->
            line(
                out,
                "source",
                "was at %s: %d bytes of WAL would be lost"
                    .formatted(at, loss.lostBytes().orElse(0))));
    line(
        out,
        "RPO",
        "measured %s, guaranteed %s"
            .formatted(
                loss.measuredRpo().map(most -> "at most " + time(most)).orElse("unknown"),
                loss.guaranteedRpo()
                    .map(most -> time(most) + " and the time to store a segment")
                    .orElse("nothing: archive_timeout is off")));
    loss.worstRto()
        .ifPresent(most ->
            line(
                out,
                "RTO",
                "about %s with the most WAL that lay between two backups".formatted(time(most))));
  }

  private static String rows(Rows rows) {
    return "%d in %s: %s%s"
        .formatted(
            rows.rows(),
            rows.database(),
            rows.table(),
            rows.source().isPresent() ? ", the source has " + rows.source().getAsLong() : "");
  }

  /// A time in two units at most.
  static String time(Duration time) {
    if (time.toHours() > 0) {
      return "%dh%02dm".formatted(time.toHours(), time.toMinutesPart());
    }
    return time.toMinutes() > 0
        ? "%dm%02ds".formatted(time.toMinutes(), time.toSecondsPart())
        : String.format(Locale.ROOT, "%.1fs", time.toMillis() / 1000.0);
  }

  /// For programs; this is what is kept beside the archive, and signed.
  public static String json(String server, DrillResult result) {
    var root = JSON.createObjectNode();
    root.put("schemaVersion", SCHEMA_VERSION).put("server", server);
    root.put("passed", result.passed()).put("backup", result.backup().text());
    result.name().ifPresent(name -> root.put("name", name));
    root.put("time", iso(result.begun()));
    result.recovered().ifPresent(recovered -> fill(root.putObject("recovered"), recovered));
    var timing = result.timing();
    root.putObject("millis")
        .put("untilUsable", timing.untilUsable().toMillis())
        .put("restore", timing.restore().toMillis())
        .put("start", timing.start().toMillis())
        .put("replay", timing.replay().toMillis())
        .put("checks", timing.checks().toMillis());
    result.loss().ifPresent(loss -> fill(root.putObject("loss"), loss));
    var tables = root.putArray("tables");
    for (var rows : result.tables()) {
      var table =
          tables
              .addObject()
              .put("database", rows.database())
              .put("table", rows.table())
              .put("rows", rows.rows());
      rows.source().ifPresent(source -> table.put("sourceRows", source));
    }
    var uncounted = root.putArray("uncounted");
    result.uncounted().forEach(uncounted::add);
    var checks = root.putArray("checks");
    result.checks().forEach(checks::add);
    var notices = root.putArray("notices");
    result.notices().forEach(notices::add);
    VerifiedText.fill(root.putArray("problems"), result.problems());
    return JSON.writeValueAsString(root) + "\n";
  }

  private static void fill(ObjectNode node, Recovered recovered) {
    node.put("bytes", recovered.bytes()).put("files", recovered.files());
    node.put("checksumsCompared", recovered.compared());
    node.put("lsn", recovered.reached().toString());
    recovered.instant().ifPresent(at -> node.put("instant", iso(at)));
    node.put("timeline", Integer.toUnsignedLong(recovered.timeline()));
    node.put("segments", recovered.segments()).put("walBytes", recovered.walBytes());
  }

  private static void fill(ObjectNode node, Loss loss) {
    loss.archiveEnd().ifPresent(end -> node.put("archiveEnd", end.toString()));
    loss.stored().ifPresent(at -> node.put("archiveStored", iso(at)));
    loss.sourceAt().ifPresent(at -> node.put("sourceAt", at.toString()));
    loss.lostBytes().ifPresent(bytes -> node.put("lostBytes", bytes));
    put(node, "measuredRpoMillis", loss.measuredRpo());
    put(node, "guaranteedRpoMillis", loss.guaranteedRpo());
    put(node, "worstRtoMillis", loss.worstRto());
  }

  private static void put(ObjectNode node, String name, Optional<Duration> time) {
    time.ifPresent(each -> node.put(name, each.toMillis()));
  }

  static String iso(Instant at) {
    return DateTimeFormatter.ISO_INSTANT.format(at.truncatedTo(ChronoUnit.MILLIS));
  }
}
