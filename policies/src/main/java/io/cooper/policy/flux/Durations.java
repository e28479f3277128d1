package io.cooper.policy.flux;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Durations as the Flux API accepts them: `1h30m`, `90s`, `0.5h`; no days, no bare numbers.
final class Durations {
  private static final Pattern WHOLE = Pattern.compile("([0-9]+(\\.[0-9]+)?(ms|s|m|h))+");
  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h)");

  private Durations() {}

  /// The duration; empty if Flux would refuse the text.
  static Optional<Duration> read(String text) {
    if (!WHOLE.matcher(text).matches()) {
      return Optional.empty();
    }
    double millis = 0;
    var parts = PART.matcher(text);
    while (parts.find()) {
      millis +=
          Double.parseDouble(parts.group(1))
              * switch (parts.group(2)) {
                case "h" -> 3_600_000;
                case "m" -> 60_000;
                case "s" -> 1_000;
                default -> 1;
              };
    }
    return Optional.of(Duration.ofMillis(Math.round(millis)));
  }

  /// Such as `1h`, `90m` or `59m30s`.
  static String write(Duration duration) {
    var text = new StringBuilder();
    if (duration.toHours() > 0) {
      text.append(duration.toHours()).append('h');
    }
    if (duration.toMinutesPart() > 0) {
      text.append(duration.toMinutesPart()).append('m');
    }
    if (duration.toSecondsPart() > 0 || text.isEmpty()) {
      text.append(duration.toSecondsPart()).append('s');
    }
    return text.toString();
  }
}
