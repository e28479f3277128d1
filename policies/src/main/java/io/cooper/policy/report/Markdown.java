package io.cooper.policy.report;

/// Text of a repository inside of Markdown, as GitHub and GitLab render it: it stays text. It
/// cannot become markup or HTML, mention people, refer to issues, or turn into links of its own.
final class Markdown {
  private static final String NOTHING_WIDE = "&#8203;";
  private static final String HARMLESS = " .,;'\"()/-=?:!%";

  private Markdown() {}

  /// One line of text.
  static String text(String text) {
    var escaped = new StringBuilder();
    var line = Visible.line(text);
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (Character.isLetterOrDigit(c) || c >= 0x80 || HARMLESS.indexOf(c) >= 0) {
        escaped.append(c);
      } else {
        escaped.append("&#").append((int) c).append(';');
      }
      if (i + 1 < line.length() && refers(c, line.charAt(i + 1))) {
        escaped.append(NOTHING_WIDE);
      }
    }
    return escaped.toString().replace("www.", "www" + NOTHING_WIDE + ".");
  }

  /// As `code`, whatever it holds.
  static String code(String text) {
    return "<code>" + text(text) + "</code>";
  }

  /// Whether two characters may begin a mention, a reference, an emoji or an address. They are
  /// looked for in the rendered text, so an entity does not hide them.
  private static boolean refers(char c, char next) {
    return switch (c) {
      case '@', '#', '!', '~', '%', '&', '$' -> Character.isLetterOrDigit(next);
      case ':' -> !Character.isDigit(next) && next != ' ';
      default -> false;
    };
  }
}
