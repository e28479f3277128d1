package io.cooper.manifest;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;

/// A small document that uses much of YAML: both styles, all kinds of scalars, anchors, aliases,
/// merge keys, tags, comments. Nearly always valid. Without `>+`: kustomize adds a line break to
/// such text on every pass, which nothing of ours depends on.
public final class RandomDocument {
  private static final List<String> KEYS =
      List.of(
          "a", "b", "c", "d", "name", "spec", "'q'", "\"r\"", "x y", "k-1", "é", "n1", "1", "on",
          "0x10", "2.50");
  private static final List<String> WORDS =
      List.of(
          "x",
          "word",
          "two words",
          "é😀",
          "it's",
          "a:b",
          "a#b",
          "https://x.y/z?a=b",
          "-1x",
          "{{x}}y",
          "a, b",
          "1",
          "on",
          "~",
          "0777",
          "1e3",
          "2001-01-01",
          "null",
          "",
          "''",
          "'#'",
          "\"\\n\"",
          "\"a\\tb\"",
          "!!str 1",
          "!foo 1",
          "[]",
          "{}",
          "1.5",
          "true",
          "no");

  private final Random random;
  private final StringBuilder text = new StringBuilder();
  private final List<String> mapAnchors = new ArrayList<>();
  private final List<String> anchors = new ArrayList<>();
  private int named;

  /// @param random decides everything
  public RandomDocument(Random random) {
    this.random = random;
  }

  /// The text of one.
  public String text() {
    if (random.nextInt(5) == 0) {
      text.append("---").append(random.nextBoolean() ? " # first" : "").append('\n');
    }
    mapping(0, 0);
    return text.toString();
  }

  private void mapping(int indent, int depth) {
    var keys = new LinkedHashSet<String>();
    int count = 1 + random.nextInt(4);
    while (keys.size() < count) {
      keys.add(Traps.pick(random, KEYS));
    }
    int merge = !mapAnchors.isEmpty() && random.nextInt(3) == 0 ? random.nextInt(count) : -1;
    int i = 0;
    for (var key : keys) {
      comment(indent);
      if (i++ == merge) {
        margin(indent).append("<<: ").append(merged()).append('\n');
      }
      margin(indent);
      if (random.nextInt(12) == 0) {
        text.append("? ").append(key).append('\n');
        margin(indent);
        text.append(':');
      } else {
        text.append(key).append(':');
      }
      value(indent, depth, false);
    }
  }

  private String merged() {
    var one = "*" + Traps.pick(random, mapAnchors);
    return switch (random.nextInt(3)) {
      case 0 -> "[" + one + ", *" + Traps.pick(random, mapAnchors) + "]";
      case 1 -> "[" + one + ", {a: 5, z: 6}]";
      default -> one;
    };
  }

  private void value(int indent, int depth, boolean item) {
    int kind = depth > 3 ? random.nextInt(4) : random.nextInt(8);
    switch (kind) {
      case 0 -> text.append(' ').append(flow(0)).append('\n');
      case 1 -> block(indent + 2);
      case 2 ->
          text.append(anchors.isEmpty() ? " 1" : " *" + Traps.pick(random, anchors)).append('\n');
      case 4, 5 -> {
        var anchor = anchor();
        text.append(anchor).append('\n');
        mapping(indent + 2, depth + 1);
        known(mapAnchors, anchor);
        known(anchors, anchor);
      }
      case 6 -> {
        var anchor = anchor();
        text.append(anchor).append('\n');
        int at = item || random.nextBoolean() ? indent + 2 : indent;
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
          margin(at).append('-');
          value(at, depth + 1, true);
        }
        known(anchors, anchor);
      }
      default -> {
        var word = Traps.pick(random, WORDS);
        var anchor = word.startsWith("!") ? "" : anchor();
        text.append(anchor);
        text.append(word.isEmpty() ? "" : " ").append(word);
        text.append(random.nextInt(6) == 0 ? " # c" : "").append('\n');
        if (word.equals("two words") && random.nextBoolean()) {
          margin(indent + 3).append("go on\n");
        }
        known(anchors, anchor);
      }
    }
  }

  /// Sometimes an anchor. Its name must become known to aliases only behind the value, since an
  /// alias inside its own anchor would be a loop.
  private String anchor() {
    return random.nextInt(4) == 0 ? " &n" + named++ : "";
  }

  private static void known(List<String> names, String anchor) {
    if (!anchor.isEmpty()) {
      names.add(anchor.substring(2));
    }
  }

  private void block(int indent) {
    text.append(' ').append(Traps.pick(random, List.of("|", ">", "|-", "|+", ">-", "|2-")));
    boolean indented = text.charAt(text.length() - 2) == '2';
    text.append('\n');
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      margin(indent);
      text.append(indented && random.nextBoolean() ? "  " : "")
          .append("line ")
          .append(i)
          .append('\n');
      text.append(random.nextInt(4) == 0 ? "\n" : "");
    }
  }

  private String flow(int depth) {
    int count = random.nextInt(4);
    boolean map = random.nextBoolean();
    var items = new ArrayList<String>();
    var keys = new ArrayList<>(KEYS);
    for (int i = 0; i < count; i++) {
      var value =
          depth < 2 && random.nextInt(3) == 0
              ? flow(depth + 1)
              : Traps.pick(
                  random, List.of("1", "x", "on", "'y'", "~", "a b", "\"z\"", "0x1", "1.5"));
      items.add(map ? keys.remove(random.nextInt(keys.size())) + ": " + value : value);
    }
    return (map ? "{" : "[") + String.join(", ", items) + (map ? "}" : "]");
  }

  private void comment(int indent) {
    if (random.nextInt(10) == 0) {
      margin(indent).append("# comment\n");
    }
  }

  private StringBuilder margin(int indent) {
    return text.append(" ".repeat(indent));
  }
}
