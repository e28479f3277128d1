package io.cooper.flux.ignore;

import java.util.List;
import java.util.function.IntPredicate;

/// A compiled wildcard pattern, whatever syntax it came from.
///
/// No text costs more than the product of both lengths, so that hostile patterns such as
/// `a*a*a*a*b` or `**/a/**/a/**/b` are no worse than others: where stars differ in what they cross,
/// all states are followed at once.
final class Glob {
  /// One step of a pattern.
  sealed interface Step {
    /// Exactly this character.
    record Exactly(int character) implements Step {}

    /// One character of a set.
    record One(IntPredicate set) implements Step {}

    /// Any number of characters, none included.
    ///
    /// @param slashes whether slashes are among them
    record Many(boolean slashes) implements Step {
      boolean takes(int character) {
        return slashes || character != '/';
      }
    }

    /// Nothing, or anything that ends with a slash: git's `**/`.
    record Folders() implements Step {}
  }

  private final Step[] steps;
  private final int literals;
  private final String tail;
  private final String core;
  private final boolean simple;

  Glob(List<Step> steps) {
    this.steps = steps.toArray(Step[]::new);
    int from = this.steps.length;
    while (from > 0 && this.steps[from - 1] instanceof Step.Exactly) {
      from--;
    }
    var end = new StringBuilder();
    for (int i = from; i < this.steps.length; i++) {
      end.appendCodePoint(((Step.Exactly) this.steps[i]).character());
    }
    this.literals = this.steps.length - from;
    this.tail = end.toString();
    this.core = longestLiteral(steps);
    this.simple =
        steps.stream().noneMatch(Step.Folders.class::isInstance)
            && steps.stream().filter(Step.Many.class::isInstance).distinct().count() < 2;
  }

  /// The longest run of single characters, which every text that matches contains.
  private static String longestLiteral(List<Step> steps) {
    var longest = "";
    var run = new StringBuilder();
    for (var step : steps) {
      if (step instanceof Step.Exactly(int character)) {
        run.appendCodePoint(character);
      } else {
        run.setLength(0);
      }
      longest = run.length() > longest.length() ? run.toString() : longest;
    }
    return longest;
  }

  /// Whether the whole text matches.
  boolean matches(String text) {
    if (!text.endsWith(tail) || !text.contains(core)) {
      return false;
    }
    int open = steps.length - literals;
    int end = text.length() - tail.length();
    return simple ? takeBack(text, end, open) : follow(text, end, open);
  }

  /// The usual way: on a mismatch the last star takes one character more. To go back to an earlier
  /// star is never needed, because all stars stop at the same characters.
  private boolean takeBack(String text, int end, int open) {
    int at = 0;
    int step = 0;
    int starStep = -1;
    int starAt = 0;
    while (at < end || step < open) {
      if (step < open && steps[step] instanceof Step.Many) {
        starStep = step;
        starAt = at;
        step++;
        continue;
      }
      if (step < open && at < end) {
        int character = text.codePointAt(at);
        if (fits(steps[step], character)) {
          at += Character.charCount(character);
          step++;
          continue;
        }
      }
      if (starStep < 0 || starAt >= end) {
        return false;
      }
      int taken = text.codePointAt(starAt);
      if (!((Step.Many) steps[starStep]).takes(taken)) {
        return false;
      }
      starAt += Character.charCount(taken);
      at = starAt;
      step = starStep + 1;
    }
    return true;
  }

  private static boolean fits(Step step, int character) {
    return switch (step) {
      case Step.Exactly(var wanted) -> wanted == character;
      case Step.One(var set) -> set.test(character);
      case Step.Many _, Step.Folders _ -> false;
    };
  }

  /// States are the steps still to be taken; a `Folders` that has begun is a state of its own,
  /// because it may end behind a slash only.
  private boolean follow(String text, int length, int end) {
    var now = new boolean[end + 1];
    var inside = new boolean[end + 1];
    var next = new boolean[end + 1];
    enter(now, 0, end);
    for (int i = 0; i < length; ) {
      int character = text.codePointAt(i);
      i += Character.charCount(character);
      boolean alive = false;
      for (int state = 0; state < end; state++) {
        boolean here = now[state];
        now[state] = false;
        switch (steps[state]) {
          case Step.Exactly(var wanted) -> {
            if (here && character == wanted) {
              enter(next, state + 1, end);
            }
          }
          case Step.One(var set) -> {
            if (here && set.test(character)) {
              enter(next, state + 1, end);
            }
          }
          case Step.Many many -> {
            if (here && many.takes(character)) {
              enter(next, state, end);
            }
          }
          case Step.Folders() -> {
            inside[state] |= here;
            if (inside[state] && character == '/') {
              enter(next, state + 1, end);
            }
            alive |= inside[state];
          }
        }
      }
      now[end] = false;
      for (int state = 0; state <= end && !alive; state++) {
        alive = next[state];
      }
      if (!alive) {
        return false;
      }
      var spare = now;
      now = next;
      next = spare;
    }
    return now[end];
  }

  private void enter(boolean[] states, int state, int end) {
    int at = state;
    states[at] = true;
    while (at < end && (steps[at] instanceof Step.Many || steps[at] instanceof Step.Folders)) {
      at++;
      states[at] = true;
    }
  }
}
