package io.cooper.schemas.metrics;

import io.cooper.problem.Nearest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The metrics of all exporters. Read when first asked for, and once.
public final class Metrics {
  private static final List<String> SUFFIXES = List.of("_bucket", "_sum", "_count");

  private final Map<Exporter, Map<String, Metric>> byExporter = new EnumMap<>(Exporter.class);
  private final Map<String, Optional<String>> replacements = new HashMap<>();

  private static final class Holder {
    static final Metrics ALL = new Metrics();
  }

  private Metrics() {
    for (var exporter : Exporter.values()) {
      var metrics = new HashMap<String, Metric>();
      lines(exporter.key())
          .map(columns -> metric(exporter, columns))
          .forEach(metric -> metrics.put(metric.name(), metric));
      byExporter.put(exporter, metrics);
    }
    lines("instead").forEach(columns -> replacements.put(columns[0], optional(columns[1])));
  }

  /// All that is known.
  public static Metrics all() {
    return Holder.ALL;
  }

  /// The metric that a series belongs to, of whichever exporter is not left out.
  ///
  /// @param series its name, with the suffix of a histogram or summary where it has one
  /// @param without an exporter that is not deployed
  public Optional<Metric> find(String series, Set<Exporter> without) {
    return byExporter.entrySet().stream()
        .filter(entry -> !without.contains(entry.getKey()))
        .flatMap(entry -> in(entry.getValue(), series).stream())
        .findFirst();
  }

  private static Optional<Metric> in(Map<String, Metric> metrics, String series) {
    var exact = Optional.ofNullable(metrics.get(series));
    if (exact.isPresent()) {
      return exact;
    }
    return SUFFIXES.stream()
        .filter(series::endsWith)
        .map(suffix -> metrics.get(series.substring(0, series.length() - suffix.length())))
        .filter(Objects::nonNull)
        .filter(metric ->
            metric.type() == Metric.Type.HISTOGRAM
                || (metric.type() == Metric.Type.SUMMARY && !series.endsWith("_bucket")))
        .findFirst();
  }

  /// The exporter that would have to know a name, because all names that begin so are its own.
  public Optional<Exporter> owner(String series) {
    return Stream.of(Exporter.values())
        .filter(exporter -> exporter.prefix().filter(series::startsWith).isPresent())
        .findFirst();
  }

  /// The names of an exporter.
  public Set<String> names(Exporter exporter) {
    return Set.copyOf(byExporter.getOrDefault(exporter, Map.of()).keySet());
  }

  /// Whether a name is one of those that people use although nothing has them.
  public boolean isReplaced(String series) {
    return replacements.containsKey(series);
  }

  /// The name that has the figure that this one was meant for, if there is one.
  public Optional<String> instead(String series) {
    return replacements.getOrDefault(series, Optional.empty());
  }

  /// The name of an exporter that is most like another: few letters apart, else with the most words
  /// in common.
  public Optional<String> nearest(String series, Exporter exporter) {
    var names = names(exporter);
    return Nearest.to(series, names)
        .or(() -> {
          var words = words(series);
          return names.stream()
              .filter(name -> inCommon(words, name) > 1)
              .max(
                  Comparator.<String>comparingDouble(
                          name -> (double) inCommon(words, name) / words(name).size())
                      .thenComparing(Comparator.reverseOrder()));
        });
  }

  private static long inCommon(Set<String> words, String name) {
    return words(name).stream().filter(words::contains).count();
  }

  private static Set<String> words(String name) {
    return new HashSet<>(List.of(name.split("_")));
  }

  private static Metric metric(Exporter exporter, String[] columns) {
    return new Metric(
        columns[0],
        Metric.Type.valueOf(columns[1].toUpperCase(Locale.ROOT)),
        exporter,
        optional(columns[2]),
        optional(columns[3]),
        optional(columns[4]).map(labels -> List.of(labels.split(","))).orElse(List.of()));
  }

  private static Optional<String> optional(String column) {
    return column.equals("-") ? Optional.empty() : Optional.of(column);
  }

  private static Stream<String[]> lines(String file) {
    try (var stream = Metrics.class.getResourceAsStream(file + ".txt")) {
      if (stream == null) {
        throw new IllegalStateException("no " + file + ".txt");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(line -> line.trim().split(" +"))
              .toList()
              .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
