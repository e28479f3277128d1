package io.cooper.manifest;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.problem.Code;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Bad text gives one fault at the right place, keeps the documents before it, and never throws.
class BadInputTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  static Stream<Arguments> texts() {
    return Stream.of(
        // text, line, column, words of the fault
        Arguments.of("a:\n\tb: 1\n", 2, 1, "a tab where YAML wants spaces"),
        Arguments.of("a:\n  b: 1\n\tc: 2\n", 3, 1, "a tab where YAML wants spaces"),
        Arguments.of("a:\n  - x\n  -\ty\n", 3, 4, "a tab where YAML wants spaces"),
        Arguments.of("a: 1\nb: 2\na: 3\n", 3, 1, "key a is there already"),
        Arguments.of("a: {b: 1, c: 2, \"b\": 3}\n", 1, 17, "key b is there already"),
        Arguments.of("a: 1\nb: 'x\nc: 2\n", 2, 4, "a quote that is never closed"),
        Arguments.of("a: 1\nb: \"x\nc: 2\n", 2, 4, "a quote that is never closed"),
        Arguments.of("a: 1\nb: [x,\n  y\n", 2, 4, "a bracket or brace that is never closed"),
        Arguments.of("a: 1\nb: {x: y,\n", 2, 4, "a bracket or brace that is never closed"),
        Arguments.of("a: 'x\n---\nb: 1\n", 1, 4, "a quote that is never closed"),
        Arguments.of("a: [x,\n---\nb: 1\n", 1, 4, "a bracket or brace that is never closed"),
        Arguments.of("a: [x]]\n", 1, 7, "']'"),
        Arguments.of("a: b: c\n", 1, 5, "mapping values are not allowed here"),
        Arguments.of("a: 1\n b: 2\n", 2, 3, "mapping values are not allowed here"),
        Arguments.of("a:\n  b: 1\n c: 2\n", 3, 2, "expected <block end>"),
        Arguments.of("a: @x\n", 1, 4, "cannot start any token"),
        Arguments.of("a: *nope\n", 1, 4, "alias *nope has no anchor"),
        Arguments.of("a: &a [1, *a]\n", 1, 11, "alias *a contains itself"),
        Arguments.of("a: &a\n  b: {c: *a}\n", 2, 10, "alias *a contains itself"),
        Arguments.of("? [x]\n: 1\n", 1, 3, "a key that is not a scalar"),
        Arguments.of("? {x: y}\n: 1\n", 1, 3, "a key that is not a scalar"),
        Arguments.of("a:\n  ~: 1\n", 2, 3, "a key that is null"),
        Arguments.of("a:\n  1: x\n", 2, 3, "key 1 is no string"),
        Arguments.of("a: .inf\n", 1, 4, ".inf is no number that JSON knows"),
        Arguments.of("a: !!int x\n", 1, 10, "`x` is no !!int"),
        Arguments.of("a: !!binary '%'\n", 1, 13, "not base64"),
        Arguments.of("a: \"\\/\"\n", 1, 4, "escape \\/"),
        Arguments.of("a: {<<: 1}\n", 1, 5, "<< takes a map"),
        Arguments.of("a: {<<: {x: 1}, <<: {y: 1}}\n", 1, 17, "<< is there already"),
        Arguments.of("%YAML 1.1\n---\na: 1\n", 1, 1, "a directive"),
        Arguments.of("%TAG ! tag:x,2000:\n---\na: 1\n", 1, 1, "a directive"),
        Arguments.of("a: 1\n--- b\n", 2, 5, "content behind ---"),
        Arguments.of("a: x\u0000y\n", 1, 5, "binary data"),
        Arguments.of("a: x\n# \u0007\n", 2, 3, "U+0007"),
        Arguments.of("é😀: \uD800\n", 1, 5, "U+D800"),
        Arguments.of("a: x\n\uFEFFb: 1\n", 2, 1, "U+FEFF"));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void a_fault_names_its_place(String text, int line, int column, String words) {
    var file = YamlReader.ofSources().read("a.yaml", text);
    assertThat(file.faults()).hasSize(1);
    var fault = file.faults().getFirst();
    assertThat(fault.problem().what()).contains(words);
    assertThat(fault.place()).isEqualTo(new Place("a.yaml", line, column));
    assertThat(fault.problem().where()).isEqualTo(fault.place().toString());
    assertThat(fault.problem().remedy()).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("texts")
  void what_stands_before_a_fault_is_kept(String text, int line, int column, String words) {
    var before = "first: 1\n---\nsecond: 2\n---\n";
    if (text.startsWith("%")) {
      before += "...\n";
    }
    var file = YamlReader.ofSources().read("a.yaml", before + text);
    assertThat(file.faults()).hasSize(1);
    assertThat(file.faults().getFirst().problem().what()).contains(words);
    assertThat(file.faults().getFirst().place().line())
        .isEqualTo(line + (int) before.lines().count());
    assertThat(file.documents().stream().map(Value::toString))
        .startsWith("{first=1}", "{second=2}");
  }

  @Test
  void the_first_byte_that_is_not_utf8_is_shown() {
    byte[] bytes = "a: 1\n---\nb: é😀x\n".getBytes(UTF_8);
    bytes[bytes.length - 2] = (byte) 0xFF;
    var file = YamlReader.ofSources().read("a.yaml", bytes);
    assertThat(file.documents()).hasSize(1);
    assertThat(file.faults()).hasSize(1);
    assertThat(file.faults().getFirst().place()).isEqualTo(new Place("a.yaml", 3, 6));
    assertThat(file.faults().getFirst().problem().what()).contains("0xFF");
  }

  @Test
  void utf16_and_binary_data_are_called_what_they_are() {
    var reader = YamlReader.ofSources();
    assertThat(reader.read("a.yaml", "a: 1\n".getBytes(UTF_16)).faults())
        .singleElement()
        .satisfies(fault -> assertThat(fault.problem().what()).contains("UTF-16"));
    assertThat(reader.read("a.yaml", new byte[] {0x1F, (byte) 0x8B, 8, 0, 0}).faults())
        .singleElement()
        .satisfies(fault -> assertThat(fault.problem().what()).contains("binary"));
    assertThat(reader.read("a.yaml", new byte[0])).isEqualTo(reader.read("a.yaml", "# nothing\n"));
  }

  @Test
  void a_billion_laughs_cost_nothing() {
    var text = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (int i = 1; i < 12; i++) {
      text.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(10)));
    }
    assertTooLarge(text.toString(), "aliases");
    assertTooLarge(text.toString().replace("[", "{k: [").replace("]", "]}"), "aliases");
  }

  @Test
  void many_small_aliases_of_one_large_list_cost_nothing() {
    var text = "a: &a [" + "x, ".repeat(20_000) + "]\nb: [" + "*a, ".repeat(20_000) + "]\n";
    assertTooLarge(text, "aliases");
    var merges = new StringBuilder("a: &a\n");
    for (int i = 0; i < 10_000; i++) {
      merges.append("  k").append(i).append(": x\n");
    }
    assertTooLarge(merges + "b:\n" + "- <<: *a\n".repeat(10_000), "aliases");
  }

  @Test
  void depth_is_bounded_in_every_style() {
    assertTooLarge("[".repeat(100_000), "deeper");
    assertTooLarge("{a: ".repeat(100_000), "deeper");
    assertTooLarge("[\n".repeat(100_000), "deeper");
    assertTooLarge("- ".repeat(100_000) + "x", "deeper");
    assertTooLarge("? ".repeat(100_000) + "x", "deeper");
    var block = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      block.append(" ".repeat(i)).append("a:\n");
    }
    assertTooLarge(block.toString(), "deeper");
    assertThat(YamlReader.ofSources().read("a.yaml", "[".repeat(100) + "]".repeat(100)).faults())
        .isEmpty();
  }

  @Test
  void aliases_do_not_add_up_to_more_depth() {
    var text = new StringBuilder("a0: &a0 x\n");
    for (int i = 1; i < 5000; i++) {
      text.append("a%d: &a%d [[[*a%d]]]\n".formatted(i, i, i - 1));
    }
    assertTooLarge(text.toString(), "deeper");
  }

  @Test
  void size_is_bounded() {
    var small = new YamlReader(Dialect.KUSTOMIZE, new YamlReader.Limits(10, 5, 3));
    assertThat(small.read("a.yaml", "abcdefghijk".getBytes(UTF_8)).faults())
        .singleElement()
        .satisfies(fault -> assertThat(fault.problem().code()).isEqualTo(Code.TOO_LARGE));
    assertThat(small.read("a.yaml", "[a,b,c,d,e]").faults())
        .singleElement()
        .satisfies(fault -> assertThat(fault.place()).isEqualTo(new Place("a.yaml", 1, 10)));
  }

  @Test
  void long_lines_and_many_anchors_are_read_in_linear_time() {
    var line = "a: " + "x".repeat(8_000_000) + "\nb: '" + "y ".repeat(1_000_000) + "'\n";
    var anchors = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      anchors.append("- &n").append(i).append(" 😀\n");
    }
    Assertions.assertTimeoutPreemptively(
        SOON,
        () -> {
          var reader = YamlReader.ofSources();
          assertThat(reader.read("a.yaml", line).faults()).isEmpty();
          var list = (Sequence) reader.read("a.yaml", anchors.toString()).documents().getFirst();
          assertThat(list.items().getLast().place()).isEqualTo(new Place("a.yaml", 100_000, 11));
        });
  }

  private static void assertTooLarge(String text, String words) {
    Assertions.assertTimeoutPreemptively(
        SOON,
        () -> {
          var file = YamlReader.ofSources().read("a.yaml", "first: 1\n---\n" + text);
          assertThat(file.faults()).hasSize(1);
          assertThat(file.faults().getFirst().problem().code()).isEqualTo(Code.TOO_LARGE);
          assertThat(file.faults().getFirst().problem().what()).contains(words);
          assertThat(file.faults().getFirst().place().line()).isGreaterThanOrEqualTo(3);
          assertThat(file.documents()).hasSize(1);
        });
  }
}
