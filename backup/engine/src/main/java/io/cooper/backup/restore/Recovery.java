package io.cooper.backup.restore;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// How PostgreSQL 13 to 18 recovers what was restored: the settings that it finds in
/// `postgresql.auto.conf`, and the signal file.
///
/// @param restoreCommand fetches a WAL file, with `%f` and `%p`
/// @param target up to where
/// @param inclusive whether the target itself is replayed as well
/// @param timeline a number, `latest` or `current`; PostgreSQL's own default, `latest`, if empty
/// @param then what PostgreSQL does at the target
/// @param follows whether it goes on as a standby rather than ending recovery
public record Recovery(
    String restoreCommand,
    Target target,
    boolean inclusive,
    Optional<String> timeline,
    Then then,
    boolean follows) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSxxx");

  /// At the target.
  public enum Then {
    PAUSE,
    PROMOTE,
    SHUTDOWN
  }

  /// @throws io.cooper.problem.ProblemException with [Code#BAD_USE] if a text cannot stand in a
  ///   configuration file or is no timeline
  public Recovery {
    requireOneLine("restore_command", restoreCommand);
    if (target instanceof Target.Name(var name)) {
      requireOneLine("recovery_target_name", name);
    }
    timeline.ifPresent(Recovery::requireTimeline);
  }

  /// Does nothing if a text names a timeline.
  ///
  /// @throws io.cooper.problem.ProblemException with [Code#BAD_USE] if it does not
  public static void requireTimeline(String text) {
    if (!isTimeline(text)) {
      throw new Problem(
              Code.BAD_USE,
              "timeline '%s'".formatted(text),
              "is neither a number from 1 on, nor latest, nor current",
              "leave it out to follow the newest timeline")
          .asException();
    }
  }

  private static void requireOneLine(String setting, String text) {
    if (text.isBlank() || text.chars().anyMatch(Character::isISOControl)) {
      throw new Problem(
              Code.BAD_USE,
              "%s '%s'".formatted(setting, text),
              "is empty or more than one line",
              "give one line of text")
          .asException();
    }
  }

  private static boolean isTimeline(String text) {
    return text.matches("latest|current|[1-9]\\d{0,8}");
  }

  /// All the WAL there is, then promotion.
  public static Recovery by(String restoreCommand) {
    return new Recovery(
        restoreCommand, new Target.Latest(), true, Optional.empty(), Then.PROMOTE, false);
  }

  /// The same, up to a target.
  public Recovery to(Target other) {
    return new Recovery(restoreCommand, other, inclusive, timeline, then, follows);
  }

  /// The same, ending just before the target.
  public Recovery exclusive() {
    return new Recovery(restoreCommand, target, false, timeline, then, follows);
  }

  /// The same, along a timeline.
  public Recovery on(String otherTimeline) {
    return new Recovery(
        restoreCommand, target, inclusive, Optional.of(otherTimeline), then, follows);
  }

  /// The same, with something else to be done at the target.
  public Recovery then(Then other) {
    return new Recovery(restoreCommand, target, inclusive, timeline, other, follows);
  }

  /// The same, as a standby.
  public Recovery following() {
    return new Recovery(restoreCommand, target, inclusive, timeline, then, true);
  }

  /// The file that makes PostgreSQL recover.
  public String signal() {
    return follows ? "standby.signal" : "recovery.signal";
  }

  /// The text of `postgresql.auto.conf`: what it said before, without what it said of a recovery,
  /// which PostgreSQL would refuse beside other targets; then these settings.
  public String autoConf(String before) {
    var kept = before.lines().filter(line -> !isOfRecovery(line)).toList();
    var lines = new ArrayList<>(kept);
    lines.addAll(settings());
    return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  private static boolean isOfRecovery(String line) {
    return line.strip().matches("(?i)(recovery_target\\w*|restore_command)(\\s|=).*");
  }

  private List<String> settings() {
    var lines = new ArrayList<String>();
    lines.add(setting("restore_command", restoreCommand));
    timeline.ifPresent(each -> lines.add(setting("recovery_target_timeline", each)));
    targetSetting()
        .ifPresent(line -> {
          lines.add(line);
          lines.add(setting("recovery_target_inclusive", inclusive ? "on" : "off"));
          lines.add(
              setting("recovery_target_action", then.name().toLowerCase(java.util.Locale.ROOT)));
        });
    return lines;
  }

  private Optional<String> targetSetting() {
    return switch (target) {
      case Target.Latest() -> Optional.empty();
      case Target.Time(var time) ->
          Optional.of(
              setting(
                  "recovery_target_time", TIME.format(time.withOffsetSameInstant(ZoneOffset.UTC))));
      case Target.Place(var lsn) -> Optional.of(setting("recovery_target_lsn", lsn.toString()));
      case Target.Name(var name) -> Optional.of(setting("recovery_target_name", name));
      case Target.Transaction(var id) ->
          Optional.of(setting("recovery_target_xid", Long.toUnsignedString(id)));
      case Target.Immediate() -> Optional.of(setting("recovery_target", "immediate"));
    };
  }

  private static String setting(String name, String value) {
    return "%s = '%s'".formatted(name, value.replace("\\", "\\\\").replace("'", "''"));
  }
}
