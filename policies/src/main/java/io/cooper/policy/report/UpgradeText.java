package io.cooper.policy.report;

import io.cooper.impact.FieldChange;
import io.cooper.plugin.Difference;
import io.cooper.plugin.Fitness;
import io.cooper.plugin.Part;
import io.cooper.plugin.Upgrade;
import java.io.PrintWriter;
import java.util.List;
import org.apache.commons.text.WordUtils;

/// What an upgrade brings, for people: object by object, then what is left to delete, then what the
/// new definitions say of the repository.
public final class UpgradeText {
  private static final int NARROWEST = 40;

  /// A column that is wider leaves no room for the next one.
  private static final int WIDEST_COLUMN = 34;

  private final boolean coloured;
  private final int width;

  /// @param coloured whether to use ANSI colours
  /// @param width in columns
  public UpgradeText(boolean coloured, int width) {
    this.coloured = coloured;
    this.width = Math.max(width, NARROWEST);
  }

  /// Prints the report.
  public void print(UpgradeReport report, PrintWriter out) {
    var upgrade = report.upgrade();
    out.println(wrap("%s → %s".formatted(upgrade.before().name(), upgrade.after().name()), 0));
    out.println(
        "%s, %s that may break what worked"
            .formatted(
                count(upgrade.differences().size(), "object that differs", "objects that differ"),
                count(upgrade.breaking(), "change", "changes")));
    upgrade.differences().forEach(difference -> print(difference, out));
    leftovers(upgrade, out);
    fitness(report.fitness(), out);
    out.flush();
  }

  private void print(Difference difference, PrintWriter out) {
    out.println();
    var id = difference.id().toString();
    switch (difference) {
      case Difference.Added _ -> head(out, "32", "+", id);
      case Difference.Removed _ -> head(out, "31", "-", id);
      case Difference.Changed _ -> head(out, "33", "~", id);
      case Difference.Renamed renamed ->
          head(out, "33", "~", "%s  was %s".formatted(id, renamed.before().name()));
    }
    difference.parts().forEach(part -> print(part, out));
  }

  private void head(PrintWriter out, String colour, String sign, String text) {
    out.println(paint(colour, sign) + " " + paint("1", wrap(text, 2)));
  }

  private void print(Part part, PrintWriter out) {
    out.println("  " + part.title());
    int column =
        part.changes().stream()
            .mapToInt(change -> path(change.field()).length())
            .filter(length -> length <= WIDEST_COLUMN)
            .max()
            .orElse(0);
    part.changes().forEach(change -> print(change, column, out));
  }

  private void print(Part.Change change, int column, PrintWriter out) {
    var field = change.field();
    var sign = field.before().isEmpty() ? "+" : field.after().isEmpty() ? "-" : "~";
    var colour = sign.equals("+") ? "32" : sign.equals("-") ? "31" : "33";
    var lines = lines(field);
    if (path(field).length() <= WIDEST_COLUMN) {
      out.println(
          "    %s %s %s"
              .formatted(
                  paint(colour, sign),
                  path(field) + " ".repeat(column - path(field).length()),
                  wrap(lines.getFirst(), column + 7)));
      lines.stream()
          .skip(1)
          .forEach(line -> out.println(" ".repeat(column + 7) + wrap(line, column + 7)));
    } else {
      out.println("    %s %s".formatted(paint(colour, sign), wrap(path(field), 6)));
      lines.forEach(line -> out.println("        " + wrap(line, 8)));
    }
    change
        .breaking()
        .ifPresent(why -> out.println("      " + paint("1;31", "BREAKING") + " " + wrap(why, 15)));
  }

  /// The value, or both on a line of their own where one line is too short.
  private List<String> lines(FieldChange field) {
    var before = field.before().orElse("");
    var after = field.after().orElse("");
    if (field.before().isEmpty() || field.after().isEmpty()) {
      return List.of(before + after);
    }
    return before.length() + after.length() < width / 2
        ? List.of("%s → %s".formatted(before, after))
        : List.of(before, "→ " + after);
  }

  private void leftovers(Upgrade upgrade, PrintWriter out) {
    var leftovers = upgrade.leftovers();
    if (leftovers.isEmpty()) {
      return;
    }
    out.println();
    out.println(paint("1", "To delete"));
    out.println(
        "  "
            + wrap(
                "Flux deletes these where the Kustomization that applied them prunes. kubectl apply"
                    + " leaves them; look first that nobody else uses an object of that name.",
                2));
    leftovers.forEach(each -> out.println("  " + Visible.line(Upgrade.deletion(each))));
  }

  private void fitness(Fitness fitness, PrintWriter out) {
    if (fitness.judged() == 0) {
      return;
    }
    out.println();
    out.println(paint("1", "This repository"));
    var refused = fitness.refused().stream().map(Fitness.Refused::object).distinct().count();
    out.println(
        "  %s of kinds that the new set defines, %d refused"
            .formatted(count(fitness.judged(), "object", "objects"), refused));
    for (var each : fitness.refused()) {
      var place = each.object().placeAt(each.violation().path().toArray(String[]::new));
      out.println(
          "  %s %s"
              .formatted(
                  paint("1;31", "refused"),
                  wrap(
                      "%s %s: %s%s"
                          .formatted(
                              place,
                              each.object(),
                              each.violation().message(),
                              each.before() ? " (as before)" : ""),
                      10)));
    }
  }

  /// In a workload, everybody knows where containers stand.
  private static String path(FieldChange field) {
    return Visible.line(field.path().replaceFirst("^spec\\.template\\.spec\\.", ""));
  }

  private static String count(long number, String one, String many) {
    return "%d %s".formatted(number, number == 1 ? one : many);
  }

  private String wrap(String text, int indent) {
    return WordUtils.wrap(
        Visible.line(text), Math.max(width - indent, 20), "\n" + " ".repeat(indent), false);
  }

  private String paint(String code, String text) {
    return coloured ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
