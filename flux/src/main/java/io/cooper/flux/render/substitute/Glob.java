package io.cooper.flux.render.substitute;

/// The patterns of `#`, `##`, `%` and `%%`: fluxcd/pkg/envsubst `path/match.go`, where `/` is an
/// ordinary character. Works on [Bytes]. A pattern with an error in it removes nothing.
final class Glob {
  /// The pattern is malformed; never leaves this class.
  private static final class Malformed extends Exception {
    Malformed() {
      super("malformed pattern", null, false, false);
    }
  }

  private static final int NO_MATCH = -1;

  private Glob() {}

  static String withoutPrefix(String value, String pattern, boolean longest) {
    try {
      int shortest = 0;
      for (int end = value.length(); end > 0; end--) {
        if (matches(pattern, value.substring(0, end))) {
          if (longest) {
            return value.substring(end);
          }
          shortest = end;
        }
      }
      return value.substring(shortest);
    } catch (Malformed _) {
      return value;
    }
  }

  /// The value and the pattern are turned round, as in the original, with all that follows: a class
  /// `[a-z]` is malformed backwards and then removes nothing.
  static String withoutSuffix(String value, String pattern, boolean longest) {
    return reversed(withoutPrefix(reversed(value), reversed(pattern), longest));
  }

  private static String reversed(String bytes) {
    var out = new StringBuilder();
    int[] starts = new int[bytes.length()];
    int count = 0;
    for (int i = 0; i < bytes.length(); i += Bytes.width(bytes, i)) {
      starts[count++] = i;
    }
    for (int i = count - 1; i >= 0; i--) {
      Bytes.append(out, Bytes.rune(bytes, starts[i]));
    }
    return out.toString();
  }

  private static boolean matches(String pattern, String name) throws Malformed {
    var rest = pattern;
    var left = name;
    while (!rest.isEmpty()) {
      int stars = 0;
      while (stars < rest.length() && rest.charAt(stars) == '*') {
        stars++;
      }
      int end = endOfChunk(rest, stars);
      var chunk = rest.substring(stars, end);
      rest = rest.substring(end);
      if (stars > 0 && chunk.isEmpty()) {
        return true;
      }
      int used = matchChunk(chunk, left);
      if (used != NO_MATCH && (used == left.length() || !rest.isEmpty())) {
        left = left.substring(used);
        continue;
      }
      int from = stars > 0 ? skipping(chunk, left, rest.isEmpty()) : NO_MATCH;
      if (from == NO_MATCH) {
        return false;
      }
      left = left.substring(from);
    }
    return left.isEmpty();
  }

  /// Where the name goes on after a star and a chunk; the last chunk must use it up.
  private static int skipping(String chunk, String left, boolean last) throws Malformed {
    for (int i = 1; i <= left.length(); i++) {
      int used = matchChunk(chunk, left.substring(i));
      if (used != NO_MATCH && !(last && i + used < left.length())) {
        return i + used;
      }
    }
    return NO_MATCH;
  }

  private static int endOfChunk(String pattern, int from) {
    boolean inClass = false;
    int i = from;
    for (; i < pattern.length(); i++) {
      switch (pattern.charAt(i)) {
        case '\\' -> i += i + 1 < pattern.length() ? 1 : 0;
        case '[' -> inClass = true;
        case ']' -> inClass = false;
        case '*' -> {
          if (!inClass) {
            return i;
          }
        }
        default -> {}
      }
    }
    return i;
  }

  /// How many bytes of the name the chunk matches.
  private static int matchChunk(String chunk, String name) throws Malformed {
    int at = 0;
    int c = 0;
    while (c < chunk.length()) {
      if (at == name.length()) {
        return NO_MATCH;
      }
      switch (chunk.charAt(c)) {
        case '[' -> {
          var range = new Range(chunk, c + 1, Bytes.rune(name, at));
          at += Bytes.width(name, at);
          c = range.end;
          if (!range.matched) {
            return NO_MATCH;
          }
        }
        case '?' -> {
          at += Bytes.width(name, at);
          c++;
        }
        default -> {
          if (chunk.charAt(c) == '\\' && ++c == chunk.length()) {
            throw new Malformed();
          }
          if (chunk.charAt(c) != name.charAt(at)) {
            return NO_MATCH;
          }
          at++;
          c++;
        }
      }
    }
    return at;
  }

  /// A character class such as `[^a-z]`, read from behind its bracket.
  private static final class Range {
    private final String chunk;
    final boolean matched;
    int end;

    Range(String chunk, int start, int rune) throws Malformed {
      this.chunk = chunk;
      this.end = start;
      boolean negated = end < chunk.length() && chunk.charAt(end) == '^';
      if (negated) {
        end++;
      }
      boolean hit = false;
      for (int count = 0; ; count++) {
        if (end < chunk.length() && chunk.charAt(end) == ']' && count > 0) {
          end++;
          break;
        }
        int low = escaped();
        int high = low;
        if (chunk.charAt(end) == '-') {
          end++;
          high = escaped();
        }
        hit |= low <= rune && rune <= high;
      }
      matched = hit != negated;
    }

    private int escaped() throws Malformed {
      if (end >= chunk.length() || chunk.charAt(end) == '-' || chunk.charAt(end) == ']') {
        throw new Malformed();
      }
      if (chunk.charAt(end) == '\\' && ++end == chunk.length()) {
        throw new Malformed();
      }
      int width = Bytes.width(chunk, end);
      int rune = Bytes.rune(chunk, end);
      end += width;
      if (end >= chunk.length() || (rune == Bytes.ERROR && width == 1)) {
        throw new Malformed();
      }
      return rune;
    }
  }
}
