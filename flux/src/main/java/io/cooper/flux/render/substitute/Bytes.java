package io.cooper.flux.render.substitute;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Text as Go sees it: a string whose characters are the bytes of its UTF-8 form. Lengths and
/// offsets of the grammar count these bytes.
final class Bytes {
  /// What Go makes of a byte that starts no character.
  static final int ERROR = 0xFFFD;

  private Bytes() {}

  static String of(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /// The text again; empty if the bytes are no UTF-8, as after cutting a character in two.
  static Optional<String> text(CharSequence bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes.toString().getBytes(StandardCharsets.ISO_8859_1)))
              .toString());
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
  }

  /// How many bytes the character at an offset has; 1 for a byte that starts none.
  static int width(CharSequence bytes, int at) {
    int first = bytes.charAt(at);
    int width = first < 0x80 ? 1 : first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (width == 1 || first > 0xF4 || at + width > bytes.length()) {
      return 1;
    }
    for (int i = 1; i < width; i++) {
      if ((bytes.charAt(at + i) & 0xC0) != 0x80) {
        return 1;
      }
    }
    int rune = assemble(bytes, at, width);
    boolean overlong = rune < (width == 3 ? 0x800 : width == 4 ? 0x10000 : 0x80);
    boolean surrogate = rune >= 0xD800 && rune <= 0xDFFF;
    return overlong || surrogate || rune > Character.MAX_CODE_POINT ? 1 : width;
  }

  /// The character at an offset, [#ERROR] for a byte that starts none.
  static int rune(CharSequence bytes, int at) {
    int width = width(bytes, at);
    if (width == 1) {
      int only = bytes.charAt(at);
      return only < 0x80 ? only : ERROR;
    }
    return assemble(bytes, at, width);
  }

  private static int assemble(CharSequence bytes, int at, int width) {
    int rune = bytes.charAt(at) & (0xFF >> (width + 1));
    for (int i = 1; i < width; i++) {
      rune = (rune << 6) | (bytes.charAt(at + i) & 0x3F);
    }
    return rune;
  }

  static void append(StringBuilder bytes, int rune) {
    bytes.append(rune < 0x80 ? Character.toString(rune) : of(Character.toString(rune)));
  }
}
