package io.cooper.policy.cnpg;

import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A schedule as CloudNativePG reads it: second, minute, hour, day of month, month and, optionally,
/// day of week (robfig/cron, seconds first; times are UTC in the operator's image).
record Schedule(ExecutionTime times) {
  /// Unix cron has five fields; CloudNativePG accepts them, because its sixth is optional.
  static final int FIELDS_MEANT_AS_UNIX = 5;

  private static final Map<String, String> NAMED =
      Map.of(
          "@yearly", "0 0 0 1 1 *",
          "@annually", "0 0 0 1 1 *",
          "@monthly", "0 0 0 1 * *",
          "@weekly", "0 0 0 * * 0",
          "@daily", "0 0 0 * * *",
          "@midnight", "0 0 0 * * *",
          "@hourly", "0 0 * * * *");

  /// So many runs show the pauses of a week, a month or a year.
  private static final int RUNS_OF_A_PATTERN = 14;

  private static final CronDefinition SECONDS_FIRST =
      CronDefinitionBuilder.defineCron()
          .withSeconds()
          .and()
          .withMinutes()
          .and()
          .withHours()
          .and()
          .withDayOfMonth()
          .supportsQuestionMark()
          .and()
          .withMonth()
          .and()
          .withDayOfWeek()
          .withValidRange(0, 7)
          .withMondayDoWValue(1)
          .withIntMapping(7, 0)
          .supportsQuestionMark()
          .optional()
          .and()
          .matchDayOfWeekAndDayOfMonth()
          .instance();

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("EEE HH:mm:ss", Locale.ROOT);

  /// Reads a schedule; empty if CloudNativePG would refuse it.
  static Optional<Schedule> parse(String text) {
    try {
      var fields = NAMED.getOrDefault(text.strip(), text);
      return Optional.of(
          new Schedule(ExecutionTime.forCron(new CronParser(SECONDS_FIRST).parse(fields))));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// The longest pause among the next runs after an instant; empty if there are not two of them.
  Optional<Duration> longestPause(Instant from) {
    var last = times.nextExecution(ZonedDateTime.ofInstant(from, ZoneOffset.UTC));
    var longest = Optional.<Duration>empty();
    for (int i = 0; i < RUNS_OF_A_PATTERN && last.isPresent(); i++) {
      var next = times.nextExecution(last.get());
      if (next.isPresent()) {
        var pause = Duration.between(last.get(), next.get());
        if (longest.isEmpty() || pause.compareTo(longest.get()) > 0) {
          longest = Optional.of(pause);
        }
      }
      last = next;
    }
    return longest;
  }

  /// The next runs after an instant, as weekday and time in UTC.
  List<String> next(Instant from, int count) {
    var runs = new ArrayList<String>(count);
    var at = Optional.of(ZonedDateTime.ofInstant(from, ZoneOffset.UTC));
    while (runs.size() < count) {
      at = at.flatMap(times::nextExecution);
      if (at.isEmpty()) {
        break;
      }
      runs.add(TIME.format(at.get()));
    }
    return runs;
  }

  /// Whether five fields, read with the second first, are one full minute of a day: what somebody
  /// writes who knows of the second.
  static boolean isTimeOfDay(String fiveFields) {
    var fields = List.of(fiveFields.split("\\s+", FIELDS_MEANT_AS_UNIX));
    return fields.get(0).equals("0")
        && fields.get(1).matches("\\d+")
        && fields.get(2).matches("\\d+")
        && fields.get(4).equals("*")
        && fields.get(3).equals("*");
  }

  /// Five fields in words, for the frequent case that the first two are plain numbers.
  static String reading(String fiveFields) {
    var fields = List.of(fiveFields.split("\\s+", FIELDS_MEANT_AS_UNIX));
    boolean plain = fields.get(0).matches("\\d+") && fields.get(1).matches("\\d+");
    boolean hourly = plain && fields.get(2).equals("*");
    return hourly
        ? "second %s of minute %s of every hour".formatted(fields.get(0), fields.get(1))
        : "second %s, minute %s, hour %s, day %s, month %s"
            .formatted(fields.get(0), fields.get(1), fields.get(2), fields.get(3), fields.get(4));
  }
}
