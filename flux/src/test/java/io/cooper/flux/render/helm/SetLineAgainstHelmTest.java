package io.cooper.flux.render.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// Random lines, many of them wrong, against Helm's own parser: `test-fixtures/interop/strvals`.
@Tag("interop")
@Tag("S27")
class SetLineAgainstHelmTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int LINES = 3_000;

  /// Pieces that lines are made of; keys are few, so that they meet the values that are there.
  private static final List<String> PIECES =
      List.of(
          "a",
          "b",
          "c",
          ".",
          ".",
          "=",
          "=",
          "[0]",
          "[1]",
          "[2]",
          "[",
          "]",
          "{",
          "}",
          ",",
          ",",
          "\\",
          "\\.",
          "\\,",
          "1",
          "007",
          "-5",
          "+5",
          "true",
          "False",
          "null",
          "x y",
          "ä",
          "0",
          "99999999999999999999",
          "=x",
          "=5",
          ".b=1",
          "a=",
          "[-1]",
          "[x]",
          "{1,2}",
          "'");

  private record Question(Map<String, @Nullable Object> values, String line, boolean strings) {}

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void a_random_line_gives_the_same_values_or_is_refused(long seed) throws Exception {
    var random = new Random(seed);
    var questions =
        IntStream.range(0, LINES)
            .mapToObj(_ -> new Question(values(random, 3), line(random), random.nextInt(4) == 0))
            .toList();

    var answers = ask(questions);

    int accepted = 0;
    for (int i = 0; i < LINES; i++) {
      var question = questions.get(i);
      var own = own(question);
      var helm = JSON.readTree(answers.get(i));
      assertThat(own.isPresent())
          .as("accepted: %s with %s", question, answers.get(i))
          .isEqualTo(helm.get("accepted").booleanValue());
      if (own.isPresent()) {
        accepted++;
        assertThat(JSON.readTree(JSON.writeValueAsString(own.get())))
            .as("%s", question)
            .isEqualTo(helm.get("values"));
      }
    }
    assertThat(accepted).as("lines that say something").isGreaterThan(LINES / 20);
  }

  private static Optional<Map<String, @Nullable Object>> own(Question question) {
    try {
      var values = copy(question.values());
      SetLine.into(values, question.line(), question.strings());
      return Optional.of(values);
    } catch (SetLine.Refused _) {
      return Optional.empty();
    }
  }

  /// The parser changes what it is given, lists too.
  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> copy(Map<String, @Nullable Object> values) {
    return JSON.readValue(JSON.writeValueAsString(values), LinkedHashMap.class);
  }

  private static String line(Random random) {
    var line = new StringBuilder(random.nextBoolean() ? "a" : "b");
    for (int i = random.nextInt(9); i >= 0; i--) {
      line.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return line.toString();
  }

  private static Map<String, @Nullable Object> values(Random random, int depth) {
    var values = new LinkedHashMap<String, @Nullable Object>();
    for (var key : List.of("a", "b", "c")) {
      if (random.nextBoolean()) {
        values.put(key, value(random, depth));
      }
    }
    return values;
  }

  private static @Nullable Object value(Random random, int depth) {
    return switch (depth == 0 ? random.nextInt(3) : random.nextInt(6)) {
      case 0 -> "x";
      case 1 -> 7;
      case 2 -> null;
      case 3 -> {
        var list = new ArrayList<@Nullable Object>();
        for (int i = random.nextInt(3); i > 0; i--) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
      default -> values(random, depth - 1);
    };
  }

  private List<String> ask(List<Question> questions) throws IOException, InterruptedException {
    var program = oracle();
    assumeTrue(program.isPresent(), "skipped: no helm-strvals below COOPER_INTEROP/bin or on PATH");
    var in = folder.resolve("questions");
    var out = folder.resolve("answers");
    Files.write(in, questions.stream().map(JSON::writeValueAsString).toList());
    int status =
        new ProcessBuilder(program.orElseThrow().toString())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    assertThat(status).isZero();
    var answers = Files.readAllLines(out);
    assertThat(answers).hasSameSizeAs(questions);
    return answers;
  }

  private static Optional<Path> oracle() {
    return Stream.concat(
            Stream.of(System.getProperty("cooper.interop"), System.getenv("COOPER_INTEROP"))
                .flatMap(Stream::ofNullable)
                .map(home -> Path.of(home, "bin")),
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).map(Path::of))
        .map(bin -> bin.resolve("helm-strvals"))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
