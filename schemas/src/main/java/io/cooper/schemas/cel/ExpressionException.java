package io.cooper.schemas.cel;

/// Says why an expression cannot be compiled, or came to no result.
public final class ExpressionException extends Exception {
  private final int line;
  private final int column;

  ExpressionException(String message, int line, int column) {
    super(message, null, false, false);
    this.line = line;
    this.column = column;
  }

  /// What CEL says, in one sentence.
  public String reason() {
    return String.valueOf(getMessage());
  }

  /// The line in the expression, counted from 1; 1 where CEL names none.
  public int line() {
    return line;
  }

  /// The column in that line, counted from 1; 1 where CEL names none.
  public int column() {
    return column;
  }
}
