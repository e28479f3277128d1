package io.cooper.policy.report;

import io.cooper.impact.ClusterChange;
import io.cooper.impact.Effect;
import io.cooper.impact.FieldChange;
import io.cooper.impact.ObjectChange;
import io.cooper.impact.Run;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// What a change does, as a comment on a pull request. Never longer than GitHub takes.
public final class ImpactMarkdown {
  private static final int RESERVE = 500;
  private static final int MOST_FIELDS = 20;

  private final String name;

  /// @param name tells the comments of several runs on one repository apart
  public ImpactMarkdown(String name) {
    this.name = name;
  }

  /// Prints the report.
  public void print(ImpactReport report, PrintWriter out) {
    var text = new StringBuilder();
    text.append(MarkdownReport.marker(name)).append('\n');
    text.append("### Cooper: ")
        .append(report.isEmpty() ? "no cluster notices this change" : "what this change does")
        .append("\n\n");
    var parts = new ArrayList<String>();
    report.clusters().stream()
        .filter(cluster -> !cluster.isEmpty())
        .forEach(cluster -> parts.addAll(parts(cluster)));
    int leftOut = 0;
    for (var part : parts) {
      if (text.length() + part.length() < MarkdownReport.LIMIT - RESERVE) {
        text.append(part);
      } else {
        leftOut++;
      }
    }
    if (leftOut > 0) {
      text.append("\n%d parts are left out here; `cooper diff` prints all.\n".formatted(leftOut));
    }
    text.append("\n<sub>")
        .append(Markdown.text("%s compared with %s".formatted(report.head(), report.base())))
        .append("</sub>\n");
    out.print(text);
    out.flush();
  }

  private static List<String> parts(ClusterChange cluster) {
    var parts = new ArrayList<String>();
    parts.add(
        "**%s** – %s\n\n"
            .formatted(
                Markdown.text(cluster.entry().isEmpty() ? "." : cluster.entry()),
                ImpactReport.counts(cluster)));
    if (!cluster.effects().isEmpty()) {
      parts.add("| | object | what happens |\n| --- | --- | --- |\n");
      cluster.effects().forEach(effect -> parts.add(row(effect)));
    }
    cluster
        .unrendered()
        .forEach(id ->
            parts.add(
                "\n**refused** Kustomization %s cannot be rendered after the change.\n"
                    .formatted(Markdown.code(id.toString()))));
    parts.add("\n<details><summary>Objects</summary>\n\n");
    cluster.objects().forEach(change -> parts.add(item(change)));
    parts.add("\n</details>\n\n<details><summary>Order</summary>\n\n");
    parts.add("| wave | Kustomization | objects | holds back |\n| --- | --- | --- | --- |\n");
    cluster.runs().forEach(run -> parts.add(row(run)));
    parts.add("\n</details>\n\n");
    return parts;
  }

  private static String row(Effect effect) {
    var weight = effect.weight();
    var shown = weight.compareTo(Effect.Weight.DOWNTIME) <= 0 ? "**%s**" : "%s";
    return "| %s | %s | %s |\n"
        .formatted(
            shown.formatted(weight.word()),
            Markdown.code(effect.object().toString()),
            Markdown.text(effect.text()));
  }

  private static String row(Run run) {
    var held = run.holdsBack().stream().map(id -> Markdown.code(id.toString())).toList();
    return "| %d | %s | +%d ~%d -%d | %s%s |\n"
        .formatted(
            run.wave(),
            Markdown.code(run.id().toString()),
            run.added(),
            run.changed(),
            run.removed(),
            String.join(", ", held),
            held.isEmpty() || run.checksHealth() ? "" : " (until it is applied)");
  }

  private static String item(ObjectChange change) {
    var id = Markdown.code(change.id().toString());
    var owner = Markdown.code(change.owner().toString());
    return switch (change) {
      case ObjectChange.Added _ -> "- added %s by %s\n".formatted(id, owner);
      case ObjectChange.Removed removed ->
          "- removed %s: %s%s\n"
              .formatted(
                  id,
                  removed.fate().deleted() ? "" : "it stays, ",
                  Markdown.text(removed.fate().reason()));
      case ObjectChange.Changed changed -> {
        var text =
            new StringBuilder(
                "- changed %s by %s%s\n"
                    .formatted(
                        id,
                        owner,
                        changed.moves()
                            ? ", before by " + Markdown.code(changed.formerOwner().toString())
                            : ""));
        changed.fields().stream()
            .limit(MOST_FIELDS)
            .map(ImpactMarkdown::item)
            .forEach(text::append);
        if (changed.fields().size() > MOST_FIELDS) {
          text.append("  - and %d more\n".formatted(changed.fields().size() - MOST_FIELDS));
        }
        yield text.toString();
      }
    };
  }

  private static String item(FieldChange field) {
    return "  - %s: %s → %s\n"
        .formatted(
            Markdown.code(field.path()),
            field.before().map(Markdown::code).orElse("nothing"),
            field.after().map(Markdown::code).orElse("nothing"));
  }
}
