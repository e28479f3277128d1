package io.cooper.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S18")
class YamlWriterTest {
  private static final Place HERE = Place.startOf("x.yaml");

  private static Scalar text(String text) {
    return new Scalar(HERE, text, text);
  }

  private static Object reread(Dialect dialect, Value value) {
    var written = YamlWriter.write(List.of(value));
    var file = new YamlReader(dialect, YamlReader.Limits.SOURCE).read("x.yaml", written);
    assertThat(file.faults()).describedAs(written).isEmpty();
    return String.valueOf(file.documents().getFirst().plain());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "on",
        "off",
        "yes",
        "No",
        "y",
        "n",
        "true",
        "null",
        "~",
        "",
        "0777",
        "0o17",
        "1e3",
        "1.10",
        "0x1F",
        "1_000",
        "2024-01-01",
        "12:30:45",
        "<<",
        "=",
        "- a",
        "a: b",
        "a #b",
        "#a",
        " a",
        "a ",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "'a'",
        "\"a\"",
        "{a}",
        "[a]",
        "a\tb",
        ".inf",
        "-.INF",
        ".nan",
        "+1",
        "-",
        "?",
        "|",
        "é",
        "a\\b",
        "\u0001",
        "\u0085",
        "💾",
        "---",
        "..."
      })
  void a_string_stays_a_string_in_both_versions_of_yaml(String text) {
    assertThat(reread(Dialect.KUBERNETES, new Sequence(HERE, List.of(text(text)))))
        .isEqualTo(List.of(text).toString());
    assertThat(reread(Dialect.KUSTOMIZE, new Sequence(HERE, List.of(text(text)))))
        .isEqualTo(List.of(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nb",
        "a\n",
        "\na",
        "a\n\n",
        "  a\nb",
        "a\n  b\n",
        "a \nb",
        "\n",
        "a\r\nb",
        "a\n\tb"
      })
  void a_text_of_several_lines_keeps_every_break_and_space(String text) {
    assertThat(reread(Dialect.KUBERNETES, new Sequence(HERE, List.of(text(text)))))
        .isEqualTo(List.of(text).toString());
  }

  @Test
  void values_that_are_no_strings_keep_their_type() {
    var source =
        "{a: 1, b: true, c: null, d: 1.5, e: 1e300, f: 12345678901234567890, g: [], h: {}}";
    var value = YamlReader.ofSources().read("x.yaml", source).documents().getFirst();

    assertThat(reread(Dialect.KUBERNETES, value)).isEqualTo(String.valueOf(value.plain()));
    assertThat(reread(Dialect.KUSTOMIZE, value)).isEqualTo(String.valueOf(value.plain()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void random_strings_come_back_as_they_went_in(long seed) {
    var random = new Random(seed);
    var alphabet = "ab01:-#'\"\\ \n{}[],&*!|>%@`~?=.é\t$";
    for (int i = 0; i < 500; i++) {
      var text = new StringBuilder();
      for (int length = random.nextInt(12); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      var value = new Sequence(HERE, List.of(text(text.toString())));
      assertThat(reread(Dialect.KUBERNETES, value)).isEqualTo(List.of(text.toString()).toString());
    }
  }
}
