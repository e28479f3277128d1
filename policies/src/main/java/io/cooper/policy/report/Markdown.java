package io.cooper.policy.report;

/// Text of a repository inside of Markdown, as GitHub and GitLab render it: it stays text. It
/// cannot become markup or HTML, mention people, refer to issues, or turn into links of its own.
final class Markdown {
  private static final String ZERO_WIDTH = "&#8203;";

  private Markdown() {}

  /// One line of text.
  static String text(String text) {
    var escaped = new StringBuilder();
    Visible.line(text).codePoints().forEach(c -> append(escaped, c));
    return escaped.toString().replace("www.", "www" + ZERO_WIDTH + ".");
  }

  /// As `code`, whatever it holds.
  static String code(String text) {
    return "<code>" + text(text) + "</code>";
  }

  private static void append(StringBuilder escaped, int c) {
    if (Character.isLetterOrDigit(c) || c >= 0x80 || " .,;'()/-".indexOf(c) >= 0) {
      escaped.appendCodePoint(c);
      return;
    }
    escaped.append("&#").append(c).append(';');
    // References are looked for in the rendered text, behind the entities.
    if (c == '@' || c == '#' || c == ':' || c == '!' || c == '~' || c == '%') {
      escaped.append(ZERO_WIDTH);
    }
  }
}
