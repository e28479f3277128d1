package io.cooper.manifest;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;

/// A document in the style of Go's encoder, with strings that are awkward to write.
final class RandomEmission {
  private static final List<String> KEYS =
      List.of(
          "a",
          "b",
          "name",
          "app.kubernetes.io/name",
          "\"on\"",
          "\"1\"",
          "'{{x}}'",
          "k-1",
          "_x",
          ".dockerconfigjson",
          "$x",
          "A",
          "tls.crt",
          "é",
          "x1",
          "x2",
          "x3",
          "x4",
          "x5",
          "x6",
          "n");
  private static final List<String> VALUES =
      List.of(
          "word",
          "two words",
          "it's",
          "a:b",
          "a#b",
          "https://x.y/z?a=b&c",
          "-1x",
          "- x",
          "1",
          "-1",
          "0.5",
          "1e+23",
          "null",
          "true",
          "\"on\"",
          "\"true\"",
          "\"08\"",
          "1.2.3",
          "\"2001-01-01\"",
          "2001-01-01",
          "'# c'",
          "'a: b'",
          "'{x}'",
          "''",
          "\"\"",
          "'x '",
          "\"a\\tb\"",
          "\"\\U0001F600\"",
          "\"a\\nb \\n\"",
          "é😀 x",
          "$(X)/y",
          "~x",
          "(a)",
          "<a>",
          "=x",
          "^x$",
          ";x",
          "\\d+",
          "/bin/sh",
          ".5x",
          "_x",
          "*.x",
          "'*.x'",
          "'@x'",
          "[]",
          "{}",
          "a, b]",
          "x}",
          "10m",
          "1Gi",
          "0777",
          "\"0777\"",
          "+1",
          ".",
          "\"\\L\"",
          "this is a long text that is folded\n%  in the middle of it",
          "'this is a long: text that is folded\n%  in the middle: of it'",
          "\"this is a long\\ttext that is folded \\\n%  \\ in the middle of it\"",
          "\"this is a long\\ttext that is folded\n%  in the\\\\ middle of it\"",
          "|\n%  line\n%    more\n\n%  line: # 2",
          "|-\n%  line\n%  'x'\n%  ---",
          "|+\n%  line\n\n",
          "|2-\n%     x\n%  y",
          "|\n%  #!/bin/sh\n%  \tx");

  private final Random random;
  private final StringBuilder text = new StringBuilder();

  RandomEmission(Random random) {
    this.random = random;
  }

  String text() {
    mapping(0, 0, true);
    return text.toString();
  }

  private void mapping(int column, int depth, boolean margin) {
    var keys = new LinkedHashSet<String>();
    int count = 1 + random.nextInt(random.nextInt(8) == 0 ? 14 : 4);
    while (keys.size() < count) {
      keys.add(Traps.pick(random, KEYS));
    }
    boolean first = !margin;
    for (var key : keys) {
      text.append(first ? "" : " ".repeat(column)).append(key).append(':');
      first = false;
      switch (depth > 4 ? 0 : random.nextInt(6)) {
        case 4 -> {
          text.append('\n');
          mapping(column + 2, depth + 1, true);
        }
        case 5 -> {
          text.append('\n');
          sequence(column, depth + 1, true);
        }
        default -> scalar(column);
      }
    }
  }

  private void sequence(int column, int depth, boolean margin) {
    boolean first = !margin;
    for (int i = random.nextInt(3); i >= 0; i--) {
      text.append(first ? "" : " ".repeat(column)).append('-');
      first = false;
      switch (depth > 4 ? 0 : random.nextInt(6)) {
        case 4 -> {
          text.append(' ');
          mapping(column + 2, depth + 1, false);
        }
        case 5 -> {
          text.append(' ');
          sequence(column + 2, depth + 1, false);
        }
        default -> scalar(column);
      }
    }
  }

  private void scalar(int column) {
    text.append(' ')
        .append(Traps.pick(random, VALUES).replace("%", " ".repeat(column)))
        .append('\n');
  }
}
