package io.cooper.promql;

import java.util.List;
import java.util.Random;

/// Expressions as people write them, half of them damaged afterwards.
final class RandomQuery {
  private static final List<String> NAMES =
      List.of("up", "a:b", "sum", "by", "start", "http_requests_total", "offset", "fill", "on");
  private static final List<String> LABELS =
      List.of("job", "le", "by", "on", "\"a.b\"", "__name__");
  private static final List<String> VALUES =
      List.of("\"a\"", "'b'", "`c`", "\"\"", "\".*\"", "\"a|b\"", "\"[\"", "\"\\n\"");
  private static final List<String> OPERATORS =
      List.of(
          "+", "-", "*", "/", "%", "^", "==", "!=", "<", ">", ">=", "and", "or", "unless", "atan2",
          "=", "OR", "<=");
  private static final List<String> DURATIONS =
      List.of("5m", "1h30m", "30s", "1d", "0s", "5", "1m1h", "2 * 5m", "step()", "100ms", "-5m");
  private static final List<String> NUMBERS =
      List.of("1", "0.5", "1e3", "0x1f", "Inf", "NaN", "5m", "1_000", ".5", "08", "1.2.3");
  private static final List<String> SCRAPS =
      List.of(
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          ",",
          ":",
          "@",
          "offset",
          "by",
          "bool",
          "on",
          "\"",
          "#",
          "=",
          "5m",
          "group_left",
          "-",
          "=~",
          "sum",
          "rate",
          " ");

  private final Random random;

  private RandomQuery(Random random) {
    this.random = random;
  }

  static String of(Random random) {
    var self = new RandomQuery(random);
    var text = self.expression(3);
    return random.nextBoolean() ? text : self.damaged(text);
  }

  private String damaged(String text) {
    int at = random.nextInt(text.length() + 1);
    int length = Math.min(1 + random.nextInt(3), text.length() - at);
    return switch (random.nextInt(3)) {
      case 0 -> text.substring(0, at) + text.substring(at + length);
      case 1 -> text.substring(0, at) + one(SCRAPS) + text.substring(at);
      default -> text.substring(0, at) + one(SCRAPS) + text.substring(at + length);
    };
  }

  private String expression(int depth) {
    if (depth == 0) {
      return random.nextInt(4) == 0 ? one(NUMBERS) : selector();
    }
    return switch (random.nextInt(10)) {
      case 0, 1 -> selector();
      case 2, 3 -> binary(depth);
      case 4, 5 -> aggregation(depth);
      case 6, 7 -> call(depth);
      case 8 -> "(" + expression(depth - 1) + ")" + subquery();
      default -> (random.nextBoolean() ? "-" : "") + expression(depth - 1);
    };
  }

  private String selector() {
    var text = random.nextInt(10) == 0 ? "" : one(NAMES);
    if (text.isEmpty() || random.nextInt(3) == 0) {
      text += "{" + matcher() + (random.nextBoolean() ? "," + matcher() : "") + "}";
    }
    return text + shift();
  }

  private String matcher() {
    return random.nextInt(12) == 0
        ? one(VALUES)
        : one(LABELS) + one(List.of("=", "!=", "=~", "!~")) + one(VALUES);
  }

  private String shift() {
    return switch (random.nextInt(12)) {
      case 0 -> " offset " + one(DURATIONS);
      case 1 -> " @ " + one(List.of("1609746000", "start()", "end()", "-5", "1.5", "up"));
      case 2 -> " @ end() offset " + one(DURATIONS);
      default -> "";
    };
  }

  private String subquery() {
    return random.nextInt(4) == 0
        ? "[" + one(DURATIONS) + ":" + (random.nextBoolean() ? one(DURATIONS) : "") + "]" + shift()
        : "";
  }

  private String binary(int depth) {
    var matching =
        switch (random.nextInt(8)) {
          case 0 -> " bool";
          case 1 -> " on (" + one(LABELS) + ")";
          case 2 -> " ignoring(" + one(LABELS) + "," + one(LABELS) + ")";
          case 3 -> " on(job) group_left(" + one(LABELS) + ")";
          case 4 -> " on(job) group_right";
          default -> "";
        };
    return expression(depth - 1) + " " + one(OPERATORS) + matching + " " + expression(depth - 1);
  }

  private String aggregation(int depth) {
    var operator =
        one(List.of("sum", "avg", "COUNT", "max", "group", "topk", "quantile", "count_values"));
    var arguments =
        switch (operator) {
          case "topk", "quantile" -> one(NUMBERS) + ", " + expression(depth - 1);
          case "count_values" -> one(VALUES) + ", " + expression(depth - 1);
          default -> expression(depth - 1);
        };
    var labels = one(List.of("by", "without")) + " (" + one(LABELS) + ")";
    return switch (random.nextInt(3)) {
      case 0 -> "%s(%s)".formatted(operator, arguments);
      case 1 -> "%s %s (%s)".formatted(operator, labels, arguments);
      default -> "%s(%s) %s".formatted(operator, arguments, labels);
    };
  }

  private String call(int depth) {
    return switch (random.nextInt(9)) {
      case 0, 1, 2 -> "rate(" + one(NAMES) + "[" + one(DURATIONS) + "]" + shift() + ")";
      case 3 -> "max_over_time((" + expression(depth - 1) + ")[1h:" + one(DURATIONS) + "])";
      case 4 -> "histogram_quantile(" + one(NUMBERS) + ", " + expression(depth - 1) + ")";
      case 5 -> "abs(" + expression(depth - 1) + ")";
      case 6 -> "time()";
      case 7 -> "vector(" + one(NUMBERS) + ")";
      default -> "label_replace(" + expression(depth - 1) + ", \"a\", \"$1\", \"b\", \"(.*)\")";
    };
  }

  private String one(List<String> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
