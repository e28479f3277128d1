package io.cooper.manifest;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The dates that go-yaml recognises (`resolve.go`, `allowedTimestampFormats`), a subset of YAML
/// 1.1's.
final class Timestamp {
  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{4})-(\\d{1,2})-(\\d{1,2})"
              + "(?:(?:[Tt](?=.*(?:Z|[-+]\\d\\d:\\d\\d)$)| +(?=[\\d:.,]*$))"
              + "(\\d{1,2}):(\\d{1,2}):(\\d{1,2})(?:[.,](\\d+))?"
              + "(?:Z|([-+])([01]\\d|2[0-3]):([0-5]\\d))?)?");
  private static final int NANO_DIGITS = 9;

  private Timestamp() {}

  /// The time in the form that Go writes into JSON: `2001-12-14T00:00:00Z`. Empty if the text is no
  /// date or one that no calendar has.
  static Optional<String> rfc3339(String text) {
    if (text.length() < "2001-1-1".length() || text.charAt(4) != '-') {
      return Optional.empty();
    }
    var match = FORM.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(written(match));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private static String written(Matcher match) {
    var nanos = fraction(match);
    var time =
        LocalDateTime.of(
            number(match, 1),
            number(match, 2),
            number(match, 3),
            number(match, 4),
            number(match, 5),
            number(match, 6));
    var zone =
        match.group(8) == null || number(match, 9) + number(match, 10) == 0
            ? "Z"
            : "%s%s:%s".formatted(match.group(8), match.group(9), match.group(10));
    return "%04d-%02d-%02dT%02d:%02d:%02d%s%s"
        .formatted(
            time.getYear(),
            time.getMonthValue(),
            time.getDayOfMonth(),
            time.getHour(),
            time.getMinute(),
            time.getSecond(),
            nanos.isEmpty() ? "" : "." + nanos,
            zone);
  }

  /// The fraction of a second without trailing zeros, to the nanosecond.
  private static String fraction(Matcher match) {
    if (match.group(7) == null) {
      return "";
    }
    var digits = match.group(7);
    return digits.substring(0, Math.min(digits.length(), NANO_DIGITS)).replaceAll("0+$", "");
  }

  private static int number(Matcher match, int group) {
    return match.group(group) == null ? 0 : Integer.parseInt(match.group(group));
  }
}
