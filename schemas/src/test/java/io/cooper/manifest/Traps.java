package io.cooper.manifest;

import java.util.List;
import java.util.Map;
import java.util.Random;

/// Texts on which YAML 1.1, YAML 1.2 and the Go libraries disagree.
final class Traps {
  static final List<String> SCALARS =
      List.of(
          // words
          "on",
          "On",
          "ON",
          "oN",
          "off",
          "yes",
          "Yes",
          "yES",
          "no",
          "n",
          "N",
          "y",
          "Y",
          "true",
          "True",
          "tRUE",
          "FALSE",
          "~",
          "null",
          "Null",
          "NULL",
          "nUll",
          "''",
          "\"\"",
          "'on'",
          "\"~\"",
          "nan",
          "inf",
          // integers
          "0",
          "-0",
          "+1",
          "00",
          "007",
          "0777",
          "-0777",
          "0o17",
          "-0o17",
          "0O17",
          "0o8",
          "08",
          "09",
          "0888",
          "08.5",
          "0x1F",
          "0X1f",
          "-0x1F",
          "+0x1F",
          "0x",
          "0xg",
          "0b11",
          "-0b11",
          "+0b11",
          "0B11",
          "0b",
          "0b2",
          "1_000",
          "1__0",
          "1_",
          "0_7",
          "_7",
          "0x_F",
          "0b1_1",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "-9223372036854775809",
          "18446744073709551615",
          "+18446744073709551615",
          "18446744073709551616",
          "0xFFFFFFFFFFFFFFFF",
          "0x10000000000000000",
          "-0x8000000000000000",
          "-0x8000000000000001",
          "99999999999999999999999",
          "123456789012345678",
          "1234567890123456789",
          // floats
          "1e3",
          "1E3",
          "1e+3",
          "1E-3",
          "1e",
          "e3",
          ".5",
          "-.5",
          "+.5",
          "1.",
          "-1.",
          ".",
          "-.",
          "+",
          "-x",
          ".e3",
          "1.5e3",
          "1.0",
          "0.0",
          "-0.0",
          "1e400",
          "-1e400",
          "1e-400",
          ".5e400",
          "1e20",
          "1e21",
          "1e22",
          "123456.789",
          "1234567.891",
          "0.00001",
          "1e5",
          "1e6",
          "1_0.5",
          ".5_0",
          ".5__0",
          ".5_",
          "._5",
          ".5e1_0",
          "1._5",
          "0x1p4",
          "0x.8p1",
          ".0x1",
          "1d",
          "1f",
          "NaN",
          "Infinity",
          "1.2.3",
          "1,000",
          // dates and times
          "2001-12-14",
          "2001-1-1",
          "2001-02-30",
          "2001-13-01",
          "2000-02-29",
          "1900-02-29",
          "0000-01-01",
          "2001-12-14T21:59:43.10-05:00",
          "2001-12-14t21:59:43.10+05:30",
          "2001-12-14T21:59:43Z",
          "2001-12-14T21:59:43+00:00",
          "2001-12-14T21:59:43",
          "2001-12-14 21:59:43.10",
          "2001-12-14 21:59:43",
          "2001-12-14 21:59:43.10 -5",
          "2001-12-14 21:59:43Z",
          "2001-12-14T1:2:3Z",
          "2001-12-14T24:00:00Z",
          "2001-12-14T23:59:60Z",
          "2001-12-14T23:59:59.1234567891Z",
          "2001-12-14T23:59:59.000Z",
          "2001-12-14T23:59:59.Z",
          "2001-12-14T23:59:59,5Z",
          "2001-12-14T21:59Z",
          "12:30",
          "1:30:45",
          "190:20:30.15",
          "20011214",
          "2001-12",
          "-2001-12-14",
          // tags
          "!!str 123",
          "!!str on",
          "!!str ~",
          "!!str ''",
          "!!int '3'",
          "!!int 0x1F",
          "!!int x",
          "!!int 3.0",
          "!!int 1_0",
          "!!float 3",
          "!!float '1e3'",
          "!!float x",
          "!!bool yes",
          "!!bool 'true'",
          "!!bool 1",
          "!!null ''",
          "!!null ~",
          "!!null x",
          "!!binary aGVsbG8=",
          "!!binary '%%'",
          "!!binary gIA=",
          "!!binary a",
          "!!timestamp 2001-01-01",
          "!!timestamp '2001-01-01'",
          "!!timestamp x",
          "! 12",
          "! '12'",
          "!foo 12",
          "!foo on",
          "!foo '12'",
          "!<tag:yaml.org,2002:str> 12",
          "!!foo 12",
          // numbers that JSON does not know
          ".inf",
          ".Inf",
          ".INF",
          "+.inf",
          "-.inf",
          "-.INF",
          ".nan",
          ".NaN",
          ".NAN",
          "+.nan",
          ".iNF",
          "!!float .inf",
          // quotes and escapes
          "'it''s'",
          "\"a\\tb\\u00e9\\x41\\U0001F600\\n\"",
          "\"\\/\"",
          "\"\\e\\0\\a\\b\\v\\f\\r\\ \\_\\N\\L\\P\"",
          "\"\\q\"",
          "'\\n'",
          "\"\\xZZ\"",
          "\"\\ud83d\\ude00\"",
          // punctuation
          "a:b",
          "a#b",
          "a #b",
          ":a",
          "-a",
          "@a",
          "`a",
          "%a",
          "&a b",
          "*a",
          "|",
          ">",
          "a: b",
          "x{y}",
          "<<",
          "=",
          "--- a",
          "...");

  static final List<String> DOCUMENTS =
      List.of(
          "",
          "# nothing\n",
          "a: &x {k: 1}\nb: {<<: *x, m: 2}\n",
          "a: &x {k: 1}\nb: {k: 2, <<: *x}\n",
          "a: &x {k: 1}\nb: {<<: *x, k: 2}\n",
          "a: &x {k: 1, l: 1}\nb: &y {k: 2, m: 2}\nc:\n  <<: [*x, *y]\n  l: 3\n",
          "a: &x {k: 1}\nb: &y {<<: *x, l: 2}\nc: {<<: *y}\n",
          "a: {<<: {k: 1}}\n",
          "a: {<<: [{k: 1}, {k: 2, l: 2}]}\n",
          "a: {<<: [[{k: 1}]]}\n",
          "a: {<<: 3}\n",
          "a: {<<: ~}\n",
          "a: {<<: [3]}\n",
          "a: {!!merge <<: {k: 1}}\n",
          "a: &x [1]\nb: {<<: *x}\n",
          "a: *nope\n",
          "a: &x 1\nb: *x\nc: [*x, *x]\n",
          "a: &x on\nb: *x\n",
          "a: &k key\n*k : 1\n",
          "a: &x 1\nb: &x 2\nc: *x\n",
          "? [a]\n: 1\n",
          "? {a: 1}\n: 1\n",
          "? a\n: 1\n? b\n",
          "~: 1\n",
          "'': 1\n",
          "0x10: 1\n010: 2\n1.50: 3\n1e6: 4\n1e5: 5\n123456.75: 6\n-0.0: 7\n.inf: 8\n",
          "18446744073709551615: 1\n9223372036854775807: 2\n",
          "2001-01-01: 1\n",
          "a:\tb\n",
          "- a\n-\tb\n",
          "a:\n\tb: 1\n",
          "a: 'b\n\tc'\n",
          "a: b\n  c\n\n  d\n",
          "a: |\n  x\n   y\n\n  z\n\n\nb: 1\n",
          "a: |-\n  x\n\nb: |+\n  y\n\nc: 1\n",
          "a: |2\n    x\n",
          "a: |2\n x\n",
          "a: |\n    x\n  y\n",
          "a:\n- 1\n- 2\nb: 1\n",
          "a:\n  - - 1\n    - 2\n  -\n    - 3\n",
          "a: b: c\n",
          "- a\n- b\n",
          "a: [1, 2\n",
          "a: 'x\n",
          "a: {b\n",
          "a: [1, 2]]\n",
          "a: {x, y: , z: ~}\n",
          "a: [x: y, ? k : v]\n",
          "a: {\"b\":2}\n",
          "a: [\n  1,\n  2,\n]\n",
          "a: 1\n b: 2\n",
          "a:\n  b: 1\n c: 2\n",
          "--- # one\na: 1\n",
          "---\na: 1\n...\n",
          "a: !!set {x, y}\n",
          "a: !!map [1]\n",
          "a: !foo {b: 1}\n",
          "a: !!seq {b: 1}\n",
          "a: \"x\\\n  y\"\n",
          "\"a\": 1\n'b': 2\n",
          "a: 1 # c\n# d\nb: 2\n",
          "a: -\n",
          "a: - b\n",
          "a: \u00e9\u4e2d\ud83d\ude00\n");

  /// Where we differ on purpose, with the reason.
  static final Map<String, String> DIFFERENCES =
      Map.ofEntries(
          Map.entry("%YAML 1.1\n---\na: 1\n", "kubectl cuts at --- first, and then fails"),
          Map.entry("on: 1\nyes: 2\n", "both are named true, so Go loses one in silence"),
          Map.entry("a: 1\na: 2\n", "Kubernetes keeps the last in silence"),
          Map.entry("? \n: 1\n", "Go's readers disagree whether a key can be nothing"),
          Map.entry("? !!merge x\n: 1\n", "kustomize goes by the tag alone"),
          Map.entry("v: [?a, x]\n", "YAML 1.1 reads a key without a value"),
          Map.entry("v: [!a, x]\n", "the comma would belong to the tag in YAML 1.1"),
          Map.entry("a: >\n  x\n   y\n  z\n", "kustomize adds a line break when it reprints it"),
          Map.entry("a: >+\n  x\n\n", "kustomize adds a line break when it reprints it"),
          Map.entry("a: {\"<<\": {b: 1}}\n", "kustomize drops a quoted << without a word"),
          Map.entry("a\n", "kustomize wants an object, the reader any document"));

  private static final String NUMBER_CHARACTERS = "0011223789.+-_eExXbBoOabFf:TtZ-, ";
  private static final List<String> PIECES =
      List.of(
          "0x", "0b", "0o", "1e", ".", "-", "+", "_", "0", "1", "7", "9", "12", "e+", "E-", "on",
          "y", "null", "~", ".inf", "T", ":", "2001-", "01-", "12", "00", "Z", " ", "true");

  private Traps() {}

  /// A scalar that looks a lot like a number, a date or a word with a meaning.
  static String scalar(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> pick(random, SCALARS);
      case 1 -> joined(random, PIECES, 1 + random.nextInt(5));
      case 2 -> date(random);
      case 3 -> Double.toString(Double.longBitsToDouble(random.nextLong())).replace("E", "e");
      case 4 -> Long.toString(random.nextLong() >> random.nextInt(64), 2 + random.nextInt(15));
      default -> {
        var text = new StringBuilder();
        int length = 1 + random.nextInt(8);
        for (int i = 0; i < length; i++) {
          text.append(NUMBER_CHARACTERS.charAt(random.nextInt(NUMBER_CHARACTERS.length())));
        }
        yield text.toString().strip();
      }
    };
  }

  private static String date(Random random) {
    var text = new StringBuilder("%04d-".formatted(random.nextInt(10000)));
    text.append(
        (random.nextBoolean() ? "%02d-%02d" : "%d-%d")
            .formatted(random.nextInt(14), random.nextInt(33)));
    if (random.nextBoolean()) {
      text.append(pick(random, List.of("T", "t", " ", "  ")));
      text.append(
          (random.nextBoolean() ? "%02d:%02d:%02d" : "%d:%d:%d")
              .formatted(random.nextInt(25), random.nextInt(61), random.nextInt(61)));
      text.append(pick(random, List.of("", ".5", ".120", ".1234567890123", ".", ",5")));
      text.append(pick(random, List.of("", "Z", "z", "+01:00", "-23:59", "+0100", " Z", "+00:00")));
    }
    return text.toString();
  }

  private static String joined(Random random, List<String> pieces, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(pick(random, pieces));
    }
    return text.toString().strip();
  }

  static <T> T pick(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
