package io.cooper.backup.retention;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which backups are wanted. Closed: barman-cloud knows these two and no others.
public sealed interface RetentionPolicy {
  /// Every instant since a time before now can be recovered to. A month has 31 days, as barman
  /// counts.
  ///
  /// @param days at least 0
  record Window(int days) implements RetentionPolicy {
    /// How far it reaches back.
    public Duration length() {
      return Duration.ofDays(days);
    }

    @Override
    public String toString() {
      return "RECOVERY WINDOW OF %d DAYS".formatted(days);
    }
  }

  /// The newest backups, with all WAL since the oldest of them.
  ///
  /// @param backups how many, at least 1
  record Redundancy(int backups) implements RetentionPolicy {
    @Override
    public String toString() {
      return "REDUNDANCY %d".formatted(backups);
    }
  }

  /// Reads a policy as barman-cloud writes it, `REDUNDANCY 3` or `RECOVERY WINDOW OF 30 DAYS`, in
  /// either letter case, or as an ObjectStore has it: `30d`, `4w`, `3m`.
  ///
  /// @throws io.cooper.problem.ProblemException with [Code#BAD_USE] if it is none
  static RetentionPolicy parse(String text) {
    var redundancy = Texts.REDUNDANCY.matcher(text);
    if (redundancy.matches()) {
      var backups = Texts.number(text, redundancy);
      if (backups < 1) {
        throw Texts.wrong(text, "would keep no backup at all");
      }
      return new Redundancy(backups);
    }
    for (var form : new Pattern[] {Texts.WINDOW, Texts.SHORT}) {
      var window = form.matcher(text);
      if (window.matches()) {
        return new Window(Texts.days(text, Texts.number(text, window), window.group("unit")));
      }
    }
    throw Texts.wrong(text, "is no retention policy");
  }
}

/// How policies are written.
final class Texts {
  static final Pattern REDUNDANCY =
      Pattern.compile("\\s*redundancy\\s+(?<number>\\d+)\\s*", Pattern.CASE_INSENSITIVE);
  static final Pattern WINDOW =
      Pattern.compile(
          "\\s*recovery\\s+window\\s+of\\s+(?<number>\\d+)\\s+(?<unit>day|week|month)s?\\s*",
          Pattern.CASE_INSENSITIVE);
  static final Pattern SHORT = Pattern.compile("\\s*(?<number>[1-9]\\d*)(?<unit>[dwm])\\s*");

  private static final int LONGEST = 100 * 366;

  private Texts() {}

  static int number(String text, Matcher form) {
    try {
      return Integer.parseInt(form.group("number"));
    } catch (NumberFormatException _) {
      throw wrong(text, "has a number that is too large");
    }
  }

  static int days(String text, int number, String unit) {
    var days =
        switch (unit.toLowerCase(Locale.ROOT).charAt(0)) {
          case 'd' -> (long) number;
          case 'w' -> 7L * number;
          default -> 31L * number;
        };
    if (days > LONGEST) {
      throw wrong(text, "is longer than a hundred years");
    }
    return (int) days;
  }

  static RuntimeException wrong(String text, String what) {
    return new Problem(
            Code.BAD_USE,
            "policy '%s'".formatted(text),
            what,
            "write 30d, 4w or 3m; 'RECOVERY WINDOW OF 30 DAYS'; or 'REDUNDANCY 3'")
        .asException();
  }
}
