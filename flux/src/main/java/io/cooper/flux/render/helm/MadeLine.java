package io.cooper.flux.render.helm;

import java.util.ArrayList;
import java.util.List;

/// Leads from a line of what a template has made back to the template.
final class MadeLine {
  private static final String SOURCE = "# Source: ";

  private MadeLine() {}

  /// The line of a template that made a line of its output: the first that begins with the same
  /// key; 1 if none does. The parser may stop a line or two behind the fault, so lines before it
  /// are tried as well.
  ///
  /// @param output of helm with `--debug`
  /// @param name of the template as helm gives it
  /// @param line of the document, counted from 1
  static int of(String output, String name, int line, String template) {
    var made = document(output, name);
    var lines = template.lines().map(String::strip).toList();
    for (int i = Math.min(line, made.size()); i > Math.max(0, line - 3); i--) {
      var key = key(made.get(i - 1).strip());
      if (!key.isEmpty()) {
        for (int j = 0; j < lines.size(); j++) {
          if (lines.get(j).startsWith(key)) {
            return j + 1;
          }
        }
      }
    }
    return 1;
  }

  private static String key(String line) {
    int colon = line.indexOf(':');
    return colon < 0 ? line : line.substring(0, colon + 1);
  }

  private static List<String> document(String output, String name) {
    var lines = new ArrayList<String>();
    boolean inside = false;
    for (var line : (Iterable<String>) output.lines()::iterator) {
      if (line.startsWith(SOURCE)) {
        inside = line.equals(SOURCE + name);
      } else if (line.startsWith("---")) {
        inside = false;
      } else if (inside) {
        lines.add(line);
      }
    }
    return lines;
  }
}
