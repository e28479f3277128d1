package io.cooper.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The quick reader gives what the library gives, or gives up.
class EmittedYamlTest {
  private static final YamlReader.Limits LIMITS = YamlReader.Limits.RENDERED;

  @Test
  void every_style_that_the_encoder_has_is_read_quickly() {
    assertQuick(
        """
        apiVersion: v1
        kind: ConfigMap
        "on": 'it''s: #1'
        long: this text was folded by the encoder since it is longer than the eighty
          columns of a line # no
        """
                .replace(" # no", "")
            + """
            single: 'this text: was folded by the encoder since it is longer than the eighty
              columns of a line'
            double: "\\ttext \\U0001F600 \\x41 \\u00e9 \\L \\" that was folded by the encoder
              \\ columns of a line"
            numbers:
            - 1
            - -1
            - 0.5
            - 1e+23
            - "08"
            - null
            - true
            nested:
            - - a
              - - b
            - k: v
              l:
              - {}
              - []
              m:
                n: é😀
            text: |
              a
                b

              c
            text-2: |2-
                x
              y
            text-3: |+
              a

            last: ghcr.io/org/app:1.2@sha256:00
            """);
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33})
  void random_texts_are_read_alike_by_both(long seed) {
    var random = new Random(seed);
    int quick = 0;
    for (int i = 0; i < 3000; i++) {
      var text = new StringBuilder();
      for (int d = random.nextInt(3); d >= 0; d--) {
        text.append(d == 0 && random.nextBoolean() ? "" : "---\n");
        text.append(
            random.nextInt(4) == 0
                ? new RandomDocument(random).text()
                : new RandomEmission(random).text());
      }
      if (random.nextInt(3) == 0) {
        mutate(random, text);
      }
      quick += assertAlike(text.toString()) ? 1 : 0;
    }
    assertThat(quick).as("texts whose first document was read quickly").isGreaterThan(1000);
  }

  @Tag("interop")
  @ParameterizedTest
  @ValueSource(longs = {41, 42})
  void what_the_encoder_writes_is_read_quickly_and_as_go_reads_it(long seed) throws IOException {
    var random = new Random(seed);
    var texts = new ArrayList<String>();
    for (int i = 0; i < 2000; i++) {
      texts.add(i % 2 == 0 ? new RandomDocument(random).text() : new RandomEmission(random).text());
    }
    int quick = 0;
    int accepted = 0;
    for (var answer : YamlOracle.orSkip().ask(texts)) {
      if (answer.as(Dialect.KUBERNETES).error().isEmpty()) {
        accepted++;
        quick += assertAlike(answer.written()) ? 1 : 0;
        var read = YamlReader.ofRendered().read("out", answer.written());
        assertThat(YamlOracle.comparable(read.documents().getFirst().plain()))
            .as(answer.written())
            .isEqualTo(answer.as(Dialect.KUBERNETES).value());
      }
    }
    assertThat(accepted).isGreaterThan(1500);
    assertThat(quick).as("read quickly, of " + accepted).isGreaterThan(accepted * 95 / 100);
  }

  private static void assertQuick(String text) {
    assertThat(assertAlike(text)).as("read quickly").isTrue();
  }

  /// Whether the quick reader was sure about the first document.
  private static boolean assertAlike(String text) {
    boolean quick = false;
    for (var dialect : Dialect.values()) {
      var slow = new Pass("a.yaml", text, dialect, LIMITS, 0, 0).read();
      var both = new YamlReader(dialect, LIMITS).read("a.yaml", text);
      assertThat(oneLine(Outline.of(both))).as(oneLine(text)).isEqualTo(oneLine(Outline.of(slow)));
      int from = text.startsWith("---\n") ? 4 : 0;
      int to = text.indexOf("\n---\n", from);
      quick =
          new EmittedYaml("a.yaml", text, dialect, LIMITS)
              .read(from, to < 0 ? text.length() : to + 1, 1, 0)
              .isPresent();
    }
    return quick;
  }

  private static String oneLine(String text) {
    return text.replace("\n", "⏎");
  }

  static void mutate(Random random, StringBuilder text) {
    var inserts =
        java.util.List.of(
            "\t", "\n", " ", ":", "- ", "'", "\"", "#", "\\", "|", "é", "😀", "&a ", "...", "? ",
            "{", "]", "%", ": ", "  ", "~", "<<: ");
    for (int i = random.nextInt(3); i >= 0 && !text.isEmpty(); i--) {
      int at = text.offsetByCodePoints(0, random.nextInt(text.codePointCount(0, text.length())));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, text.offsetByCodePoints(at, 1));
        case 1 -> text.insert(at, text.substring(at, text.offsetByCodePoints(at, 1)));
        default -> text.insert(at, Traps.pick(random, inserts));
      }
    }
  }
}
