package io.cooper.policy.report;

import java.util.stream.Collectors;

/// Text of a repository as it may be shown. Names of files and objects can hold anything; no
/// reader, terminal or log must be steered by them.
public final class Visible {
  private Visible() {}

  /// The text with control characters, and those that turn the direction of writing, as escapes.
  /// Line breaks stay.
  public static String lines(String text) {
    return text.codePoints()
        .mapToObj(c -> c != '\n' && steers(c) ? "\\u%04x".formatted(c) : Character.toString(c))
        .collect(Collectors.joining());
  }

  /// The same on one line.
  public static String line(String text) {
    return lines(text.replaceAll("\\R", " "));
  }

  private static boolean steers(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      case Character.FORMAT -> c != 0x200D;
      default -> false;
    };
  }
}
