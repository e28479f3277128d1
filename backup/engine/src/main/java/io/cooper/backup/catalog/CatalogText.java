package io.cooper.backup.catalog;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Backups as people and programs read them. Times are in UTC; what is not known is `-` in text and
/// absent in JSON.
public final class CatalogText {
  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final List<String> COLUMNS =
      List.of("ID", "NAME", "STATUS", "ENDED", "TOOK", "SIZE", "STORED", "RATIO", "WAL", "KEEP");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final int SCHEMA_VERSION = 1;

  private CatalogText() {}

  /// A table, one line a backup, and below it the problems of those that cannot be read.
  public static String table(List<Backup> backups) {
    return table(backups, Map.of());
  }

  /// The same, with the last verification of each, if there was any.
  public static String table(List<Backup> backups, Map<BackupId, LastVerified> verified) {
    var rows = new ArrayList<List<String>>();
    rows.add(COLUMNS);
    backups.forEach(backup -> rows.add(row(backup)));
    if (!verified.isEmpty()) {
      rows.replaceAll(ArrayList::new);
      rows.getFirst().add("VERIFIED");
      for (var index = 0; index < backups.size(); index++) {
        var last = Optional.ofNullable(verified.get(backups.get(index).id()));
        rows.get(index + 1).add(last.map(CatalogText::text).orElse("-"));
      }
    }
    var notes = backups.stream().flatMap(backup -> notes(backup).stream()).toList();
    return aligned(rows) + notes.stream().map(note -> note + "\n").collect(Collectors.joining());
  }

  private static List<String> row(Backup backup) {
    return switch (backup) {
      case Backup.Described it ->
          List.of(
              it.id().text(),
              it.name().orElse("-"),
              status(it),
              it.info().get(BackupInfo.END_TIME).map(CatalogText::time).orElse("-"),
              it.duration().map(CatalogText::text).orElse("-"),
              it.info().get(BackupInfo.CLUSTER_SIZE).map(CatalogText::size).orElse("-"),
              it.isSnapshot() ? "snapshot" : size(it.stored()),
              it.ratio().map("%.1f"::formatted).orElse("-"),
              it.wal().map(CatalogText::text).orElse("-"),
              it.keep().map(Backup.Keep::text).orElse("-"));
      case Backup.Unreadable(var id, _) ->
          List.of(id.text(), "-", "UNREADABLE", "-", "-", "-", "-", "-", "-", "-");
    };
  }

  /// DONE is said only of what can be restored.
  private static String status(Backup.Described backup) {
    return backup.info().status() == BackupInfo.Status.DONE && !backup.isRestorable()
        ? "INCOMPLETE"
        : backup.info().status().name();
  }

  private static List<String> notes(Backup backup) {
    return switch (backup) {
      case Backup.Described it when status(it).equals("INCOMPLETE") ->
          List.of(it.id() + ": says it is done, and has no data archive");
      case Backup.Described it when !it.info().unknownKeys().isEmpty() ->
          List.of(
              "%s: backup.info has keys that no known barman writes, at which barman stops for all backups of the server: %s"
                  .formatted(it.id(), String.join(", ", it.info().unknownKeys())));
      case Backup.Described it ->
          it.info().get(BackupInfo.ERROR).map(error -> it.id() + ": " + error).stream().toList();
      case Backup.Unreadable(_, var problem) -> List.of(problem.toString());
    };
  }

  private static String aligned(List<List<String>> rows) {
    var widths = new int[rows.getFirst().size()];
    for (var row : rows) {
      for (var column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], width(row.get(column)));
      }
    }
    var out = new StringBuilder();
    for (var row : rows) {
      var line = new StringBuilder();
      for (var column = 0; column < widths.length; column++) {
        var cell = row.get(column);
        line.append(cell).append(" ".repeat(widths[column] - width(cell) + 2));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  /// One backup, a line for each thing that is known of it.
  public static String details(Backup.Described backup) {
    return details(backup, Optional.empty());
  }

  /// The same, with its last verification.
  public static String details(Backup.Described backup, Optional<LastVerified> verified) {
    var info = backup.info();
    var lines = new ArrayList<Map.Entry<String, Optional<String>>>();
    lines.add(Map.entry("id", Optional.of(backup.id().text())));
    lines.add(Map.entry("name", backup.name()));
    lines.add(Map.entry("status", Optional.of(status(backup))));
    lines.add(Map.entry("error", info.get(BackupInfo.ERROR)));
    lines.add(Map.entry("began", info.get(BackupInfo.BEGIN_TIME).map(CatalogText::time)));
    lines.add(Map.entry("ended", info.get(BackupInfo.END_TIME).map(CatalogText::time)));
    lines.add(Map.entry("took", backup.duration().map(CatalogText::text)));
    lines.add(Map.entry("cluster size", info.get(BackupInfo.CLUSTER_SIZE).map(CatalogText::size)));
    lines.add(
        Map.entry(
            "stored",
            Optional.of(
                backup.isSnapshot()
                    ? "snapshots of disks"
                    : "%s in %d archives".formatted(size(backup.stored()), backup.archives()))));
    lines.add(Map.entry("ratio", backup.ratio().map("%.1f"::formatted)));
    lines.add(Map.entry("WAL", backup.wal().map(CatalogText::text)));
    lines.add(
        Map.entry(
            "LSN",
            info.get(BackupInfo.BEGIN_LSN)
                .map(begin ->
                    begin
                        + " to "
                        + info.get(BackupInfo.END_LSN).map(Object::toString).orElse("-"))));
    lines.add(Map.entry("timeline", info.get(BackupInfo.TIMELINE).map(String::valueOf)));
    lines.add(Map.entry("system identifier", info.get(BackupInfo.SYSTEM_ID)));
    lines.add(Map.entry("PostgreSQL", info.get(BackupInfo.VERSION).map(CatalogText::version)));
    lines.add(Map.entry("data directory", info.get(BackupInfo.PGDATA)));
    info.tablespaces()
        .forEach(space ->
            lines.add(
                Map.entry(
                    "tablespace",
                    Optional.of(
                        "%s (%d) at %s".formatted(space.name(), space.oid(), space.location())))));
    lines.add(Map.entry("checksums", info.get(BackupInfo.DATA_CHECKSUMS)));
    lines.add(Map.entry("kept", backup.keep().map(Backup.Keep::text)));
    lines.add(Map.entry("verified", verified.map(CatalogText::text)));
    return lines.stream()
        .flatMap(line ->
            line.getValue().map(value -> "%-18s %s\n".formatted(line.getKey(), value)).stream())
        .collect(Collectors.joining());
  }

  /// All backups for programs.
  public static String json(String place, List<Backup> backups) {
    return json(place, backups, Map.of());
  }

  /// The same, with the last verification of each.
  public static String json(
      String place, List<Backup> backups, Map<BackupId, LastVerified> verified) {
    var root = JSON.createObjectNode();
    root.put("schemaVersion", SCHEMA_VERSION).put("server", place);
    var array = root.putArray("backups");
    for (var backup : backups) {
      var node = array.addObject();
      fill(node, backup);
      add(node, Optional.ofNullable(verified.get(backup.id())));
    }
    return JSON.writeValueAsString(root) + "\n";
  }

  /// One backup for programs: the same object as in the list.
  public static String json(String place, Backup.Described backup) {
    return json(place, backup, Optional.empty());
  }

  /// The same, with its last verification.
  public static String json(
      String place, Backup.Described backup, Optional<LastVerified> verified) {
    var root = JSON.createObjectNode();
    root.put("schemaVersion", SCHEMA_VERSION).put("server", place);
    var node = root.putObject("backup");
    fill(node, backup);
    add(node, verified);
    return JSON.writeValueAsString(root) + "\n";
  }

  private static void add(ObjectNode node, Optional<LastVerified> verified) {
    verified.ifPresent(last ->
        node.putObject("verified")
            .put("time", DateTimeFormatter.ISO_INSTANT.format(last.at()))
            .put("sound", last.sound()));
  }

  private static void fill(ObjectNode node, Backup backup) {
    node.put("id", backup.id().text());
    switch (backup) {
      case Backup.Unreadable(_, var problem) ->
          node.put("status", "UNREADABLE")
              .putObject("problem")
              .put("code", problem.code().name())
              .put("where", problem.where())
              .put("what", problem.what())
              .put("remedy", problem.remedy());
      case Backup.Described it -> describe(node, it);
    }
  }

  private static void describe(ObjectNode node, Backup.Described backup) {
    var info = backup.info();
    backup.name().ifPresent(name -> node.put("name", name));
    node.put("status", status(backup)).put("restorable", backup.isRestorable());
    info.get(BackupInfo.ERROR).ifPresent(error -> node.put("error", error));
    info.get(BackupInfo.BEGIN_TIME).ifPresent(time -> node.put("beginTime", iso(time)));
    info.get(BackupInfo.END_TIME).ifPresent(time -> node.put("endTime", iso(time)));
    backup.duration().ifPresent(took -> node.put("durationMillis", took.toMillis()));
    info.get(BackupInfo.CLUSTER_SIZE).ifPresent(size -> node.put("clusterBytes", size));
    node.put("archives", backup.archives()).put("storedBytes", backup.stored());
    node.put("snapshot", backup.isSnapshot());
    backup.ratio().ifPresent(ratio -> node.put("ratio", ratio));
    backup
        .wal()
        .ifPresent(wal -> node.put("beginWal", wal.begin().text()).put("endWal", wal.end().text()));
    info.get(BackupInfo.BEGIN_LSN).ifPresent(lsn -> node.put("beginLsn", lsn.toString()));
    info.get(BackupInfo.END_LSN).ifPresent(lsn -> node.put("endLsn", lsn.toString()));
    info.get(BackupInfo.TIMELINE).ifPresent(timeline -> node.put("timeline", timeline));
    info.get(BackupInfo.SYSTEM_ID).ifPresent(id -> node.put("systemIdentifier", id));
    info.get(BackupInfo.VERSION).ifPresent(version -> node.put("serverVersion", version));
    node.put("segmentBytes", info.segmentSize().bytes());
    var spaces = node.putArray("tablespaces");
    info.tablespaces()
        .forEach(space ->
            spaces
                .addObject()
                .put("name", space.name())
                .put("oid", space.oid())
                .put("location", space.location()));
    backup.keep().ifPresent(keep -> node.put("keep", keep.text()));
    if (!info.unknownKeys().isEmpty()) {
      var unknown = node.putArray("unknownKeys");
      info.unknownKeys().forEach(unknown::add);
    }
  }

  /// A time in UTC, to the second.
  public static String time(OffsetDateTime time) {
    return MINUTES.format(time.withOffsetSameInstant(ZoneOffset.UTC)) + "Z";
  }

  private static String iso(OffsetDateTime time) {
    return DateTimeFormatter.ISO_INSTANT.format(time);
  }

  private static String text(LastVerified verified) {
    return "%s %s"
        .formatted(
            time(verified.at().atOffset(ZoneOffset.UTC)), verified.sound() ? "sound" : "DAMAGED");
  }

  private static String text(Backup.WalRange wal) {
    return wal.begin().equals(wal.end()) ? wal.begin().text() : wal.begin() + ".." + wal.end();
  }

  private static String text(Duration took) {
    return took.toHours() > 0
        ? "%dh%02dm".formatted(took.toHours(), took.toMinutesPart())
        : took.toMinutes() > 0
            ? "%dm%02ds".formatted(took.toMinutes(), took.toSecondsPart())
            : String.format(Locale.ROOT, "%.1fs", took.toMillis() / 1000.0);
  }

  /// Bytes in units of 1,024, as file systems count.
  public static String size(long bytes) {
    var units = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");
    var unit = 0;
    var value = (double) bytes;
    while (value >= 1024 && unit < units.size() - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units.get(unit));
  }

  private static String version(long number) {
    return number < 100_000
        ? "%d.%d".formatted(number / 10_000, number / 100 % 100)
        : "%d.%d".formatted(number / 10_000, number % 10_000);
  }
}
