package io.cooper.manifest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Asks the Go libraries what they read from a YAML text; see `test-fixtures/interop/yaml`.
final class YamlOracle {
  /// What one library made of one text.
  ///
  /// @param value of the document, numbers as `BigDecimal`
  /// @param error its message; empty if it accepted the text
  record Reading(@Nullable Object value, Optional<String> error) {}

  record Answer(Map<Dialect, Reading> readings, String written) {
    Reading as(Dialect dialect) {
      return readings.getOrDefault(dialect, new Reading(null, Optional.of("no answer")));
    }
  }

  private static final JsonFactory JSON = new JsonFactory();

  private final Path program;

  private YamlOracle(Path program) {
    this.program = program;
  }

  /// The oracle if it is built; otherwise the test is skipped.
  static YamlOracle orSkip() {
    var places =
        Stream.of(System.getProperty("COOPER_INTEROP"), System.getenv("COOPER_INTEROP"))
            .flatMap(Stream::ofNullable)
            .map(folder -> Path.of(folder, "bin", "yaml-oracle"));
    var path =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .map(folder -> Path.of(folder, "yaml-oracle"));
    var found = Stream.concat(places, path).filter(Files::isExecutable).findFirst();
    assumeTrue(
        found.isPresent(),
        "yaml-oracle is not built: go build it in test-fixtures/interop/yaml to $COOPER_INTEROP/bin");
    return new YamlOracle(found.orElseThrow());
  }

  /// Answers in the order of the texts.
  List<Answer> ask(List<String> texts) throws IOException {
    var questions = Files.createTempFile("yaml-questions", ".json");
    var answers = Files.createTempFile("yaml-answers", ".json");
    try {
      Files.writeString(questions, asLines(texts));
      int status =
          new ProcessBuilder(program.toString())
              .redirectInput(questions.toFile())
              .redirectOutput(answers.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start()
              .waitFor();
      if (status != 0) {
        throw new IOException("yaml-oracle ended with " + status);
      }
      return Files.readAllLines(answers).stream().map(YamlOracle::answer).toList();
    } catch (InterruptedException e) {
      throw new IOException(e);
    } finally {
      Files.delete(questions);
      Files.delete(answers);
    }
  }

  private static String asLines(List<String> texts) {
    var lines = new StringBuilder();
    for (var text : texts) {
      var line = new StringWriter();
      try (var json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
        json.writeStartObject();
        json.writeStringProperty("yaml", text);
        json.writeEndObject();
      }
      lines.append(line).append('\n');
    }
    return lines.toString();
  }

  private static Answer answer(String line) {
    try (var json = JSON.createParser(ObjectReadContext.empty(), line)) {
      json.nextToken();
      if (!(value(json) instanceof Map<?, ?> object)) {
        throw new UncheckedIOException(new IOException("no answer: " + line));
      }
      return new Answer(
          Map.of(
              Dialect.KUBERNETES, reading(object.get("kubernetes")),
              Dialect.KUSTOMIZE, reading(object.get("kustomize"))),
          String.valueOf(object.get("written")));
    }
  }

  private static Reading reading(@Nullable Object answer) {
    if (!(answer instanceof Map<?, ?> fields)) {
      throw new UncheckedIOException(new IOException("no answer: " + answer));
    }
    return new Reading(
        fields.get("value"), Optional.ofNullable(fields.get("error")).map(Object::toString));
  }

  private static @Nullable Object value(JsonParser json) {
    return switch (json.currentToken()) {
      case START_OBJECT -> {
        var map = new LinkedHashMap<String, @Nullable Object>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          var name = json.currentName();
          json.nextToken();
          map.put(name, value(json));
        }
        yield map;
      }
      case START_ARRAY -> {
        var list = new ArrayList<@Nullable Object>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(json));
        }
        yield list;
      }
      case VALUE_STRING -> json.getString();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> normal(new BigDecimal(json.getString()));
    };
  }

  /// Our plain values in the oracle's terms: every number a `BigDecimal` without trailing zeros.
  static @Nullable Object comparable(@Nullable Object plain) {
    return switch (plain) {
      case null -> null;
      case Map<?, ?> map -> {
        var result = new LinkedHashMap<Object, @Nullable Object>();
        map.forEach((key, value) -> result.put(key, comparable(value)));
        yield result;
      }
      case List<?> list -> {
        var result = new ArrayList<@Nullable Object>();
        list.forEach(item -> result.add(comparable(item)));
        yield result;
      }
      case Number number -> normal(new BigDecimal(number.toString()));
      default -> plain;
    };
  }

  private static BigDecimal normal(BigDecimal number) {
    return number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
  }
}
