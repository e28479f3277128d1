package io.cooper.policy.cnpg;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Durations as Kubernetes writes them: `2160h`, `1h30m0s`; no days.
final class GoDuration {
  private static final Pattern PART = Pattern.compile("\\G([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h)");

  private GoDuration() {}

  /// The duration; empty if the text is none.
  static Optional<Duration> read(String text) {
    var parts = PART.matcher(text);
    double millis = 0;
    int end = 0;
    while (parts.find()) {
      millis += Double.parseDouble(parts.group(1)) * millisOf(parts.group(2));
      end = parts.end();
    }
    return end == text.length() && end > 0
        ? Optional.of(Duration.ofMillis(Math.round(millis)))
        : Optional.empty();
  }

  private static long millisOf(String unit) {
    return switch (unit) {
      case "h" -> Duration.ofHours(1).toMillis();
      case "m" -> Duration.ofMinutes(1).toMillis();
      case "s" -> Duration.ofSeconds(1).toMillis();
      default -> 1;
    };
  }
}
