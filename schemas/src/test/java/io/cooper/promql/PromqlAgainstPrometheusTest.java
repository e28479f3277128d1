package io.cooper.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The truth about PromQL is Prometheus's own parser, wrapped by `test-fixtures/interop/promql`. A
/// longer run is `-Dcooper.promql.queries=200000`.
@Tag("interop")
@Tag("S170")
class PromqlAgainstPrometheusTest {
  private static final int QUERIES = Integer.getInteger("cooper.promql.queries", 20_000);
  private static final long SEED = Long.getLong("cooper.promql.seed", 0);
  private static final JsonMapper JSON = new JsonMapper();

  /// What both say of an expression.
  private record Answer(boolean accepted, String type, List<String> names) {}

  @Test
  void awkward_expressions_are_read_as_prometheus_reads_them() throws Exception {
    var queries = awkward();

    var expected = ask(queries);

    for (int i = 0; i < queries.size(); i++) {
      assertThat(ours(queries.get(i))).as(queries.get(i)).isEqualTo(expected.get(i));
    }
    assertThat(expected.stream().filter(Answer::accepted).count()).isBetween(120L, 200L);
  }

  @Test
  void random_expressions_are_read_as_prometheus_reads_them() throws Exception {
    var queries =
        LongStream.range(SEED, SEED + QUERIES)
            .mapToObj(seed -> RandomQuery.of(new Random(~seed)))
            .toList();

    var expected = ask(queries);

    for (int i = 0; i < queries.size(); i++) {
      assertThat(ours(queries.get(i)))
          .as("seed %d: %s", SEED + i, queries.get(i))
          .isEqualTo(expected.get(i));
    }
    var accepted = expected.stream().filter(Answer::accepted).count();
    assertThat(accepted).isBetween(QUERIES / 5L, QUERIES * 4L / 5);
  }

  static List<String> awkward() throws IOException {
    try (var stream = PromqlAgainstPrometheusTest.class.getResourceAsStream("queries.txt")) {
      return new String(
              Optional.ofNullable(stream).orElseThrow().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }

  private static Answer ours(String query) {
    return switch (Query.of(query)) {
      case Query.Invalid _ -> new Answer(false, "", List.of());
      case Query.Valid(var expression) ->
          new Answer(
              true,
              expression.type().name().toLowerCase(Locale.ROOT),
              expression.all().flatMap(PromqlAgainstPrometheusTest::exactNames).sorted().toList());
    };
  }

  /// Prometheus's tree has the names of regular expressions nowhere.
  private static Stream<String> exactNames(Expression expression) {
    return expression instanceof Expression.Selector selector
        ? Stream.concat(
            selector.name().stream(),
            selector.matchers().stream()
                .filter(each ->
                    each.label().equals("__name__") && each.match() == Expression.Match.EQUAL)
                .map(Expression.Matcher::value))
        : Stream.empty();
  }

  private static List<Answer> ask(List<String> queries) throws IOException, InterruptedException {
    var program = oracle();
    assumeTrue(
        program.isPresent(), "skipped: no prometheus-promql below COOPER_INTEROP/bin or on PATH");
    var questions = Files.createTempFile("promql-questions", ".json");
    var answers = Files.createTempFile("promql-answers", ".json");
    try {
      Files.write(questions, queries.stream().map(JSON::writeValueAsString).toList());
      int status =
          new ProcessBuilder(program.orElseThrow().toString())
              .redirectInput(questions.toFile())
              .redirectOutput(answers.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start()
              .waitFor();
      assertThat(status).isZero();
      var read = new ArrayList<Answer>();
      for (var line : Files.readAllLines(answers)) {
        var node = JSON.readTree(line);
        read.add(
            new Answer(
                node.get("accepted").booleanValue(),
                node.get("type").stringValue(),
                node.get("names").valueStream().map(JsonNode::stringValue).sorted().toList()));
      }
      assertThat(read).hasSameSizeAs(queries);
      return read;
    } finally {
      Files.delete(questions);
      Files.delete(answers);
    }
  }

  private static Optional<Path> oracle() {
    return Stream.concat(
            Stream.of(System.getProperty("cooper.interop"), System.getenv("COOPER_INTEROP"))
                .flatMap(Stream::ofNullable)
                .map(folder -> Path.of(folder, "bin")),
            Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).map(Path::of))
        .map(folder -> folder.resolve("prometheus-promql"))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
