package io.cooper.backup.drill;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the configuration of a restored data directory says. It is read, and never used: it speaks
/// of another machine. A file that it includes and that is not here is passed over.
final class Configuration {
  private static final Pattern LINE =
      Pattern.compile(
          "\\s*(?<name>[A-Za-z_][\\w.]*)\\s*(?:=|\\s)\\s*(?:'(?<quoted>(?:[^'\\\\]|''|\\\\.)*)'|(?<plain>[^\\s#]+))\\s*(?:#.*)?");
  private static final Pattern TIME =
      Pattern.compile("(?<number>\\d+)\\s*(?<unit>us|ms|s|min|h|d)?");
  private static final int DEEPEST = 10;

  private final Map<String, String> values = new TreeMap<>();

  private Configuration() {}

  /// Reads that of a data directory.
  static Configuration of(Path data) {
    var configuration = new Configuration();
    configuration.read(data.resolve("postgresql.conf"), DEEPEST);
    configuration.read(data.resolve("postgresql.auto.conf"), DEEPEST);
    return configuration;
  }

  private void read(Path file, int depth) {
    if (depth == 0) {
      return;
    }
    try {
      // Comments may be in any encoding.
      for (var line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        var parts = LINE.matcher(line);
        if (parts.matches()) {
          var quoted = Optional.ofNullable(parts.group("quoted"));
          var value =
              quoted
                  .map(text -> text.replace("''", "'").replaceAll("\\\\(.)", "$1"))
                  .orElseGet(() -> String.valueOf(parts.group("plain")));
          var name = Objects.requireNonNull(parts.group("name")).toLowerCase(Locale.ROOT);
          take(name, value, file, depth);
        }
      }
    } catch (NoSuchFileException _) {
      // It lies elsewhere, on another machine.
    } catch (IOException cause) {
      throw new ProblemException(
          new Problem(Code.DISK, file.toString(), "cannot be read: " + cause, "look at the disk"),
          cause);
    }
  }

  private void take(String name, String value, Path file, int depth) {
    switch (name) {
      case "include", "include_if_exists" -> read(file.resolveSibling(value), depth - 1);
      case "include_dir" ->
          filesIn(file.resolveSibling(value)).forEach(each -> read(each, depth - 1));
      default -> values.put(name, value);
    }
  }

  private static List<Path> filesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(each -> each.toString().endsWith(".conf")).sorted().toList();
    } catch (IOException _) {
      return List.of();
    }
  }

  /// What a setting says; empty if it says nothing.
  Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /// A list of names.
  List<String> names(String name) {
    return get(name).stream()
        .flatMap(text -> Arrays.stream(text.split(",", -1)))
        .map(each -> each.strip().replace("\"", ""))
        .filter(each -> !each.isEmpty())
        .toList();
  }

  /// A time, counted in seconds where it has no unit; empty if there is none, or it is 0: off.
  Optional<Duration> seconds(String name) {
    var parts = TIME.matcher(get(name).orElse("").strip());
    if (!parts.matches()) {
      return Optional.empty();
    }
    var number = Long.parseLong(Objects.requireNonNull(parts.group("number")));
    var time =
        switch (Optional.ofNullable(parts.group("unit")).orElse("s")) {
          case "us" -> Duration.ofNanos(number * 1000);
          case "ms" -> Duration.ofMillis(number);
          case "min" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          case "d" -> Duration.ofDays(number);
          default -> Duration.ofSeconds(number);
        };
    return Optional.of(time).filter(Duration::isPositive);
  }

  /// A number; empty if there is none.
  Optional<Integer> number(String name) {
    return get(name).filter(text -> text.matches("\\d{1,9}")).map(Integer::valueOf);
  }
}
