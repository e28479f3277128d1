package io.cooper.flux.ignore;

import io.cooper.flux.ignore.Glob.Step;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/// git's wildcard syntax. Characters are bytes, as in git: `?` takes one byte of a UTF-8 sequence.
/// Patterns and texts are therefore strings with one char a byte ([GitPattern#bytes]).
///
/// With case folding, texts arrive in lower case. Unescaped literals fold, escaped ones and single
/// members of a class do not; ranges and `[:upper:]` look at both cases. That is git's own
/// behaviour, oddities included.
final class Wildmatch {

  private final String pattern;
  private final boolean path;
  private final boolean fold;
  private final int start;
  private final List<Step> steps = new ArrayList<>();
  private int at;

  private Wildmatch(String pattern, boolean path, boolean fold, int start) {
    this.pattern = pattern;
    this.path = path;
    this.fold = fold;
    this.start = start;
  }

  /// Compiles a pattern for a name without slashes.
  static Optional<Glob> ofName(String pattern, boolean fold) {
    return new Wildmatch(pattern, false, fold, 0).compile();
  }

  /// Compiles a pattern for a path.
  ///
  /// @param start where the pattern begins as far as `**` is concerned
  static Optional<Glob> ofPath(String pattern, boolean fold, int start) {
    return new Wildmatch(pattern, true, fold, start).compile();
  }

  /// Empty if the pattern is malformed; such a pattern matches nothing.
  private Optional<Glob> compile() {
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      boolean sound =
          switch (c) {
            case '*' -> stars();
            case '?' -> one(any -> !path || any != '/');
            case '[' -> set();
            case '\\' -> escaped();
            default -> literal(c);
          };
      if (!sound) {
        return Optional.empty();
      }
    }
    return Optional.of(new Glob(steps));
  }

  private boolean literal(char c) {
    steps.add(new Step.Exactly(fold ? lower(c) : c));
    at++;
    return true;
  }

  private boolean escaped() {
    if (at + 1 == pattern.length()) {
      return false;
    }
    steps.add(new Step.Exactly(pattern.charAt(at + 1)));
    at += 2;
    return true;
  }

  private boolean one(IntPredicate set) {
    steps.add(new Step.One(set));
    at++;
    return true;
  }

  /// Two stars or more cross slashes when they stand alone between slashes or ends.
  private boolean stars() {
    int from = at;
    while (at < pattern.length() && pattern.charAt(at) == '*') {
      at++;
    }
    boolean begins = from == 0 || from == start || pattern.charAt(from - 1) == '/';
    boolean ends =
        at == pattern.length() || pattern.charAt(at) == '/' || pattern.startsWith("\\/", at);
    if (!path) {
      steps.add(new Step.Many(true));
    } else if (at - from < 2 || !begins || !ends) {
      steps.add(new Step.Many(false));
    } else if (at < pattern.length() && pattern.charAt(at) == '/') {
      steps.add(new Step.Folders());
      at++;
    } else {
      steps.add(new Step.Many(true));
    }
    return true;
  }

  private boolean set() {
    var members = new BitSet(256);
    at++;
    boolean negated = at < pattern.length() && (peek() == '!' || peek() == '^');
    if (negated) {
      at++;
    }
    int previous = 0;
    boolean first = true;
    while (first || at >= pattern.length() || peek() != ']') {
      if (at >= pattern.length()) {
        return false;
      }
      first = false;
      char c = pattern.charAt(at);
      if (c == '\\') {
        at++;
        if (at >= pattern.length()) {
          return false;
        }
        previous = peek();
        members.set(previous);
        at++;
      } else if (c == '-' && previous != 0 && at + 1 < pattern.length() && next() != ']') {
        at++;
        if (peek() == '\\') {
          at++;
          if (at >= pattern.length()) {
            return false;
          }
        }
        range(members, previous, peek());
        previous = 0;
        at++;
      } else if (c == '[' && at + 1 < pattern.length() && next() == ':') {
        int close = pattern.indexOf(']', at + 2);
        if (close < 0) {
          return false;
        }
        if (close == at + 2 || pattern.charAt(close - 1) != ':') {
          members.set('[');
          previous = '[';
          at++;
        } else {
          if (!posix(members, pattern.substring(at + 2, Math.max(at + 2, close - 1)))) {
            return false;
          }
          previous = 0;
          at = close + 1;
        }
      } else {
        members.set(c);
        previous = c;
        at++;
      }
    }
    boolean slash = !path;
    steps.add(new Step.One(c -> members.get(c) != negated && (slash || c != '/')));
    at++;
    return true;
  }

  private char peek() {
    return pattern.charAt(at);
  }

  private char next() {
    return pattern.charAt(at + 1);
  }

  private void range(BitSet members, int from, int to) {
    for (int c = from; c <= to; c++) {
      members.set(c);
      if (fold && c >= 'A' && c <= 'Z') {
        members.set(lower((char) c));
      }
    }
  }

  private boolean posix(BitSet members, String name) {
    IntPredicate test =
        switch (name) {
          case "alnum" -> c -> letter(c) || digit(c);
          case "alpha" -> Wildmatch::letter;
          case "blank" -> c -> c == ' ' || c == '\t';
          case "cntrl" -> c -> c < ' ' || c == 127;
          case "digit" -> Wildmatch::digit;
          case "graph" -> c -> c > ' ' && c < 127;
          case "lower" -> c -> c >= 'a' && c <= 'z';
          case "print" -> c -> c >= ' ' && c < 127;
          case "punct" -> c -> c > ' ' && c < 127 && !letter(c) && !digit(c);
          case "space" -> c -> c == ' ' || c == '\t' || c == '\n' || c == '\r';
          case "upper" -> fold ? Wildmatch::letter : c -> c >= 'A' && c <= 'Z';
          case "xdigit" -> c -> digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
          default -> c -> false;
        };
    boolean known =
        switch (name) {
          case "alnum",
              "alpha",
              "blank",
              "cntrl",
              "digit",
              "graph",
              "lower",
              "print",
              "punct",
              "space",
              "upper",
              "xdigit" ->
              true;
          default -> false;
        };
    for (int c = 1; known && c < 128; c++) {
      if (test.test(c)) {
        members.set(c);
      }
    }
    return known;
  }

  private static boolean letter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }
}
