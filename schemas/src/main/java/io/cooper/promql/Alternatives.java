package io.cooper.promql;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The names that a regular expression can mean, where it is nothing but alternatives.
final class Alternatives {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_:]*");

  private Alternatives() {}

  /// The names of `a|b`, `(a|b)`, `a_(b|c)`, with `^` and `$` or without; none for anything with
  /// another character of regular expressions in it.
  static List<String> of(String expression) {
    var text = expression;
    text = text.startsWith("^") ? text.substring(1) : text;
    text = text.endsWith("$") ? text.substring(0, text.length() - 1) : text;
    int open = text.indexOf('(');
    if (open < 0) {
      return plain(text);
    }
    int close = text.indexOf(')', open);
    if (close < 0) {
      return List.of();
    }
    var before = text.substring(0, open);
    var inner = text.substring(open + 1, close);
    var after = text.substring(close + 1);
    if (!isName(before) || !isName(after)) {
      return List.of();
    }
    var endings = plain(inner.startsWith("?:") ? inner.substring(2) : inner);
    return endings.stream().map(ending -> before + ending + after).toList();
  }

  private static List<String> plain(String text) {
    var names = new ArrayList<String>();
    for (var name : text.split("\\|", -1)) {
      if (!isName(name)) {
        return List.of();
      }
      names.add(name);
    }
    return names;
  }

  private static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }
}
