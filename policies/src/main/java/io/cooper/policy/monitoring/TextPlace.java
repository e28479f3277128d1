package io.cooper.policy.monitoring;

import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Place;
import java.nio.charset.StandardCharsets;

/// Finds the place of a character of a scalar in the file that holds it, however the scalar is
/// written: block, folded, quoted or plain.
final class TextPlace {
  private TextPlace() {}

  /// The place of a character of a text.
  ///
  /// The characters of the file are compared with those of the text, blanks aside, because folding
  /// changes nothing but blanks. Where they differ – an escape sequence, a variable that Flux has
  /// replaced – the place is that of the scalar as a whole.
  ///
  /// @param scalar where the scalar begins
  /// @param text what it means
  /// @param index of the character; the length of the text for its end
  static Place of(Artifact artifact, Place scalar, String text, int index) {
    if (!artifact.contains(scalar.file())) {
      return scalar;
    }
    var file = new String(artifact.read(scalar.file()), StandardCharsets.UTF_8);
    int at = begin(file, scalar);
    at = behindIndicator(file, at);
    for (int i = 0; i < text.length() && i < index; i++) {
      if (!Character.isWhitespace(text.charAt(i))) {
        at = skipBlanks(file, at);
        if (at >= file.length() || file.charAt(at) != text.charAt(i)) {
          return scalar;
        }
        at++;
      }
    }
    if (index < text.length() && !Character.isWhitespace(text.charAt(index))) {
      at = skipBlanks(file, at);
      if (at >= file.length() || file.charAt(at) != text.charAt(index)) {
        return scalar;
      }
    }
    return place(file, scalar.file(), Math.min(at, file.length()));
  }

  private static int begin(String file, Place place) {
    int at = 0;
    for (int line = 1; line < place.line(); line++) {
      int end = file.indexOf('\n', at);
      if (end < 0) {
        return file.length();
      }
      at = end + 1;
    }
    return Math.min(
        file.length(),
        file.offsetByCodePoints(
            at, Math.min(place.column() - 1, file.codePointCount(at, file.length()))));
  }

  /// Behind `|-` and its line, or behind the opening quote.
  private static int behindIndicator(String file, int at) {
    if (at >= file.length()) {
      return at;
    }
    char first = file.charAt(at);
    if (first == '|' || first == '>') {
      int end = file.indexOf('\n', at);
      return end < 0 ? file.length() : end + 1;
    }
    return first == '"' || first == '\'' ? at + 1 : at;
  }

  private static int skipBlanks(String file, int from) {
    int at = from;
    while (at < file.length() && Character.isWhitespace(file.charAt(at))) {
      at++;
    }
    return at;
  }

  private static Place place(String file, String name, int at) {
    int line = 1;
    int start = 0;
    for (int i = file.indexOf('\n'); i >= 0 && i < at; i = file.indexOf('\n', i + 1)) {
      line++;
      start = i + 1;
    }
    return new Place(name, line, file.codePointCount(start, at) + 1);
  }
}
