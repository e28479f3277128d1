package io.cooper.manifest;

import java.util.Optional;
import java.util.regex.Pattern;

/// Where the escapes of double-quoted text in Go's YAML and in the parser's differ.
///
/// kustomize writes U+2028 and U+2029 as `\L` and `\P`, which the parser does not know: they are
/// hidden from it behind private characters, two for two, so that every place stays what it is.
/// `\/` and halves of surrogate pairs are known to the parser but not to Go.
final class Escapes {
  private static final String HIDDEN = "\uE4C1";
  private static final String HIDDEN_L = HIDDEN + "\uE4C2";
  private static final String HIDDEN_P = HIDDEN + "\uE4C3";
  private static final Pattern SEPARATOR = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\([LP])");
  private static final Pattern UNKNOWN_TO_GO =
      Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*(\\\\/|\\\\u[dD][89a-fA-F][0-9a-fA-F]{2})");

  private final boolean hidden;
  private final boolean suspicious;
  private final String text;

  Escapes(String text) {
    this.hidden = (text.contains("\\L") || text.contains("\\P")) && !text.contains(HIDDEN);
    this.suspicious = text.contains("\\/") || text.contains("\\ud") || text.contains("\\uD");
    this.text = text;
  }

  /// The text for the parser, of the same length.
  String forParser() {
    return hidden
        ? SEPARATOR
            .matcher(text)
            .replaceAll(match ->
                match.group(1).replace("\\", "\\\\")
                    + (match.group(2).equals("L") ? HIDDEN_L : HIDDEN_P))
        : text;
  }

  /// What a scalar is in truth.
  ///
  /// @param doubleQuoted whether escapes count in it
  String restore(String scalar, boolean doubleQuoted) {
    if (!hidden || !scalar.contains(HIDDEN)) {
      return scalar;
    }
    return doubleQuoted
        ? scalar.replace(HIDDEN_L, "\u2028").replace(HIDDEN_P, "\u2029")
        : scalar.replace(HIDDEN_L, "\\L").replace(HIDDEN_P, "\\P");
  }

  /// Whether a text can contain anything for [#unknownToGo] at all.
  boolean suspicious() {
    return suspicious;
  }

  /// The first escape in a double-quoted scalar, quotes included, that Go refuses.
  static Optional<String> unknownToGo(String quoted) {
    var match = UNKNOWN_TO_GO.matcher(quoted);
    return match.find() ? Optional.of(match.group(1)) : Optional.empty();
  }
}
