package io.cooper.promql;

import java.util.Map;
import java.util.Set;

/// The words and signs of the language.
final class Words {
  /// Aggregations; true for those with a parameter.
  static final Map<String, Boolean> AGGREGATIONS =
      Map.ofEntries(
          Map.entry("sum", false),
          Map.entry("avg", false),
          Map.entry("count", false),
          Map.entry("min", false),
          Map.entry("max", false),
          Map.entry("group", false),
          Map.entry("stddev", false),
          Map.entry("stdvar", false),
          Map.entry("topk", true),
          Map.entry("bottomk", true),
          Map.entry("count_values", true),
          Map.entry("quantile", true),
          Map.entry("limitk", true),
          Map.entry("limit_ratio", true));

  static final Set<String> SET_OPERATORS = Set.of("and", "or", "unless");

  static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  /// Cut histograms off at a value; they bind as comparisons do.
  static final Set<String> TRIMS = Set.of("</", ">/");

  /// Words that cannot begin an expression, not even as the name of a metric.
  static final Set<String> NEVER_NAMES =
      Set.of("atan2", "on", "ignoring", "group_left", "group_right", "bool");

  /// Words that can be the name of a metric, but not that of a function.
  static final Set<String> NEVER_FUNCTIONS =
      Set.of(
          "and",
          "or",
          "unless",
          "offset",
          "smoothed",
          "anchored",
          "by",
          "without",
          "fill",
          "fill_left",
          "fill_right");

  private Words() {}

  /// How tightly an operator binds; 0 if the word is none.
  static int strength(String operator) {
    return switch (operator) {
      case "or" -> 1;
      case "and", "unless" -> 2;
      case "==", "!=", "<", "<=", ">", ">=", "</", ">/" -> 3;
      case "+", "-" -> 4;
      case "*", "/", "%", "atan2" -> 5;
      case "^" -> 6;
      default -> 0;
    };
  }
}
