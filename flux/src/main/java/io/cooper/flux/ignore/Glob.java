package io.cooper.flux.ignore;

import java.util.List;
import java.util.function.IntPredicate;

/// A compiled wildcard pattern, whatever syntax it came from.
///
/// All states are followed at once, so that a hostile pattern such as `a*a*a*a*b` costs the product
/// of both lengths and never more.
final class Glob {
  /// One step of a pattern.
  sealed interface Step {
    /// Exactly this character.
    record Exactly(int character) implements Step {}

    /// One character of a set.
    record One(IntPredicate set) implements Step {}

    /// Any number of characters of a set, none included.
    record Many(IntPredicate set) implements Step {}

    /// Nothing, or anything that ends with a slash: git's `**/`.
    record Folders() implements Step {}
  }

  private final Step[] steps;
  private final int literals;
  private final String tail;

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
  }

  /// Whether the whole text matches.
  boolean matches(String text) {
    if (!text.endsWith(tail)) {
      return false;
    }
    int open = steps.length - literals;
    if (open == 0) {
      return text.length() == tail.length();
    }
    var head = text.substring(0, text.length() - tail.length());
    if (open == 1 && steps[0] instanceof Step.Many(var set)) {
      return head.codePoints().allMatch(set);
    }
    return follow(head, open);
  }

  /// States are the steps still to be taken; a `Folders` that has begun is a state of its own,
  /// because it may end behind a slash only.
  private boolean follow(String text, int end) {
    var now = new boolean[end + 1];
    var inside = new boolean[end + 1];
    var next = new boolean[end + 1];
    enter(now, 0, end);
    for (int i = 0; i < text.length(); ) {
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
          case Step.Many(var set) -> {
            if (here && set.test(character)) {
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
