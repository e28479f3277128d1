package io.cooper.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// How a key is written as a path of files. What barman-cloud names, and any other part of
/// printable ASCII, is its own name; the rest has bytes in the form `%2F`, so that it depends on no
/// locale:
///
/// - `%`, characters that are not printable ASCII, and what other systems do not take in names;
/// - the first character of names that are ours.
final class FileNames {
  /// Linux takes 255; what we put before the name of an unfinished object needs some of it.
  static final int AT_MOST_BYTES = 220;

  private static final String UNFINISHED = ".cooper-new-";
  private static final String NOT_EVERYWHERE = "%\\:*?\"<>|";

  private FileNames() {}

  /// The path of a key, relative to the store's folder.
  static String of(String key) {
    return Arrays.stream(key.split("/", -1)).map(FileNames::name).collect(Collectors.joining("/"));
  }

  /// Whether all parts of a key are short enough.
  static boolean fits(String key) {
    return Arrays.stream(key.split("/", -1)).allMatch(part -> name(part).length() <= AT_MOST_BYTES);
  }

  /// The part of the key that a file or folder stands for, also while it is unfinished; empty if it
  /// is no name that this class makes.
  static Optional<String> key(String name) {
    var own = isUnfinished(name) ? name.substring(name.indexOf('~') + 1) : name;
    return decode(own).filter(key -> name(key).equals(own));
  }

  /// The name of a file while it is being written.
  static String unfinished(String number, String name) {
    return UNFINISHED + number + "~" + name;
  }

  /// Whether a file is still being written, or was never finished.
  static boolean isUnfinished(String name) {
    return name.startsWith(UNFINISHED) && name.indexOf('~') > 0;
  }

  /// The last name of a path.
  static String last(Path path) {
    return Objects.requireNonNull(path.getFileName()).toString();
  }

  private static String name(String part) {
    var name = new StringBuilder();
    var bytes = part.getBytes(StandardCharsets.UTF_8);
    boolean isOurs = part.startsWith(UNFINISHED);
    for (int at = 0; at < bytes.length; at++) {
      char character = (char) (bytes[at] & 0xff);
      boolean plain =
          character >= ' '
              && character < 0x7f
              && NOT_EVERYWHERE.indexOf(character) < 0
              && !(at == 0 && isOurs);
      if (plain) {
        name.append(character);
      } else {
        name.append('%').append(HexFormat.of().withUpperCase().toHexDigits(bytes[at]));
      }
    }
    return name.toString();
  }

  private static Optional<String> decode(String name) {
    var bytes = new ByteArrayOutputStream();
    for (int at = 0; at < name.length(); at++) {
      char character = name.charAt(at);
      if (character != '%') {
        bytes.write(character);
      } else if (at + 2 < name.length()
          && HexFormat.isHexDigit(name.charAt(at + 1))
          && HexFormat.isHexDigit(name.charAt(at + 2))) {
        bytes.write(HexFormat.fromHexDigits(name, at + 1, at + 3));
        at += 2;
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(bytes.toString(StandardCharsets.UTF_8));
  }
}
