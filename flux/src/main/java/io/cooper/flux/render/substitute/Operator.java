package io.cooper.flux.render.substitute;

import java.util.List;
import java.util.OptionalInt;

/// What the operators of an expression do: fluxcd/pkg/envsubst `funcs.go`. Works on [Bytes].
final class Operator {
  private Operator() {}

  /// Whether an operator gives an unset variable a value, and so tolerates it in strict mode.
  static boolean isDefault(String operator) {
    return switch (operator) {
      case "=", ":=", ":-", ":+", ":?" -> true;
      default -> false;
    };
  }

  static String apply(String operator, String value, List<String> arguments) {
    return switch (operator) {
      case "," -> firstInCase(value, false);
      case ",," -> inCase(value, false);
      case "^" -> firstInCase(value, true);
      case "^^" -> inCase(value, true);
      case "#" ->
          arguments.isEmpty()
              ? Integer.toString(value.length())
              : Glob.withoutPrefix(value, arguments.getFirst(), false);
      case "##" -> Glob.withoutPrefix(value, arguments.getFirst(), true);
      case "%" -> Glob.withoutSuffix(value, arguments.getFirst(), false);
      case "%%" -> Glob.withoutSuffix(value, arguments.getFirst(), true);
      case ":" -> substring(value, arguments);
      case "/#" -> replacePrefix(value, arguments);
      case "/%" -> replaceSuffix(value, arguments);
      case "/" -> replace(value, arguments, false);
      case "//" -> replace(value, arguments, true);
      default -> value.isEmpty() ? String.join("", arguments) : value;
    };
  }

  private static String inCase(String value, boolean upper) {
    var out = new StringBuilder();
    for (int i = 0; i < value.length(); i += Bytes.width(value, i)) {
      Bytes.append(out, cased(Bytes.rune(value, i), upper));
    }
    return out.toString();
  }

  private static String firstInCase(String value, boolean upper) {
    if (value.isEmpty()) {
      return value;
    }
    var out = new StringBuilder();
    Bytes.append(out, cased(Bytes.rune(value, 0), upper));
    return out.append(value, Bytes.width(value, 0), value.length()).toString();
  }

  private static int cased(int rune, boolean upper) {
    return upper ? Character.toUpperCase(rune) : Character.toLowerCase(rune);
  }

  private static String substring(String value, List<String> arguments) {
    var offset = integer(arguments.getFirst());
    if (offset.isEmpty()) {
      return value;
    }
    int from = offset.getAsInt();
    if (from < 0) {
      from = Math.max(0, value.length() + from);
    }
    if (arguments.size() == 1) {
      return from < value.length() ? value.substring(from) : "";
    }
    var length = integer(arguments.get(1));
    if (length.isEmpty()) {
      return value;
    }
    long end = (length.getAsInt() < 0 ? value.length() : (long) from) + length.getAsInt();
    if (end < from || from >= value.length()) {
      return "";
    }
    return value.substring(from, (int) Math.min(end, value.length()));
  }

  /// Go's `strconv.Atoi`: a sign and decimal digits, nothing around them.
  private static OptionalInt integer(String text) {
    boolean digits =
        text.chars()
            .skip(text.startsWith("-") || text.startsWith("+") ? 1 : 0)
            .allMatch(c -> c >= '0' && c <= '9');
    try {
      return digits ? OptionalInt.of(clamped(Long.parseLong(text))) : OptionalInt.empty();
    } catch (NumberFormatException _) {
      return OptionalInt.empty();
    }
  }

  private static int clamped(long value) {
    return Math.clamp(value, Integer.MIN_VALUE / 2, Integer.MAX_VALUE / 2);
  }

  private static String replace(String value, List<String> arguments, boolean all) {
    var old = arguments.getFirst();
    var fresh = arguments.size() > 1 ? arguments.get(1) : "";
    if (old.isEmpty()) {
      return between(value, fresh, all);
    }
    if (all) {
      return value.replace(old, fresh);
    }
    int at = value.indexOf(old);
    return at < 0 ? value : value.substring(0, at) + fresh + value.substring(at + old.length());
  }

  /// Go replaces the empty string before the first character, and for all also after each.
  private static String between(String value, String fresh, boolean all) {
    if (!all) {
      return fresh + value;
    }
    var out = new StringBuilder(fresh);
    for (int i = 0; i < value.length(); i += Bytes.width(value, i)) {
      out.append(value, i, i + Bytes.width(value, i)).append(fresh);
    }
    return out.toString();
  }

  private static String replacePrefix(String value, List<String> arguments) {
    return arguments.size() == 2 && value.startsWith(arguments.getFirst())
        ? arguments.get(1) + value.substring(arguments.getFirst().length())
        : value;
  }

  private static String replaceSuffix(String value, List<String> arguments) {
    return arguments.size() == 2 && value.endsWith(arguments.getFirst())
        ? value.substring(0, value.length() - arguments.getFirst().length()) + arguments.get(1)
        : value;
  }
}
