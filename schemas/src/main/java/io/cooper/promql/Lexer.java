package io.cooper.promql;

import io.cooper.promql.Token.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Cuts a text into tokens. What is allowed depends on the brackets around it: inside `{}` there
/// are no operators, inside `[]` no names.
final class Lexer {
  private static final String UNITS = "smhdwy";

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int next;
  private int start;
  private boolean inBraces;
  private boolean inBrackets;

  Lexer(String text) {
    this.text = text;
  }

  /// All tokens; the last is the end.
  List<Token> tokens() {
    while (true) {
      skipBlanks();
      start = next;
      if (next >= text.length()) {
        if (inBraces) {
          throw refusal("`{` is not closed");
        }
        if (inBrackets) {
          throw refusal("`[` is not closed");
        }
        add(Kind.END);
        return tokens;
      }
      if (inBraces) {
        insideBraces();
      } else if (inBrackets) {
        insideBrackets();
      } else {
        outside();
      }
    }
  }

  private void skipBlanks() {
    while (next < text.length()) {
      char c = text.charAt(next);
      if (c == '#') {
        while (next < text.length() && text.charAt(next) != '\n' && text.charAt(next) != '\r') {
          next++;
        }
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        next++;
      } else {
        return;
      }
    }
  }

  private void outside() {
    char c = text.charAt(next);
    if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      number();
    } else if (isLetter(c) || c == ':') {
      word();
    } else if (isQuote(c)) {
      string();
    } else {
      sign(c);
    }
  }

  private void sign(char c) {
    switch (c) {
      case ',', '*', '/', '%', '+', '-', '^', '@', '(', ')' -> sign(1);
      case '{' -> {
        inBraces = true;
        sign(1);
      }
      case '[' -> {
        inBrackets = true;
        sign(1);
      }
      case '=' -> {
        if (peek(1) == '~') {
          throw refusal("`=~` compares labels and belongs into braces");
        }
        sign(peek(1) == '=' ? 2 : 1);
      }
      case '!' -> {
        if (peek(1) != '=') {
          throw refusal("`!` is no operator; `!=` is");
        }
        sign(2);
      }
      case '<', '>' -> sign(peek(1) == '=' || peek(1) == '/' ? 2 : 1);
      default -> throw refusal("unexpected " + character());
    }
  }

  private void insideBraces() {
    char c = text.charAt(next);
    if (isLetter(c)) {
      while (next < text.length() && isWordPart(text.charAt(next))) {
        next++;
      }
      add(Kind.WORD);
    } else if (isQuote(c)) {
      string();
    } else if (c == ',') {
      sign(1);
    } else if (c == '=') {
      sign(peek(1) == '~' ? 2 : 1);
    } else if (c == '!' && (peek(1) == '~' || peek(1) == '=')) {
      sign(2);
    } else if (c == '}') {
      inBraces = false;
      sign(1);
    } else {
      throw refusal("unexpected " + character() + " inside braces");
    }
  }

  private void insideBrackets() {
    char c = text.charAt(next);
    if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      number();
    } else if (isLetter(c)) {
      while (next < text.length() && isLetter(text.charAt(next))) {
        next++;
      }
      add(Kind.WORD);
    } else if ("()+-*/%^,:".indexOf(c) >= 0) {
      sign(1);
    } else if (c == ']') {
      inBrackets = false;
      sign(1);
    } else {
      throw refusal("unexpected " + character() + " inside brackets, where a duration belongs");
    }
  }

  private void word() {
    boolean colon = false;
    while (next < text.length() && (isWordPart(text.charAt(next)) || text.charAt(next) == ':')) {
      colon |= text.charAt(next) == ':';
      next++;
    }
    add(colon ? Kind.NAME : Kind.WORD);
  }

  /// A number, or a duration such as `1h30m`.
  private void number() {
    if (scanNumber()) {
      add(Kind.NUMBER);
      return;
    }
    next = start;
    if (scanDuration()) {
      add(Kind.DURATION);
      return;
    }
    while (next < text.length() && (isWordPart(text.charAt(next)) || text.charAt(next) == '.')) {
      next++;
    }
    throw refusal("`%s` is neither a number nor a duration".formatted(text.substring(start, next)));
  }

  private boolean scanNumber() {
    boolean hex = text.charAt(next) == '0' && (peek(1) == 'x' || peek(1) == 'X');
    if (hex) {
      next += 2;
      if (charAt(next) == '_') {
        next++;
      }
    }
    int from = next;
    boolean dot = false;
    boolean exponent = false;
    while (true) {
      char c = charAt(next);
      if (hex ? isHex(c) : isDigit(c)) {
        next++;
      } else if (c == '.' && !dot && !hex && charAt(next + 1) != '_' && charAt(next + 1) != '.') {
        dot = true;
        next++;
      } else if (c == '_' && next > from && isNumberPart(charAt(next + 1), hex)) {
        next++;
      } else if (!hex && (c == 'e' || c == 'E') && !exponent && next > from) {
        int digits = next + 1;
        if (charAt(digits) == '+' || charAt(digits) == '-') {
          digits++;
        }
        if (!isDigit(charAt(digits))) {
          return false;
        }
        exponent = true;
        next = digits;
      } else {
        break;
      }
    }
    return next > from && !isWordPart(charAt(next)) && !(charAt(next) == '.' && (dot || hex));
  }

  private static boolean isNumberPart(char c, boolean hex) {
    return hex ? isHex(c) : isDigit(c);
  }

  /// Numbers with units, the larger units first and each once.
  private boolean scanDuration() {
    do {
      if (!isDigit(charAt(next))) {
        return false;
      }
      while (isDigit(charAt(next))) {
        next++;
      }
      if (charAt(next) == 'm' && charAt(next + 1) == 's') {
        next += 2;
      } else if (UNITS.indexOf(charAt(next)) >= 0 && next < text.length()) {
        next++;
      } else {
        return false;
      }
    } while (isDigit(charAt(next)));
    return !isWordPart(charAt(next));
  }

  private void string() {
    char quote = text.charAt(next++);
    var value = new StringBuilder();
    while (true) {
      if (next >= text.length() || (quote != '`' && text.charAt(next) == '\n')) {
        throw refusal("the string is not closed");
      }
      char c = text.charAt(next++);
      if (c == quote) {
        break;
      }
      if (c == '\\' && quote != '`') {
        escape(quote, value);
      } else {
        value.append(c);
      }
    }
    tokens.add(new Token(Kind.STRING, value.toString(), start));
  }

  private void escape(char quote, StringBuilder value) {
    char c = charAt(next++);
    if (c == quote || c == '\\') {
      value.append(c);
      return;
    }
    switch (c) {
      case 'a' -> value.append('\u0007');
      case 'b' -> value.append('\b');
      case 'f' -> value.append('\f');
      case 'n' -> value.append('\n');
      case 'r' -> value.append('\r');
      case 't' -> value.append('\t');
      case 'v' -> value.append('\u000B');
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        next--;
        bytes(3, 8, value);
      }
      case 'x' -> bytes(2, 16, value);
      case 'u' -> codePoint(4, value);
      case 'U' -> codePoint(8, value);
      default ->
          throw new Refusal(
              next - 2,
              "`\\%s` is no escape sequence of PromQL%s"
                  .formatted(
                      next > text.length() ? "" : Character.toString(c),
                      "; a backslash in a regular expression is written twice"));
    }
  }

  /// An escaped byte; several of them may make up one character.
  private void bytes(int digits, int base, StringBuilder value) {
    var encoded = ByteBuffer.allocate(text.length() - next + 1);
    encoded.put((byte) digits(digits, base, 255));
    while (encoded.get(0) < 0 && charAt(next) == '\\') {
      if (charAt(next + 1) == 'x') {
        next += 2;
        encoded.put((byte) digits(2, 16, 255));
      } else if (isDigit(charAt(next + 1))) {
        next++;
        encoded.put((byte) digits(3, 8, 255));
      } else {
        break;
      }
    }
    try {
      value.append(StandardCharsets.UTF_8.newDecoder().decode(encoded.flip()));
    } catch (CharacterCodingException _) {
      throw refusal("the string holds bytes that are no UTF-8");
    }
  }

  private void codePoint(int digits, StringBuilder value) {
    int point = digits(digits, 16, Character.MAX_CODE_POINT);
    if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
      throw refusal("the escape sequence means no character");
    }
    value.appendCodePoint(point);
  }

  private int digits(int count, int base, int most) {
    long number = 0;
    for (int i = 0; i < count; i++) {
      int digit = Character.digit(charAt(next), base);
      if (digit < 0 || charAt(next) > 'f') {
        throw new Refusal(
            Math.min(next, text.length()), "the escape sequence needs %d digits".formatted(count));
      }
      number = number * base + digit;
      next++;
    }
    if (number > most) {
      throw refusal("the escape sequence means no character");
    }
    return (int) number;
  }

  private void sign(int length) {
    next += length;
    add(Kind.SIGN);
  }

  private void add(Kind kind) {
    tokens.add(new Token(kind, text.substring(start, next), start));
  }

  private Refusal refusal(String what) {
    return new Refusal(start, what);
  }

  private String character() {
    return "`" + Character.toString(text.codePointAt(next)) + "`";
  }

  private char peek(int ahead) {
    return charAt(next + ahead);
  }

  /// NUL, which no token holds, behind the end.
  private char charAt(int index) {
    return index < text.length() ? text.charAt(index) : 0;
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'' || c == '`';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isHex(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  private static boolean isLetter(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isWordPart(char c) {
    return isLetter(c) || isDigit(c);
  }
}
