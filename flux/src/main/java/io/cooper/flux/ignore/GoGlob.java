package io.cooper.flux.ignore;

import io.cooper.flux.ignore.Glob.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/// The syntax of Go's `filepath.Match` for one segment of a path: `*`, `?`, `[a-z]`, `[^a]` and
/// `\`. Characters are code points. `[!a]` is a class of two characters, and there are no POSIX
/// classes.
final class GoGlob {

  private final String pattern;
  private final List<Step> steps = new ArrayList<>();
  private int at;

  private GoGlob(String pattern) {
    this.pattern = pattern;
  }

  /// Empty if the pattern is malformed; such a pattern matches nothing.
  static Optional<Glob> of(String pattern) {
    return new GoGlob(pattern).compile();
  }

  private Optional<Glob> compile() {
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      if (c == '[') {
        var set = set();
        if (set.isEmpty()) {
          return Optional.empty();
        }
        steps.add(new Step.One(set.get()));
      } else if (c == '\\' && at + 1 == pattern.length()) {
        return Optional.empty();
      } else {
        at += c == '\\' ? 1 : 0;
        steps.add(
            switch (c) {
              case '*' -> new Step.Many(false);
              case '?' -> new Step.One(any -> any != '/');
              default -> new Step.Exactly(pattern.codePointAt(at));
            });
        at += Character.charCount(pattern.codePointAt(at));
      }
    }
    return Optional.of(new Glob(steps));
  }

  private record Range(int from, int to) {
    boolean holds(int c) {
      return from <= c && c <= to;
    }
  }

  private Optional<IntPredicate> set() {
    at++;
    boolean negated = at < pattern.length() && pattern.charAt(at) == '^';
    at += negated ? 1 : 0;
    var ranges = new ArrayList<Range>();
    while (at >= pattern.length() || pattern.charAt(at) != ']' || ranges.isEmpty()) {
      int from = member();
      if (from < 0) {
        return Optional.empty();
      }
      int to = from;
      if (pattern.charAt(at) == '-') {
        at++;
        to = member();
        if (to < 0) {
          return Optional.empty();
        }
      }
      ranges.add(new Range(from, to));
    }
    at++;
    return Optional.of(c -> ranges.stream().anyMatch(range -> range.holds(c)) != negated);
  }

  /// One end of a range, with at least one character behind it; -1 if there is none.
  private int member() {
    if (at >= pattern.length() || pattern.charAt(at) == '-' || pattern.charAt(at) == ']') {
      return -1;
    }
    if (pattern.charAt(at) == '\\') {
      at++;
    }
    if (at >= pattern.length()) {
      return -1;
    }
    int character = pattern.codePointAt(at);
    at += Character.charCount(character);
    return at < pattern.length() ? character : -1;
  }
}
