package io.cooper.flux.render.substitute;

/// The token reader below the grammar: fluxcd/pkg/envsubst `parse/scan.go`, state for state, since
/// its corner cases are what users meet. Works on [Bytes].
final class Scanner {
  enum Token {
    ILLEGAL,
    END,
    IDENT,
    OPEN,
    CLOSE
  }

  /// Decides whether a character continues a token.
  interface Accept {
    /// Whether the token goes on.
    ///
    /// @param rune the character
    /// @param end how many bytes the token has, this character included
    boolean test(int rune, int end);
  }

  private static final int END_OF_TEXT = 0;

  private final StringBuilder text;
  private int position;
  private int start;
  private int width;

  boolean idents;
  boolean opens;
  boolean closes;
  boolean escapes;
  boolean escapesBackslash;
  Accept accept = (_, _) -> true;

  Scanner(String bytes) {
    this.text = new StringBuilder(bytes);
  }

  /// Sets which tokens are looked for.
  void expect(Accept next, boolean ident, boolean open, boolean close, boolean escape) {
    accept = next;
    idents = ident;
    opens = open;
    closes = close;
    escapes = escape;
  }

  int peek() {
    int rune = read();
    unread();
    return rune;
  }

  int read() {
    if (position >= text.length()) {
      width = 0;
      return END_OF_TEXT;
    }
    width = Bytes.width(text, position);
    int rune = Bytes.rune(text, position);
    position += width;
    return rune;
  }

  void unread() {
    position -= width;
  }

  String token() {
    return text.substring(start, position);
  }

  Token scan() {
    start = position;
    int rune = read();
    if (rune == END_OF_TEXT) {
      return Token.END;
    }
    if (atOpen(rune)) {
      return Token.OPEN;
    }
    if (closes && rune == '}') {
      return Token.CLOSE;
    }
    return atIdent(rune) ? Token.IDENT : Token.ILLEGAL;
  }

  private boolean atIdent(int first) {
    if (!idents) {
      return false;
    }
    if (atEscape(first)) {
      dropPrevious();
    } else if (!accept.test(first, position - start)) {
      return false;
    }
    while (true) {
      int rune = read();
      if (rune == END_OF_TEXT) {
        unread();
        return true;
      }
      if (atOpen(rune)) {
        unread();
        unread();
        return true;
      }
      if (atEscape(rune)) {
        dropPrevious();
      } else if (!accept.test(rune, position - start)) {
        unread();
        return true;
      }
    }
  }

  private boolean atOpen(int rune) {
    if (!opens || rune != '$') {
      return false;
    }
    if (read() == '{') {
      return true;
    }
    unread();
    return false;
  }

  private boolean atEscape(int rune) {
    if (!escapes) {
      return false;
    }
    if (rune == '$') {
      return peek() == '$';
    }
    if (rune == '\\' && escapesBackslash) {
      int next = peek();
      return next == '/' || next == '\\';
    }
    return false;
  }

  /// Removes the escaping character; what it escaped has thereby been read.
  private void dropPrevious() {
    text.deleteCharAt(position - 1);
  }
}
