package io.cooper.backup.format;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/// A value in Python's notation, as `backup.info` has it for what is more than one word: read with
/// Python's rules for literals (both quotes, all escapes, adjacent strings, trailing commas),
/// written exactly as Python's `repr` does. Nothing is evaluated.
public sealed interface PythonLiteral {
  /// `None`
  record None() implements PythonLiteral {}

  /// `True` or `False`
  record Bool(boolean value) implements PythonLiteral {}

  /// A whole number of any size.
  record Int(BigInteger value) implements PythonLiteral {}

  /// A number with a point or an exponent.
  record Real(double value) implements PythonLiteral {}

  /// Text; `b''` is not among what barman writes and is refused.
  record Text(String value) implements PythonLiteral {}

  /// `[…]`
  record Items(List<PythonLiteral> items) implements PythonLiteral {
    public Items {
      items = List.copyOf(items);
    }
  }

  /// `(…)`
  record Tuple(List<PythonLiteral> items) implements PythonLiteral {
    public Tuple {
      items = List.copyOf(items);
    }
  }

  /// `{…: …}`, in the order as written.
  record Dict(List<Entry> entries) implements PythonLiteral {
    public Dict {
      entries = List.copyOf(entries);
    }
  }

  /// One line of a dict.
  record Entry(PythonLiteral key, PythonLiteral value) {}

  /// Text as a value.
  static PythonLiteral of(String text) {
    return new Text(text);
  }

  /// A whole number as a value.
  static PythonLiteral of(long number) {
    return new Int(BigInteger.valueOf(number));
  }

  /// A number of seconds or the like as a value.
  static PythonLiteral of(double number) {
    return new Real(number);
  }

  /// Reads a literal, the whole text.
  ///
  /// @throws Malformed where it is none
  static PythonLiteral parse(String text) throws Malformed {
    return new PythonReader(text).whole();
  }

  /// As Python prints it.
  default String repr() {
    return switch (this) {
      case None() -> "None";
      case Bool(var value) -> value ? "True" : "False";
      case Int(var value) -> value.toString();
      case Real(var value) -> PythonWriter.real(value);
      case Text(var value) -> PythonWriter.text(value);
      case Items(var items) ->
          items.stream().map(PythonLiteral::repr).collect(Collectors.joining(", ", "[", "]"));
      case Tuple(var items) ->
          items.size() == 1
              ? "(%s,)".formatted(items.getFirst().repr())
              : items.stream().map(PythonLiteral::repr).collect(Collectors.joining(", ", "(", ")"));
      case Dict(var entries) ->
          entries.stream()
              .map(entry -> entry.key().repr() + ": " + entry.value().repr())
              .collect(Collectors.joining(", ", "{", "}"));
    };
  }

  /// What is wrong with a literal, and where in its text.
  final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String what, int at) {
      super("%s at column %d".formatted(what, at + 1));
    }

    /// The reason, with the column.
    public String reason() {
      return Objects.requireNonNullElse(getMessage(), "");
    }
  }
}

/// Reads from left to right, one character ahead.
final class PythonReader {
  /// Deeper than anything barman writes, and no danger to the stack.
  private static final int DEEPEST = 64;

  private final String text;
  private int at;
  private int depth;

  PythonReader(String text) {
    this.text = text;
  }

  PythonLiteral whole() throws PythonLiteral.Malformed {
    blanks();
    var value = value();
    blanks();
    if (at < text.length()) {
      throw malformed("'%c' behind the value".formatted(text.charAt(at)));
    }
    return value;
  }

  private PythonLiteral value() throws PythonLiteral.Malformed {
    if (at >= text.length()) {
      throw malformed("the value ends");
    }
    if (++depth > DEEPEST) {
      throw malformed("nested more than %d levels deep".formatted(DEEPEST));
    }
    var first = text.charAt(at);
    var value =
        switch (first) {
          case '\'', '"' -> new PythonLiteral.Text(strings());
          case '[' -> new PythonLiteral.Items(items(']').items());
          case '(' -> tuple();
          case '{' -> dict();
          default ->
              first == '-' || first == '+' || first == '.' || isDigit(first) ? number() : word();
        };
    depth--;
    return value;
  }

  private PythonLiteral word() throws PythonLiteral.Malformed {
    for (var word : List.of("None", "True", "False")) {
      if (text.startsWith(word, at) && !isWordAt(at + word.length())) {
        at += word.length();
        return word.equals("None")
            ? new PythonLiteral.None()
            : new PythonLiteral.Bool(word.equals("True"));
      }
    }
    throw malformed("'%c' begins no Python literal".formatted(text.charAt(at)));
  }

  private boolean isWordAt(int place) {
    return place < text.length() && Character.isJavaIdentifierPart(text.charAt(place));
  }

  private PythonLiteral number() throws PythonLiteral.Malformed {
    var begin = at;
    while (at < text.length()
        && (isDigit(text.charAt(at)) || "+-.eE_".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    var digits = text.substring(begin, at).replace("_", "");
    try {
      return digits.matches("[+-]?\\d+")
          ? new PythonLiteral.Int(new BigInteger(digits))
          : new PythonLiteral.Real(Double.parseDouble(digits));
    } catch (NumberFormatException _) {
      at = begin;
      throw malformed("'%s' is no number".formatted(digits));
    }
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }

  private record Listed(List<PythonLiteral> items, boolean commaLast) {}

  private Listed items(char close) throws PythonLiteral.Malformed {
    at++;
    var items = new ArrayList<PythonLiteral>();
    var commaLast = false;
    while (!closes(close)) {
      if (!items.isEmpty() && !commaLast) {
        throw malformed("a comma or '%c' is missing".formatted(close));
      }
      items.add(value());
      commaLast = comma();
    }
    return new Listed(items, commaLast);
  }

  private PythonLiteral tuple() throws PythonLiteral.Malformed {
    var listed = items(')');
    // (1) is a number in brackets, (1,) a tuple.
    return listed.items().size() == 1 && !listed.commaLast()
        ? listed.items().getFirst()
        : new PythonLiteral.Tuple(listed.items());
  }

  private PythonLiteral dict() throws PythonLiteral.Malformed {
    at++;
    var entries = new ArrayList<PythonLiteral.Entry>();
    var commaLast = false;
    while (!closes('}')) {
      if (!entries.isEmpty() && !commaLast) {
        throw malformed("a comma or '}' is missing");
      }
      var key = value();
      blanks();
      if (at >= text.length() || text.charAt(at) != ':') {
        throw malformed("a colon is missing");
      }
      at++;
      blanks();
      entries.add(new PythonLiteral.Entry(key, value()));
      commaLast = comma();
    }
    return new PythonLiteral.Dict(entries);
  }

  private boolean closes(char close) throws PythonLiteral.Malformed {
    blanks();
    if (at >= text.length()) {
      throw malformed("'%c' is missing".formatted(close));
    }
    if (text.charAt(at) == close) {
      at++;
      return true;
    }
    return false;
  }

  private boolean comma() {
    blanks();
    if (at < text.length() && text.charAt(at) == ',') {
      at++;
      return true;
    }
    return false;
  }

  private String strings() throws PythonLiteral.Malformed {
    var all = new StringBuilder();
    while (at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"')) {
      string(all);
      blanks();
    }
    return all.toString();
  }

  private void string(StringBuilder into) throws PythonLiteral.Malformed {
    var begin = at;
    var quote = text.charAt(at++);
    while (at < text.length() && text.charAt(at) != quote) {
      var character = text.charAt(at++);
      if (character == '\\') {
        escape(into);
      } else {
        into.append(character);
      }
    }
    if (at >= text.length()) {
      at = begin;
      throw malformed("the string is not closed");
    }
    at++;
  }

  private void escape(StringBuilder into) throws PythonLiteral.Malformed {
    if (at >= text.length()) {
      throw malformed("the string ends in a backslash");
    }
    var character = text.charAt(at++);
    switch (character) {
      case 'n' -> into.append('\n');
      case 't' -> into.append('\t');
      case 'r' -> into.append('\r');
      case 'a' -> into.append('\u0007');
      case 'b' -> into.append('\b');
      case 'f' -> into.append('\f');
      case 'v' -> into.append('\u000B');
      case '\\', '\'', '"' -> into.append(character);
      case 'x' -> into.appendCodePoint(hex(2));
      case 'u' -> into.appendCodePoint(hex(4));
      case 'U' -> into.appendCodePoint(hex(8));
      case '0', '1', '2', '3', '4', '5', '6', '7' -> into.appendCodePoint(octal());
      default -> into.append('\\').append(character);
    }
  }

  private int hex(int digits) throws PythonLiteral.Malformed {
    try {
      var code = Integer.parseUnsignedInt(text.substring(at, at + digits), 16);
      if (!Character.isValidCodePoint(code)) {
        throw malformed("no character has the number %X".formatted(code));
      }
      at += digits;
      return code;
    } catch (NumberFormatException | StringIndexOutOfBoundsException _) {
      throw malformed("an escape needs %d hexadecimal digits".formatted(digits));
    }
  }

  private int octal() {
    var begin = --at;
    while (at < begin + 3 && at < text.length() && "01234567".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return Integer.parseInt(text.substring(begin, at), 8);
  }

  private void blanks() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  private PythonLiteral.Malformed malformed(String what) {
    return new PythonLiteral.Malformed(what, at);
  }
}

/// Writes as Python's `repr` does.
final class PythonWriter {
  private PythonWriter() {}

  /// Single quotes, unless that needs an escape and double quotes need none.
  static String text(String value) {
    var quote = value.indexOf('\'') >= 0 && value.indexOf('"') < 0 ? '"' : '\'';
    var out = new StringBuilder().append(quote);
    value.codePoints().forEach(code -> character(out, code, quote));
    return out.append(quote).toString();
  }

  private static void character(StringBuilder out, int code, char quote) {
    switch (code) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\\' -> out.append("\\\\");
      default -> {
        if (code == quote) {
          out.append('\\').append(quote);
        } else if (isPrintable(code)) {
          out.appendCodePoint(code);
        } else if (code < 0x100) {
          out.append("\\x%02x".formatted(code));
        } else {
          out.append((code < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(code));
        }
      }
    }
  }

  /// `str.isprintable`: all but separators other than the space, and characters of category C.
  private static boolean isPrintable(int code) {
    return switch (Character.getType(code)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> code == ' ';
      default -> true;
    };
  }

  /// The shortest digits that give the same number back, with an exponent below 1e-4 and from 1e16.
  static String real(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      // Python has no literal for them; barman never measures them.
      throw new IllegalArgumentException("no Python literal for " + value);
    }
    var shortest = new java.math.BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
    var digits = shortest.unscaledValue().toString();
    var exponent = digits.length() - shortest.scale() - 1;
    var sign = value < 0 || 1 / value < 0 ? "-" : "";
    if (value == 0) {
      return sign + "0.0";
    }
    if (exponent < -4 || exponent >= 16) {
      var fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
      return "%s%c%se%c%02d"
          .formatted(
              sign, digits.charAt(0), fraction, exponent < 0 ? '-' : '+', Math.abs(exponent));
    }
    var plain = shortest.toPlainString();
    return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
  }
}
