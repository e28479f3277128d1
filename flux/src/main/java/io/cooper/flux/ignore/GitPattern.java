package io.cooper.flux.ignore;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One pattern of git, ready to match. Texts are strings with one char a byte.
///
/// @param rule where it stands
/// @param folderOnly whether a slash at the end restricts it to folders
/// @param nameOnly whether it looks at the last segment of a path only, at any depth
/// @param glob what matches
record GitPattern(IgnoreRule rule, boolean folderOnly, boolean nameOnly, Glob glob) {

  /// Reads a list. The rules of `dir.c`: a byte order mark at the start is skipped, a carriage
  /// return at the end of a line as well, trailing spaces go unless escaped, `#` begins a comment
  /// in the first column only.
  ///
  /// @return patterns in the order of the file
  static List<GitPattern> read(
      IgnoreRule.Source source, String file, byte[] text, GitIgnoreSettings settings) {
    var bytes = new String(text, StandardCharsets.ISO_8859_1);
    if (bytes.startsWith("\u00EF\u00BB\u00BF")) {
      bytes = bytes.substring(3);
    }
    var patterns = new ArrayList<GitPattern>();
    int number = 0;
    for (int from = 0; from < bytes.length(); ) {
      int end = bytes.indexOf('\n', from);
      end = end < 0 ? bytes.length() : end;
      number++;
      if (end > from && bytes.charAt(from) != '#') {
        int last = bytes.charAt(end - 1) == '\r' ? end - 1 : end;
        var line = withoutTrailingSpaces(upToNul(bytes.substring(from, last)));
        of(source, file, number, line, settings).ifPresent(patterns::add);
      }
      from = end + 1;
    }
    return patterns;
  }

  private static String upToNul(String line) {
    int nul = line.indexOf('\0');
    return nul < 0 ? line : line.substring(0, nul);
  }

  private static String withoutTrailingSpaces(String line) {
    int end = -1;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == ' ') {
        end = end < 0 ? i : end;
      } else {
        end = -1;
        if (c == '\\') {
          i++;
          if (i == line.length()) {
            return line;
          }
        }
      }
    }
    return end < 0 ? line : line.substring(0, end);
  }

  private static Optional<GitPattern> of(
      IgnoreRule.Source source, String file, int number, String line, GitIgnoreSettings settings) {
    boolean negated = line.startsWith("!");
    var text = negated ? line.substring(1) : line;
    boolean folderOnly = text.endsWith("/");
    var pattern = folderOnly ? text.substring(0, text.length() - 1) : text;
    boolean nameOnly = pattern.indexOf('/') < 0;
    var anchored = pattern.startsWith("/") ? pattern.substring(1) : pattern;
    boolean fold = settings.ignoreCase();
    var glob =
        nameOnly
            ? Wildmatch.ofName(pattern, fold)
            : Wildmatch.ofPath(
                anchored, fold, settings.wholePattern() ? 0 : firstSpecial(anchored));
    var rule = new IgnoreRule(source, file, number, text(line), negated);
    return glob.map(compiled -> new GitPattern(rule, folderOnly, nameOnly, compiled));
  }

  private static int firstSpecial(String pattern) {
    for (int i = 0; i < pattern.length(); i++) {
      if ("*?[\\".indexOf(pattern.charAt(i)) >= 0) {
        return i;
      }
    }
    return pattern.length();
  }

  /// Whether a path matches.
  ///
  /// @param path relative to the folder of the list
  /// @param name its last segment
  boolean matches(String path, String name, boolean folder) {
    return (folder || !folderOnly) && glob.matches(nameOnly ? name : path);
  }

  /// Text as a string with one char a byte of its UTF-8 form.
  static String bytes(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      }
    }
    return text;
  }

  private static String text(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
