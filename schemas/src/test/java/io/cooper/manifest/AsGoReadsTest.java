package io.cooper.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Our reader and the Go libraries accept the same texts and read the same values from them.
@Tag("interop")
class AsGoReadsTest {
  @ParameterizedTest
  @EnumSource(Dialect.class)
  void every_known_trap_is_read_as_go_reads_it(Dialect dialect) throws IOException {
    var texts = new ArrayList<String>();
    for (var scalar : Traps.SCALARS) {
      texts.add("v: " + scalar + "\n");
      texts.add("v: [" + scalar + ", x]\n");
      if (canBeKey(scalar)) {
        texts.add("? " + scalar + "\n: v\n");
      }
    }
    texts.addAll(Traps.DOCUMENTS);
    compare(dialect, texts);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void random_scalars_are_read_as_go_reads_them(long seed) throws IOException {
    var random = new Random(seed);
    var texts = new ArrayList<String>();
    for (int i = 0; i < 3000; i++) {
      var scalar = Traps.scalar(random);
      texts.add(
          random.nextInt(4) == 0 && canBeKey(scalar)
              ? "? " + scalar + "\n: v\n"
              : "v: " + scalar + "\n");
    }
    for (var dialect : Dialect.values()) {
      compare(dialect, texts);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void random_documents_are_read_as_go_reads_them(long seed) throws IOException {
    var random = new Random(seed);
    var texts = new ArrayList<String>();
    for (int i = 0; i < 2000; i++) {
      texts.add(new RandomDocument(random).text());
    }
    for (var dialect : Dialect.values()) {
      compare(dialect, texts);
    }
  }

  @Test
  void a_difference_on_purpose_is_still_one() throws IOException {
    var texts = List.copyOf(Traps.DIFFERENCES.keySet());
    var answers = YamlOracle.orSkip().ask(texts);
    for (int i = 0; i < texts.size(); i++) {
      var text = texts.get(i);
      var answer = answers.get(i);
      assertThat(Arrays.stream(Dialect.values()))
          .as(text)
          .anyMatch(dialect -> difference(dialect, text, answer.as(dialect)).isPresent());
    }
  }

  /// Nothing as a key is a difference on purpose, see [Traps#DIFFERENCES].
  private static boolean canBeKey(String scalar) {
    return !scalar.isEmpty() && !scalar.equals("!!null ''") && !scalar.contains(": ");
  }

  private static void compare(Dialect dialect, List<String> texts) throws IOException {
    var answers = YamlOracle.orSkip().ask(texts);
    assertThat(answers).hasSameSizeAs(texts);
    var differences = new ArrayList<String>();
    int accepted = 0;
    for (int i = 0; i < texts.size(); i++) {
      var go = answers.get(i).as(dialect);
      difference(dialect, texts.get(i), go).ifPresent(differences::add);
      accepted += go.error().isEmpty() ? 1 : 0;
    }
    assertThat(differences).isEmpty();
    // Texts that are all refused would compare nothing.
    assertThat(accepted).isGreaterThan(texts.size() / 3);
  }

  private static Optional<String> difference(Dialect dialect, String text, YamlOracle.Reading go) {
    var ours = new YamlReader(dialect, YamlReader.Limits.SOURCE).read("a.yaml", text);
    var value =
        ours.documents().isEmpty()
            ? null
            : YamlOracle.comparable(ours.documents().getFirst().plain());
    boolean same =
        go.error().isPresent()
            ? !ours.faults().isEmpty()
            : ours.faults().isEmpty() && Objects.equals(go.value(), value);
    return same
        ? Optional.empty()
        : Optional.of(
            "%s of:%n%s%n  Go: %s%n  we: %s %s".formatted(dialect, text, go, value, ours.faults()));
  }
}
