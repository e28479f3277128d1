package io.cooper.backup.retention;

import io.cooper.backup.catalog.Backup.Described;
import io.cooper.backup.catalog.CatalogText;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.retention.PrunePlan.Amount;
import io.cooper.backup.retention.Pruned.Left;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A plan and what became of it, as people and programs read them.
public final class PruneText {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final int SCHEMA_VERSION = 1;

  private PruneText() {}

  /// A plan: a line for each backup, and what goes of the WAL.
  public static String text(PrunePlan plan) {
    var out = new StringBuilder();
    out.append("%s%n%s%n%n".formatted(plan.place(), plan.rule()));
    for (var verdict : plan.verdicts()) {
      out.append(
          "%-7s %s  %-20s  %s%n"
              .formatted(
                  verdict.fate() == Verdict.Fate.OBSOLETE ? "delete" : "keep",
                  verdict.backup().id(),
                  ended(verdict).orElse("-"),
                  verdict.reason()));
    }
    for (var share : plan.wal()) {
      out.append(
          "%-7s WAL %s to %s%n".formatted("delete", share.first(), share.last())
              + "        %s%n".formatted(text(share.amount())));
    }
    out.append("%-7s %s of WAL%n".formatted("keep", text(plan.walStays())));
    if (!plan.orphans().isEmpty()) {
      out.append(
          "%-7s %d notes of Cooper on backups that are gone%n"
              .formatted("delete", plan.orphans().size()));
    }
    var bytes = plan.doomed().stream().mapToLong(PrunePlan.Doomed::bytes).sum();
    out.append(
        plan.isEmpty()
            ? "%nNothing is to be deleted.%n".formatted()
            : "%nIn all %d of %d backups and %d objects of WAL, %s.%n"
                .formatted(
                    plan.doomed().size(),
                    plan.verdicts().size(),
                    plan.walGoes().objects(),
                    CatalogText.size(bytes + plan.walGoes().bytes())));
    return out.toString();
  }

  private static Optional<String> ended(Verdict verdict) {
    return verdict.backup() instanceof Described described
        ? described.info().get(BackupInfo.END_TIME).map(CatalogText::time)
        : Optional.empty();
  }

  private static String text(Amount amount) {
    return "%d objects, %s".formatted(amount.objects(), CatalogText.size(amount.bytes()));
  }

  /// What became of a plan.
  public static String text(Pruned pruned) {
    var out = new StringBuilder();
    out.append(
        "Deleted %d backups and %d objects of WAL.%n"
            .formatted(pruned.backups().size(), pruned.wal().objects()));
    for (var left : pruned.left()) {
      out.append("NOT deleted: %s, %d objects%n".formatted(left.what(), left.objects()))
          .append(
              "  %s%s%n"
                  .formatted(
                      left.reason(),
                      left.until().map(until -> " until " + text(until)).orElse("")));
    }
    if (pruned.isHidden()) {
      out.append(
          "The bucket keeps versions: what was deleted takes room until a rule of the bucket removes"
              + " it.\n");
    }
    return out.toString();
  }

  private static String text(Instant time) {
    return CatalogText.time(time.atOffset(ZoneOffset.UTC));
  }

  /// A plan for programs, and what became of it if it was executed:
  /// `{"schemaVersion":1,"server":…,"rule":…,"dryRun":…,"backups":[…],"wal":{…},"result":{…}}`.
  public static String json(PrunePlan plan, Optional<Pruned> pruned) {
    var root = JSON.createObjectNode();
    root.put("schemaVersion", SCHEMA_VERSION).put("server", plan.place()).put("rule", plan.rule());
    root.put("dryRun", pruned.isEmpty());
    var backups = root.putArray("backups");
    for (var verdict : plan.verdicts()) {
      backups
          .addObject()
          .put("id", verdict.backup().id().text())
          .put("fate", verdict.fate().name().toLowerCase(Locale.ROOT).replace('_', '-'))
          .put("delete", verdict.fate() == Verdict.Fate.OBSOLETE)
          .put("reason", verdict.reason());
    }
    var wal = root.putObject("wal");
    amount(wal.putObject("kept"), plan.walStays());
    amount(wal.putObject("deleted"), plan.walGoes());
    var timelines = wal.putArray("timelines");
    for (var share : plan.wal()) {
      var node = timelines.addObject();
      node.put("timeline", Integer.toUnsignedLong(share.timeline()))
          .put("first", share.first())
          .put("last", share.last());
      amount(node, share.amount());
    }
    var orphans = root.putArray("orphans");
    plan.orphans().forEach(orphans::add);
    pruned.ifPresent(done -> result(root.putObject("result"), done));
    return JSON.writeValueAsString(root) + "\n";
  }

  private static void amount(ObjectNode node, Amount amount) {
    node.put("objects", amount.objects()).put("bytes", amount.bytes());
  }

  private static void result(ObjectNode node, Pruned done) {
    var backups = node.putArray("backups");
    done.backups().forEach(id -> backups.add(id.text()));
    node.put("walObjects", done.wal().objects()).put("versionsKept", done.isHidden());
    var left = node.putArray("notDeleted");
    for (Left each : done.left()) {
      var entry = left.addObject();
      entry.put("what", each.what()).put("objects", each.objects()).put("reason", each.reason());
      each.until().ifPresent(until -> entry.put("until", until.toString()));
    }
  }
}
