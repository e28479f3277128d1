package io.cooper.schemas.metrics;

import java.util.List;
import java.util.Optional;

/// One metric of one exporter.
///
/// @param name as it is declared; a histogram's series have suffixes
/// @param since the first release that has it; empty if all that are known do
/// @param until the last release that has it; empty if it is still there
/// @param labels as far as they are known
public record Metric(
    String name,
    Type type,
    Exporter exporter,
    Optional<String> since,
    Optional<String> until,
    List<String> labels) {

  /// What its samples mean.
  public enum Type {
    /// Only grows, and begins again at 0.
    COUNTER,
    /// Goes up and down.
    GAUGE,
    /// Counters by size: `_bucket`, `_sum`, `_count`.
    HISTOGRAM,
    /// Quantiles, `_sum`, `_count`.
    SUMMARY,
    /// Its exporter does not say.
    UNKNOWN
  }

  public Metric {
    labels = List.copyOf(labels);
  }

  /// Whether a gauge holds a point in time, in seconds since 1970.
  public boolean isTimestamp() {
    return type == Type.GAUGE
        && (name.contains("timestamp")
            || name.endsWith("_time_seconds")
            || name.endsWith("_start_time")
            || name.endsWith("recoverability_point")
            || name.endsWith("_created"));
  }
}
