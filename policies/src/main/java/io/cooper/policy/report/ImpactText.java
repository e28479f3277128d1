package io.cooper.policy.report;

import io.cooper.flux.api.NamespacedName;
import io.cooper.impact.ClusterChange;
import io.cooper.impact.Effect;
import io.cooper.impact.ObjectChange;
import io.cooper.impact.Run;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.apache.commons.text.WordUtils;
import org.jspecify.annotations.Nullable;

/// What a change does, for people: the consequences first, then every object, then the order.
public final class ImpactText {
  private static final int MOST_FIELDS = 12;
  private static final int NARROWEST = 40;
  private static final int MOST_NAMES = 4;

  private final boolean coloured;
  private final int width;

  /// @param coloured whether to use ANSI colours
  /// @param width in columns
  public ImpactText(boolean coloured, int width) {
    this.coloured = coloured;
    this.width = Math.max(width, NARROWEST);
  }

  /// Prints the report.
  public void print(ImpactReport report, PrintWriter out) {
    out.println(
        Visible.line(
            "%s → %s, %d file%s changed"
                .formatted(
                    shortened(report.base()),
                    shortened(report.head()),
                    report.files(),
                    report.files() == 1 ? "" : "s")));
    for (var cluster : report.clusters()) {
      out.println();
      out.println(paint("1", Visible.line(name(cluster) + "  " + ImpactReport.counts(cluster))));
      if (!cluster.isEmpty()) {
        print(cluster, out);
      }
    }
    out.flush();
  }

  private static String name(ClusterChange cluster) {
    return cluster.entry().isEmpty() ? "." : cluster.entry();
  }

  /// A commit by its first characters.
  private static String shortened(String revision) {
    return revision.replaceFirst("(sha(?:1|256):[0-9a-f]{8})[0-9a-f]+", "$1");
  }

  private void print(ClusterChange cluster, PrintWriter out) {
    if (!cluster.effects().isEmpty()) {
      out.println();
      cluster.effects().forEach(effect -> print(effect, out));
    }
    for (var id : cluster.unrendered()) {
      out.println(
          "  %s %s"
              .formatted(
                  paint("1;31", "%-8s".formatted("refused")),
                  wrap(
                      "Kustomization %s cannot be rendered after the change: nothing of it is applied; cooper check says why"
                          .formatted(id),
                      11)));
    }
    NamespacedName owner = null;
    for (var change : cluster.objects()) {
      if (!change.owner().equals(owner)) {
        owner = change.owner();
        out.println();
        out.println(paint("1", Visible.line("Kustomization " + owner)));
      }
      print(change, out);
    }
    order(cluster, out);
  }

  private void print(Effect effect, PrintWriter out) {
    var colour =
        switch (effect.weight()) {
          case LOSS, REFUSED -> "1;31";
          case DOWNTIME -> "31";
          case RESTART -> "33";
          case NOTE -> "36";
        };
    out.println(
        "  %s %s"
            .formatted(
                paint(colour, "%-8s".formatted(effect.weight().word().toUpperCase(Locale.ROOT))),
                wrap("%s %s".formatted(effect.object(), effect.text()), 11)));
  }

  private void print(ObjectChange change, PrintWriter out) {
    switch (change) {
      case ObjectChange.Added added -> line(out, "32", "+", added.id().toString());
      case ObjectChange.Removed removed ->
          line(
              out,
              "31",
              "-",
              "%s  %s%s"
                  .formatted(
                      removed.id(),
                      removed.fate().deleted() ? "" : "stays: ",
                      removed.fate().reason()));
      case ObjectChange.Changed changed -> {
        var from = changed.moves() ? "  from " + changed.formerOwner() : "";
        line(out, "33", "~", changed.id() + from);
        changed.fields().stream()
            .limit(MOST_FIELDS)
            .forEach(field -> out.println("      " + wrap(field.toString(), 8)));
        if (changed.fields().size() > MOST_FIELDS) {
          out.printf("      and %d more%n", changed.fields().size() - MOST_FIELDS);
        }
      }
    }
  }

  private void line(PrintWriter out, String colour, String sign, String text) {
    out.println("  " + paint(colour, sign) + " " + wrap(text, 6));
  }

  private void order(ClusterChange cluster, PrintWriter out) {
    out.println();
    out.println(paint("1", "Order"));
    out.println(
        "  "
            + wrap(
                "Every commit makes every Kustomization run; %d of %d ha%s something to apply."
                    .formatted(
                        cluster.runs().size(),
                        cluster.kustomizations(),
                        cluster.runs().size() == 1 ? "s" : "ve"),
                2));
    cluster.runs().forEach(run -> print(run, out));
  }

  private void print(Run run, PrintWriter out) {
    var waits =
        run.holdsBack().isEmpty()
            ? ""
            : run.checksHealth()
                ? "; until it is healthy %s %s"
                    .formatted(
                        names(run.holdsBack()), run.holdsBack().size() == 1 ? "waits" : "wait")
                : "; %s %s only until it is applied"
                    .formatted(
                        names(run.holdsBack()), run.holdsBack().size() == 1 ? "waits" : "wait");
    out.println(
        "  "
            + wrap(
                "wave %d  %s  +%d ~%d -%d%s"
                    .formatted(
                        run.wave(), run.id(), run.added(), run.changed(), run.removed(), waits),
                10));
  }

  private static String names(List<NamespacedName> ids) {
    var names = ids.stream().limit(MOST_NAMES).map(NamespacedName::name).toList();
    return ids.size() <= MOST_NAMES
        ? String.join(", ", names)
        : "%s and %d more".formatted(String.join(", ", names), ids.size() - MOST_NAMES);
  }

  private String wrap(String text, int indent) {
    return WordUtils.wrap(Visible.line(text), width - indent, "\n" + " ".repeat(indent), false);
  }

  private String paint(String code, @Nullable String text) {
    return coloured ? "\u001b[" + code + "m" + text + "\u001b[0m" : String.valueOf(text);
  }
}
