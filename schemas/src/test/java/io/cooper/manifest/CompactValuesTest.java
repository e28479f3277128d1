package io.cooper.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompactValuesTest {
  private static final String YAML =
      """
      a: [1, -1, 0x10, 1.5, .inf, 18446744073709551615, 9223372036854775807, -9223372036854775808]
      on: {0x10: yes, "quoted": 'on', ~: null, 1.5: }
      text: |
        one
          two – drei
      same: same
      ---
      - x: &a {b: c}
      - *a
      ---
      just text
      """;

  @Test
  void documents_come_back_as_they_went_in_with_their_places() {
    var documents = read(YAML);

    var again = CompactValues.read("x.yaml", CompactValues.write(documents)).orElseThrow();

    assertThat(again)
        .extracting(Value::plain)
        .isEqualTo(documents.stream().map(Value::plain).toList());
    assertThat(describe(again)).isEqualTo(describe(documents));
  }

  @Test
  void nothing_comes_back_as_nothing() {
    assertThat(CompactValues.read("x.yaml", CompactValues.write(List.of()))).contains(List.of());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void damaged_bytes_are_noticed(long seed) {
    var bytes = CompactValues.write(read(YAML));
    var random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      var damaged = bytes.clone();
      damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      assertThat(CompactValues.read("x.yaml", damaged)).isEmpty();
    }
  }

  @Test
  void a_truncated_file_is_noticed() {
    var bytes = CompactValues.write(read(YAML));
    for (int length = 0; length < bytes.length; length++) {
      assertThat(CompactValues.read("x.yaml", Arrays.copyOf(bytes, length))).isEmpty();
    }
  }

  private static List<Value> read(String text) {
    var file = YamlReader.ofSources().read("x.yaml", text);
    return file.documents();
  }

  private static String describe(List<Value> documents) {
    var text = new StringBuilder();
    documents.forEach(document -> describe(document, text));
    return text.toString();
  }

  private static void describe(Value value, StringBuilder text) {
    text.append(value.place()).append(' ');
    switch (value) {
      case Scalar scalar ->
          text.append(scalar.source()).append('=').append(scalar.plain()).append('\n');
      case Sequence sequence -> sequence.items().forEach(item -> describe(item, text));
      case Mapping mapping ->
          mapping
              .entries()
              .forEach(entry -> {
                describe(entry.key(), text);
                describe(entry.value(), text);
              });
    }
  }
}
