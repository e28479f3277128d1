package io.cooper.manifest;

import org.jspecify.annotations.Nullable;

/// The strings of one text, each kept once: most of them occur many times, and one that is known
/// already need not even be cut out.
final class Texts {
  private static final int LONGEST = 64;

  private final String text;
  private @Nullable String[] known = new @Nullable String[1 << 10];
  private int size;

  Texts(String text) {
    this.text = text;
  }

  /// The string between two indexes.
  String of(int from, int to) {
    if (to - from > LONGEST) {
      return text.substring(from, to);
    }
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    int slot = slot(hash);
    for (String there = known[slot]; there != null; there = known[slot]) {
      if (there.length() == to - from && text.startsWith(there, from)) {
        return there;
      }
      slot = (slot + 1) & (known.length - 1);
    }
    return keep(text.substring(from, to), slot);
  }

  /// The same string, or an equal one that is known.
  String of(String fresh) {
    if (fresh.length() > LONGEST) {
      return fresh;
    }
    int slot = slot(fresh.hashCode());
    for (String there = known[slot]; there != null; there = known[slot]) {
      if (there.equals(fresh)) {
        return there;
      }
      slot = (slot + 1) & (known.length - 1);
    }
    return keep(fresh, slot);
  }

  private int slot(int hash) {
    return (hash ^ (hash >>> 16)) & (known.length - 1);
  }

  private String keep(String fresh, int slot) {
    known[slot] = fresh;
    if (++size > known.length / 2) {
      grow();
    }
    return fresh;
  }

  private void grow() {
    var before = known;
    known = new @Nullable String[before.length * 2];
    for (var string : before) {
      if (string != null) {
        int slot = slot(string.hashCode());
        while (known[slot] != null) {
          slot = (slot + 1) & (known.length - 1);
        }
        known[slot] = string;
      }
    }
  }
}
