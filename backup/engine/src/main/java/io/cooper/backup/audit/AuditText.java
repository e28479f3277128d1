package io.cooper.backup.audit;

import io.cooper.backup.audit.Audit.Span;
import io.cooper.backup.catalog.CatalogText;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.map.Horizon;
import io.cooper.backup.map.Line;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An audit as people and programs read it. Text has at most 80 columns, but for keys.
public final class AuditText {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final int SCHEMA_VERSION = 1;
  private static final int PICTURE = 60;
  private static final int SHOWN = 50;

  private AuditText() {}

  /// The verdict, a picture of each timeline, what can be restored, and what is wrong.
  public static String text(Audit audit) {
    var out = new StringBuilder();
    out.append("%s: %s%n".formatted(audit.place(), audit.isSound() ? "sound" : "NOT SOUND"));
    out.append(
        "%d objects of WAL, %s; %s%n%n"
            .formatted(
                audit.looked().objects(),
                CatalogText.size(audit.looked().bytes()),
                audit.looked().read() == 0
                    ? "names and sizes looked at"
                    : "%d of them read, %s"
                        .formatted(
                            audit.looked().read(), CatalogText.size(audit.looked().bytesRead()))));
    picture(audit, out);
    spans(audit, out);
    for (var broken : audit.broken()) {
      out.append(
          "backup %s cannot be restored: it needs%n  %s%n"
              .formatted(broken.backup(), broken.missing()));
    }
    audit.findings().stream()
        .limit(SHOWN)
        .forEach(finding ->
            out.append(
                "%-15s %s%n                %s%n"
                    .formatted(finding.kind().text(), finding.where(), finding.what())));
    var more = audit.more() + Math.max(0, audit.findings().size() - SHOWN);
    if (more > 0) {
      out.append("and %d more findings%n".formatted(more));
    }
    return out.toString();
  }

  /// A line of blocks for each timeline, all to the same scale; full where all segments are there,
  /// empty where none is, and below it where backups begin.
  private static void picture(Audit audit, StringBuilder out) {
    var lines = audit.map().lines().stream().filter(line -> !line.runs().isEmpty()).toList();
    if (lines.isEmpty()) {
      out.append("no WAL\n\n");
      return;
    }
    var first =
        lines.stream().mapToLong(line -> line.runs().getFirst().first()).min().orElseThrow();
    var end = lines.stream().mapToLong(line -> line.runs().getLast().end()).max().orElseThrow();
    for (var line : lines) {
      out.append("timeline %3s ".formatted(Integer.toUnsignedString(line.timeline())));
      for (var cell = 0; cell < PICTURE; cell++) {
        out.append(block(line, first + (end - first) * cell / PICTURE, first, end, cell));
      }
      trim(out).append('\n');
      backups(audit, line, first, end, out);
    }
    out.append(
        "%-12s %s%n%n"
            .formatted(
                "",
                "%s to %s, a cell is %d %s"
                    .formatted(
                        audit.map().size().beginOf(first),
                        audit.map().size().beginOf(end),
                        Math.max(1, (end - first) / PICTURE),
                        end - first < 2L * PICTURE ? "segment" : "segments")));
  }

  private static char block(Line line, long from, long first, long end, int cell) {
    var next = Math.max(from + 1, first + (end - first) * (cell + 1) / PICTURE);
    var begin = Math.max(from, line.runs().getFirst().first());
    var to = Math.min(next, line.runs().getLast().end());
    if (to <= begin) {
      return ' ';
    }
    var there = 0L;
    for (var run : line.runs()) {
      there += Math.max(0, Math.min(to, run.end()) - Math.max(begin, run.first()));
    }
    return there == to - begin ? '█' : there == 0 ? '·' : '▒';
  }

  private static void backups(Audit audit, Line line, long first, long end, StringBuilder out) {
    var marks = new StringBuilder(" ".repeat(PICTURE + 1));
    for (var backup : audit.backups()) {
      backup
          .info()
          .get(BackupInfo.BEGIN_WAL)
          .filter(begin -> begin.timeline() == line.timeline())
          .map(begin -> begin.number(audit.map().size()))
          .filter(number -> number >= first && number < end)
          .ifPresent(
              number -> marks.setCharAt((int) ((number - first) * PICTURE / (end - first)), '▲'));
    }
    if (!marks.toString().isBlank()) {
      out.append("     backups ").append(marks.toString().stripTrailing()).append('\n');
    }
  }

  private static StringBuilder trim(StringBuilder out) {
    while (out.charAt(out.length() - 1) == ' ') {
      out.setLength(out.length() - 1);
    }
    return out;
  }

  private static void spans(Audit audit, StringBuilder out) {
    if (audit.spans().isEmpty()) {
      out.append("nothing can be restored\n");
    }
    for (var span : audit.spans()) {
      out.append(
          "timeline %s: can be restored from %s%n"
              .formatted(Integer.toUnsignedString(span.timeline()), since(span)));
      out.append("  to %s, %s%n".formatted(span.horizon().end(), end(span.horizon())));
      out.append(
          "  with %d %s from %s on%s%n"
              .formatted(
                  span.backups().size(),
                  span.backups().size() == 1 ? "backup" : "backups",
                  span.backups().getFirst(),
                  span.isHole() ? "; then WAL is missing" : ""));
    }
    out.append('\n');
  }

  private static String since(Span span) {
    return span.from() + span.since().map(time -> ", " + CatalogText.time(time)).orElse("");
  }

  private static String end(Horizon horizon) {
    return horizon
        .newest()
        .map(newest -> "any instant before " + newest)
        .or(() -> horizon.before().map(before -> "an instant before " + text(before)))
        .orElse("which is not known in time");
  }

  private static String text(Instant time) {
    return CatalogText.time(time.atOffset(ZoneOffset.UTC));
  }

  /// The same for programs: `{"schemaVersion":1,"server":…,"sound":…,"timelines":[…],"spans":[…],
  /// "brokenBackups":[…],"findings":[…]}`. Fields that do not apply are absent. `newestExact` says
  /// that every instant before it can be recovered to; `newestBound` only that none after it can.
  public static String json(Audit audit) {
    var root = JSON.createObjectNode();
    root.put("schemaVersion", SCHEMA_VERSION)
        .put("server", audit.place())
        .put("sound", audit.isSound());
    audit.systemId().ifPresent(id -> root.put("systemIdentifier", id));
    root.put("segmentBytes", audit.map().size().bytes());
    var looked = audit.looked();
    root.putObject("looked")
        .put("objects", looked.objects())
        .put("bytes", looked.bytes())
        .put("objectsRead", looked.read())
        .put("bytesRead", looked.bytesRead());
    var timelines = root.putArray("timelines");
    audit.map().lines().stream()
        .sorted(Comparator.comparing(Line::timeline, Integer::compareUnsigned))
        .forEach(line -> fill(timelines.addObject(), audit, line));
    var spans = root.putArray("spans");
    audit.spans().forEach(span -> fill(spans.addObject(), span));
    var broken = root.putArray("brokenBackups");
    audit
        .broken()
        .forEach(each ->
            broken
                .addObject()
                .put("backup", each.backup().text())
                .put("missing", each.missing().text()));
    var findings = root.putArray("findings");
    audit
        .findings()
        .forEach(finding ->
            findings
                .addObject()
                .put("kind", finding.kind().text())
                .put("severity", finding.kind().isFault() ? "error" : "notice")
                .put("where", finding.where())
                .put("message", finding.what()));
    root.put("moreFindings", audit.more());
    return JSON.writeValueAsString(root) + "\n";
  }

  private static void fill(ObjectNode node, Audit audit, Line line) {
    node.put("timeline", Integer.toUnsignedLong(line.timeline()));
    node.put("history", line.history().isPresent());
    var runs = node.putArray("runs");
    for (var run : line.runs()) {
      runs.addObject()
          .put("from", audit.map().size().beginOf(run.first()).toString())
          .put("to", audit.map().size().beginOf(run.end()).toString())
          .put("segments", run.count())
          .put("bytes", run.bytes(run.first(), run.end()));
    }
  }

  private static void fill(ObjectNode node, Span span) {
    node.put("timeline", Integer.toUnsignedLong(span.timeline()));
    node.put("fromLsn", span.from().toString()).put("toLsn", span.horizon().end().toString());
    span.since().ifPresent(time -> node.put("fromTime", time.toInstant().toString()));
    span.horizon()
        .newest()
        .ifPresentOrElse(
            newest -> node.put("newestExact", newest.toString()),
            () ->
                span.horizon()
                    .before()
                    .ifPresent(before -> node.put("newestBound", before.toString())));
    node.put("hole", span.isHole()).put("missing", span.horizon().missing().text());
    var backups = node.putArray("backups");
    span.backups().forEach(id -> backups.add(id.text()));
  }
}
