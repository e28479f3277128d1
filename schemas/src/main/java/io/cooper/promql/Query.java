package io.cooper.promql;

/// What reading a text as PromQL gives.
public sealed interface Query {
  /// It is PromQL.
  record Valid(Expression expression) implements Query {}

  /// It is not.
  ///
  /// @param at index in the text where that shows, in UTF-16 units; its length for what is missing
  ///   at the end
  /// @param what is wrong, to be put behind a place
  record Invalid(int at, String what) implements Query {}

  /// Reads a text. Never throws for what the text holds.
  static Query of(String text) {
    try {
      return new Valid(new Parser(new Lexer(text).tokens()).query());
    } catch (Refusal refusal) {
      return new Invalid(refusal.at(), refusal.what());
    }
  }
}
