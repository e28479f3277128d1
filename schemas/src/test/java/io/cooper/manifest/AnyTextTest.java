package io.cooper.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever a file contains, it is read to an end: no exception, no endless loop, and every fault
/// lies inside the file.
class AnyTextTest {
  private static final List<String> INSERTS =
      List.of(
          "\t", "\n", "\r", " ", ":", "-", "?", "[", "]", "{", "}", ",", "#", "&a", "*a", "!", "!!",
          "!<", "%", "%YAML", "@", "`", "'", "\"", "\\", "|", ">", "<<: ", "---\n", "...\n",
          "\u0000", "\u0085", "\u2028", "\uFEFF", "😀", "\\L", "\\x", "!!int ", "!%zz ", "&", "*",
          "| \n", "|9\n");

  private static final String LETTERS = "ab:-?[]{},#&*!|>'\"%@` \n\t\\";

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void mutated_documents_are_read_to_an_end(long seed) {
    var random = new Random(seed);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          int faulty = 0;
          for (int i = 0; i < 4000; i++) {
            var text = mutated(random, new RandomDocument(random).text());
            faulty += assertReadable(text.getBytes(StandardCharsets.UTF_8)) ? 0 : 1;
          }
          assertThat(faulty).as("mutations that matter").isBetween(500, 3999);
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22})
  void random_bytes_are_read_to_an_end(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 3000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (random.nextBoolean()) {
        for (int b = 0; b < bytes.length; b++) {
          bytes[b] = (byte) LETTERS.charAt((bytes[b] & 0xFF) % LETTERS.length());
        }
      }
      assertReadable(bytes);
    }
  }

  private static String mutated(Random random, String text) {
    var mutant = new StringBuilder(text);
    for (int i = random.nextInt(4); i >= 0 && !mutant.isEmpty(); i--) {
      int at = random.nextInt(mutant.length());
      switch (random.nextInt(4)) {
        case 0 -> mutant.delete(at, Math.min(mutant.length(), at + 1 + random.nextInt(5)));
        case 1 -> mutant.setCharAt(at, mutant.charAt(random.nextInt(mutant.length())));
        default -> mutant.insert(at, Traps.pick(random, INSERTS));
      }
    }
    return mutant.toString();
  }

  /// Whether there was no fault.
  private static boolean assertReadable(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.UTF_8);
    for (var dialect : Dialect.values()) {
      var file = new YamlReader(dialect, YamlReader.Limits.SOURCE).read("a.yaml", bytes);
      long lines = text.chars().filter(c -> c == '\n' || c == '\r').count() + 1;
      assertThat(file.faults())
          .as(text)
          .allSatisfy(fault -> assertThat(fault.place().line()).isBetween(1, (int) lines + 1));
      file.documents().forEach(Value::plain);
      if (dialect == Dialect.KUSTOMIZE) {
        return file.faults().isEmpty();
      }
    }
    return true;
  }
}
