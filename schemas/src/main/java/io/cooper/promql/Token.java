package io.cooper.promql;

import java.util.Locale;

/// One token.
///
/// @param text as it stands in the source; of a string what it means
/// @param at index of its first character
record Token(Kind kind, String text, int at) {
  enum Kind {
    /// A word without a colon: a keyword, a name.
    WORD,
    /// A word with a colon: the name of a recorded series.
    NAME,
    NUMBER,
    DURATION,
    STRING,
    SIGN,
    END
  }

  boolean is(String sign) {
    return kind == Kind.SIGN && text.equals(sign);
  }

  /// Keywords are known in any case.
  boolean isWord(String keyword) {
    return kind == Kind.WORD && text.equalsIgnoreCase(keyword);
  }

  /// The keyword that it may be.
  String keyword() {
    return text.toLowerCase(Locale.ROOT);
  }

  /// For messages.
  @Override
  public String toString() {
    return switch (kind) {
      case END -> "the end";
      case STRING -> "a string";
      case NUMBER -> "the number " + text;
      case DURATION -> "the duration " + text;
      case WORD, NAME, SIGN -> "`" + text + "`";
    };
  }
}
