package io.cooper.policy.report;

import io.cooper.migrate.ClusterMove;
import io.cooper.migrate.Migration;
import io.cooper.migrate.Moved;
import io.cooper.migrate.Obstacle;
import java.io.PrintWriter;
import java.util.List;
import org.apache.commons.text.WordUtils;

/// A planned move to the plugin, for people.
public final class MigrationText {
  private static final int NARROWEST = 40;

  private final boolean coloured;
  private final int width;

  /// @param coloured whether to use ANSI colours
  /// @param width in columns
  public MigrationText(boolean coloured, int width) {
    this.coloured = coloured;
    this.width = Math.max(width, NARROWEST);
  }

  /// One item of what has to be in order before anything is moved.
  ///
  /// @param name in a few words
  /// @param state how it stands
  /// @param text what was found
  public record Item(String name, State state, String text) {
    /// How an item stands.
    public enum State {
      /// In order.
      OK,
      /// Not in order.
      FAIL,
      /// A repository cannot tell.
      LOOK
    }
  }

  /// Prints what has to be in order first.
  public void print(List<Item> items, PrintWriter out) {
    out.println(paint("1", "Before"));
    for (var item : items) {
      var colour =
          switch (item.state()) {
            case OK -> "32";
            case FAIL -> "1;31";
            case LOOK -> "33";
          };
      out.println(
          "  %s %s"
              .formatted(
                  paint(colour, "%-4s".formatted(item.state())),
                  wrap("%-12s %s".formatted(item.name(), item.text()), 20)));
    }
  }

  /// Prints what becomes of each Cluster, and of which files.
  public void print(Migration migration, PrintWriter out) {
    migration.moves().forEach(move -> print(move, out));
    if (!migration.files().isEmpty()) {
      out.println();
      out.println(paint("1", "Files"));
      migration
          .files()
          .forEach((file, changed) ->
              out.println(
                  "  %s %s".formatted(changed.before().isEmpty() ? "+" : "~", Visible.line(file))));
    }
  }

  private void print(ClusterMove move, PrintWriter out) {
    out.println();
    out.println(
        paint("1", Visible.line("%s  %s".formatted(move.cluster(), move.cluster().place()))));
    move.moved().forEach(each -> print(each, out));
    move.notes().forEach(note -> out.println("  note    " + wrap(note, 10)));
    move.obstacles().forEach(each -> print(each, out));
  }

  private void print(Moved moved, PrintWriter out) {
    out.println("  " + Visible.line(moved.from()));
    out.println("    → " + wrap(moved.to(), 6));
  }

  /// Prints why a Cluster is left as it is.
  public void print(Obstacle obstacle, PrintWriter out) {
    out.println(
        "  %s %s"
            .formatted(
                paint("1;31", "refused"),
                wrap(
                    "%s %s: %s; %s"
                        .formatted(
                            obstacle.place(),
                            obstacle.kind().word(),
                            obstacle.text(),
                            obstacle.remedy()),
                    10)));
  }

  private String wrap(String text, int indent) {
    return WordUtils.wrap(
        Visible.line(text), Math.max(width - indent, 20), "\n" + " ".repeat(indent), false);
  }

  private String paint(String code, String text) {
    return coloured ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
