package io.cooper.manifest;

import io.cooper.manifest.YamlFile.Fault;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads YAML into values that know their place. The one reader of the product.
///
/// It never throws for what a file contains: bad text becomes a [Fault] with its place, and the
/// documents before it are kept; those behind a fault of syntax are not read. Size, depth and the
/// number of values after alias expansion are bounded, so that a hostile file costs no more than a
/// large honest one.
///
/// Where Go's readers drop text without a word, there is a fault instead: duplicate keys,
/// directives (`%YAML`), and content behind `---` on the same line.
public final class YamlReader {
  /// What is accepted before a file is called too large.
  ///
  /// @param bytes of the file
  /// @param values after expansion of aliases and merge keys
  /// @param depth of nesting, aliases expanded
  public record Limits(int bytes, int values, int depth) {
    /// For files that people write: 16 MiB, two million values, 100 levels.
    public static final Limits SOURCE = new Limits(16 << 20, 2_000_000, 100);

    /// For output of kustomize, which may hold ten thousand objects: 256 MiB, twenty million
    /// values, 100 levels.
    public static final Limits RENDERED = new Limits(256 << 20, 20_000_000, 100);
  }

  private static final String BINARY = "binary data, not YAML";
  private static final String STORE_AS_TEXT = "store it as UTF-8 text, or do not name it .yaml";
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /// What Java puts in place of bytes that are no UTF-8.
  private static final char REPLACEMENT = '\uFFFD';

  private final Dialect dialect;
  private final Limits limits;

  /// @param dialect how plain scalars are typed
  /// @param limits what is too large
  public YamlReader(Dialect dialect, Limits limits) {
    this.dialect = dialect;
    this.limits = limits;
  }

  /// A reader for manifests that people write. Flux sends every one of them through kustomize, so
  /// they are typed as kustomize does.
  public static YamlReader ofSources() {
    return new YamlReader(Dialect.KUSTOMIZE, Limits.SOURCE);
  }

  /// A reader for what kustomize has written, typed as Flux and the API server do.
  public static YamlReader ofRendered() {
    return new YamlReader(Dialect.KUBERNETES, Limits.RENDERED);
  }

  /// Reads all documents of a file.
  ///
  /// @param file the name that places carry
  /// @param bytes UTF-8, with or without a byte order mark
  public YamlFile read(String file, byte[] bytes) {
    if (isTooLarge(bytes.length)) {
      return tooLarge(file, bytes.length);
    }
    if (isUtf16(bytes)) {
      return unreadable(
          Place.startOf(file), Code.BAD_INPUT, "UTF-16, where YAML has to be UTF-8", STORE_AS_TEXT);
    }
    if (isPlain(bytes)) {
      return documents(file, new String(bytes, StandardCharsets.US_ASCII)).read();
    }
    var text = new String(bytes, StandardCharsets.UTF_8);
    var bad = text.indexOf(REPLACEMENT) < 0 ? Optional.<Integer>empty() : Utf8.firstBadByte(bytes);
    if (bad.isEmpty()) {
      return read(file, text);
    }
    boolean binary = hasZero(bytes);
    var good = withoutMark(new String(bytes, 0, bad.get(), StandardCharsets.UTF_8));
    return firstUnprintable(good) < good.length()
        ? read(file, good, binary)
        : upTo(
            file,
            good,
            good.length(),
            binary ? BINARY : "byte 0x%02X is not UTF-8".formatted(bytes[bad.get()] & 0xFF));
  }

  /// Whether a file has nothing but letters of ASCII and line feeds, as most have: then nothing
  /// else about its characters need be asked.
  private static boolean isPlain(byte[] bytes) {
    for (byte b : bytes) {
      if ((b < ' ' && b != '\n') || b == 0x7F) {
        return false;
      }
    }
    return true;
  }

  /// Whether a file of so many bytes is refused unread.
  public boolean isTooLarge(long bytes) {
    return bytes > limits.bytes();
  }

  /// What reading a file that is too large gives: nothing but the fault.
  ///
  /// @param file the name that places carry
  /// @param bytes how many it has
  public YamlFile tooLarge(String file, long bytes) {
    return unreadable(
        Place.startOf(file),
        Code.TOO_LARGE,
        "%d bytes, more than the %d that are read".formatted(bytes, limits.bytes()),
        "split the file, or keep data out of manifests");
  }

  private static boolean hasZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }

  /// Reads all documents of a text.
  ///
  /// @param file the name that places carry
  /// @param text the file's content, with or without a byte order mark
  public YamlFile read(String file, String text) {
    return read(file, withoutMark(text), text.indexOf(0) >= 0);
  }

  private YamlFile read(String file, String source, boolean binary) {
    int unprintable = firstUnprintable(source);
    if (unprintable == source.length()) {
      return documents(file, source).read();
    }
    return upTo(
        file,
        source,
        unprintable,
        binary
            ? BINARY
            : "character U+%04X, which YAML does not allow"
                .formatted(source.codePointAt(unprintable)));
  }

  private Documents documents(String file, String text) {
    return new Documents(file, text, dialect, limits);
  }

  /// What stands before the document that a bad character is in, and a fault for that character.
  private YamlFile upTo(String file, String text, int index, String what) {
    var sound = documents(file, text.substring(0, documentAround(text, index)));
    var before = sound.read();
    if (sound.stopped()) {
      return before;
    }
    var faults = new ArrayList<>(before.faults());
    faults.addAll(
        unreadable(placeOf(file, text, index), Code.BAD_INPUT, what, STORE_AS_TEXT).faults());
    return new YamlFile(before.documents(), faults);
  }

  /// Where the document begins that a character belongs to.
  private static int documentAround(String text, int index) {
    return Math.max(0, text.lastIndexOf("\n---", index));
  }

  private static String withoutMark(String text) {
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  private static boolean isUtf16(byte[] bytes) {
    return bytes.length >= 2
        && ((bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF)
            || (bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE));
  }

  /// The index of the first character that YAML forbids (production `c-printable`); the length of
  /// the text if there is none.
  private static int firstUnprintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < ' ' && c != '\n') || c >= 0x7F) {
        if (!isPrintable(c) || (Character.isSurrogate(c) && !isPair(text, i))) {
          return i;
        }
      }
    }
    return text.length();
  }

  private static boolean isPrintable(char c) {
    return c >= ' '
        ? c < 0x7F || c == 0x85 || (c >= 0xA0 && c < 0xFFFE && c != BYTE_ORDER_MARK)
        : c == '\n' || c == '\t' || c == '\r';
  }

  private static boolean isPair(String text, int index) {
    return Character.isHighSurrogate(text.charAt(index))
        ? index + 1 < text.length() && Character.isLowSurrogate(text.charAt(index + 1))
        : index > 0 && Character.isHighSurrogate(text.charAt(index - 1));
  }

  private static Place placeOf(String file, String text, int index) {
    int line = 1;
    int start = 0;
    for (int i = text.indexOf('\n'); i >= 0 && i < index; i = text.indexOf('\n', i + 1)) {
      line++;
      start = i + 1;
    }
    return new Place(file, line, text.codePointCount(start, index) + 1);
  }

  private static YamlFile unreadable(Place place, Code code, String what, String remedy) {
    return new YamlFile(
        List.of(), List.of(new Fault(place, new Problem(code, place.toString(), what, remedy))));
  }
}
