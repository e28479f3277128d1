package io.cooper.policy.repair;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The difference between two states of a file, in the form that `patch` and `git apply` take.
public final class UnifiedDiff {
  private static final int CONTEXT = 3;
  private static final String NO_END = "\\ No newline at end of file";

  private UnifiedDiff() {}

  /// The lines of the difference, each ending with a line feed; nothing where there is none.
  ///
  /// @param file path relative to the root of the repository
  public static String of(String file, byte[] before, byte[] after) {
    var old = lines(before);
    var fresh = lines(after);
    var diff =
        UnifiedDiffUtils.generateUnifiedDiff(
            "a/" + file, "b/" + file, old, DiffUtils.diff(old, fresh), CONTEXT);
    var text = new StringBuilder();
    for (var line : diff) {
      text.append(line.replace("\n" + NO_END, "")).append('\n');
      if (line.endsWith(NO_END)) {
        text.append(NO_END).append('\n');
      }
    }
    return text.toString();
  }

  /// The same for a file that is new.
  public static String ofNew(String file, byte[] text) {
    var lines = lines(text);
    var diff =
        new StringBuilder("diff --git a/%1$s b/%1$s\nnew file mode 100644\n".formatted(file));
    if (!lines.isEmpty()) {
      diff.append("--- /dev/null\n+++ b/%s\n".formatted(file));
      diff.append("@@ -0,0 +1,%d @@\n".formatted(lines.size()));
      lines.forEach(line -> diff.append('+').append(line).append('\n'));
    }
    return diff.toString();
  }

  /// Carriage returns are part of their lines, and a last line without an end is another line than
  /// one with it.
  private static List<String> lines(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.UTF_8);
    var lines = new ArrayList<>(List.of(text.split("\n", -1)));
    var last = lines.removeLast();
    if (!last.isEmpty()) {
      lines.add(last + "\n" + NO_END);
    }
    return lines;
  }
}
