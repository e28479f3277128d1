package io.cooper.manifest;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Text out of bytes, with the exact place of the first byte that is none.
final class Utf8 {
  private Utf8() {}

  /// How many bytes from the start are whole characters, if not all of them are.
  static Optional<Integer> firstBadByte(byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    var out = CharBuffer.allocate(1 << 13);
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    while (true) {
      var result = decoder.decode(in, out.clear(), true);
      if (result.isUnderflow()) {
        return Optional.empty();
      }
      if (result.isError()) {
        return Optional.of(in.position());
      }
    }
  }

  /// Bytes as Go's JSON encoder writes a string of them: U+FFFD for every byte that is no UTF-8.
  static String asGoReads(byte[] bytes) {
    var text = new StringBuilder();
    var rest = bytes;
    while (true) {
      var bad = firstBadByte(rest);
      if (bad.isEmpty()) {
        return text.append(new String(rest, StandardCharsets.UTF_8)).toString();
      }
      text.append(new String(rest, 0, bad.get(), StandardCharsets.UTF_8)).append('\uFFFD');
      rest = Arrays.copyOfRange(rest, bad.get() + 1, rest.length);
    }
  }
}
