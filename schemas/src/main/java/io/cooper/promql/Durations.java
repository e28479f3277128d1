package io.cooper.promql;

import io.cooper.promql.Token.Kind;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/// Durations, and the arithmetic with them that ranges and offsets allow.
final class Durations {
  /// Larger units first, each at most once.
  private static final Pattern DURATION =
      Pattern.compile(
          "(?:(\\d+)y)?(?:(\\d+)w)?(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");

  private static final double[] SECONDS = {365 * 86_400, 7 * 86_400, 86_400, 3_600, 60, 1, 0.001};

  /// What fits into 64 bits of nanoseconds.
  private static final double LONGEST = Long.MAX_VALUE / 1e9;

  private final Parser parser;

  Durations(Parser parser) {
    this.parser = parser;
  }

  /// How long a range is; empty where only the server can tell.
  OptionalDouble inBrackets() {
    var token = parser.here();
    var seconds = sum(0);
    if (seconds.isPresent() && seconds.getAsDouble() <= 0) {
      throw new Refusal(token.at(), "a range has to be longer than nothing");
    }
    return seconds;
  }

  /// The duration behind `offset`: a single one, or arithmetic in parentheses.
  OptionalDouble offset() {
    return unary();
  }

  private OptionalDouble sum(int strength) {
    var left = unary();
    while (true) {
      var token = parser.here();
      int binds = token.kind() == Kind.SIGN ? Words.strength(token.text()) : 0;
      if (binds <= 3 || binds < strength) {
        return left;
      }
      parser.take();
      var right = sum(token.is("^") ? binds : binds + 1);
      if ((token.is("/") || token.is("%")) && right.isPresent() && right.getAsDouble() == 0) {
        throw new Refusal(token.at(), "divides by zero");
      }
      // What comes out of arithmetic is for the server to judge.
      left = OptionalDouble.empty();
    }
  }

  private OptionalDouble unary() {
    var token = parser.here();
    if (token.is("-") || token.is("+")) {
      parser.take();
      boolean literal =
          parser.here().kind() == Kind.NUMBER || parser.here().kind() == Kind.DURATION;
      var inner = unary();
      return literal && inner.isPresent()
          ? OptionalDouble.of(token.is("-") ? -inner.getAsDouble() : inner.getAsDouble())
          : OptionalDouble.empty();
    }
    if (token.is("(")) {
      parser.take();
      sum(0);
      parser.expect(")");
      return OptionalDouble.empty();
    }
    if (token.isWord("step") || token.isWord("range")) {
      parser.take();
      parser.expect("(");
      parser.expect(")");
      return OptionalDouble.empty();
    }
    if (token.isWord("max_of") || token.isWord("min_of")) {
      parser.take();
      parser.expect("(");
      sum(0);
      parser.expect(",");
      sum(0);
      parser.expect(")");
      return OptionalDouble.empty();
    }
    if (token.kind() != Kind.NUMBER && token.kind() != Kind.DURATION) {
      throw new Refusal(token.at(), "%s, where a duration belongs".formatted(token));
    }
    double seconds = parser.number();
    if (seconds > LONGEST) {
      throw new Refusal(token.at(), "no duration is that long");
    }
    return OptionalDouble.of(seconds);
  }

  /// A duration such as `1h30m`.
  static double seconds(Token token) {
    var matcher = DURATION.matcher(token.text());
    if (!matcher.matches()) {
      throw new Refusal(
          token.at(),
          "`%s` is no duration: larger units come first, each once".formatted(token.text()));
    }
    double seconds = 0;
    for (int i = 0; i < SECONDS.length; i++) {
      var count = matcher.group(i + 1);
      if (count != null) {
        seconds += Double.parseDouble(count) * SECONDS[i];
      }
    }
    if (seconds > LONGEST) {
      throw new Refusal(token.at(), "no duration is that long");
    }
    return seconds;
  }

  /// A number as Go writes it: `1_000`, `0x1F`, `.5e3`.
  static double number(Token token) {
    var text = token.text().replace("_", "");
    try {
      if (text.startsWith("0x") || text.startsWith("0X")) {
        return Long.parseLong(text.substring(2), 16);
      }
      if (text.length() > 1 && text.matches("0[0-7]+")) {
        return Long.parseLong(text, 8);
      }
      return Double.parseDouble(text);
    } catch (NumberFormatException _) {
      throw new Refusal(token.at(), "`%s` is no number".formatted(token.text()));
    }
  }
}
