package io.cooper.schemas.cel;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// `'%s has %d'.format([name, count])`: the verbs of CEL's string extension.
final class TextFormat {
  private TextFormat() {}

  /// @throws IllegalArgumentException if a verb is unknown, or values and verbs do not go together
  static String format(String pattern, List<?> values) {
    var text = new StringBuilder();
    int next = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c != '%') {
        text.append(c);
        continue;
      }
      int verb = i + 1;
      while (verb < pattern.length() && ".0123456789".indexOf(pattern.charAt(verb)) >= 0) {
        verb++;
      }
      if (verb == pattern.length()) {
        throw new IllegalArgumentException("a % without a verb");
      }
      if (pattern.charAt(verb) == '%') {
        text.append('%');
      } else if (next == values.size()) {
        throw new IllegalArgumentException("more verbs than values");
      } else {
        text.append(said(pattern.charAt(verb), pattern.substring(i + 1, verb), values.get(next++)));
      }
      i = verb;
    }
    return text.toString();
  }

  private static String said(char verb, String precision, Object value) {
    return switch (verb) {
      case 's' -> text(value);
      case 'd' -> text(value);
      case 'f', 'e' ->
          String.format(
              Locale.ROOT,
              "%" + (precision.isEmpty() ? ".6" : precision) + verb,
              number(value).doubleValue());
      case 'b' ->
          value instanceof Boolean flag ? flag.toString() : Long.toBinaryString(whole(value));
      case 'o' -> Long.toOctalString(whole(value));
      case 'x' -> Long.toHexString(whole(value));
      case 'X' -> Long.toHexString(whole(value)).toUpperCase(Locale.ROOT);
      default -> throw new IllegalArgumentException("%" + verb + " is no verb");
    };
  }

  private static Number number(Object value) {
    if (value instanceof Number number) {
      return number;
    }
    throw new IllegalArgumentException(value + " is no number");
  }

  private static long whole(Object value) {
    return number(value).longValue();
  }

  private static String text(Object value) {
    return switch (value) {
      case List<?> list ->
          list.stream().map(TextFormat::text).collect(Collectors.joining(", ", "[", "]"));
      case Object other -> other.toString();
    };
  }
}
