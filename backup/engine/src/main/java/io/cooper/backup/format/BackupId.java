package io.cooper.backup.format;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a backup's folder: `20261121T084231`, the local time at which it was begun. Ids of
/// one server sort by time, as long as its time zone stays; two backups of one second collide.
public record BackupId(String text) implements Comparable<BackupId> {
  private static final Pattern TEXT = Pattern.compile("\\d{8}T\\d{6}");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss");

  /// @throws io.cooper.problem.ProblemException with [Code#BAD_USE] if it is no id
  public BackupId {
    if (!TEXT.matcher(text).matches()) {
      throw new Problem(
              Code.BAD_USE,
              "backup id '%s'".formatted(text),
              "is not eight digits, a T and six digits",
              "take an id from the list of backups, such as 20261121T084231")
          .asException();
    }
  }

  /// The id of a backup that begins now, by a clock with its zone.
  public static BackupId at(ZonedDateTime now) {
    return new BackupId(TIME.format(now));
  }

  /// Reads the name of a folder; empty if it is none of a backup.
  public static Optional<BackupId> find(String text) {
    return TEXT.matcher(text).matches() ? Optional.of(new BackupId(text)) : Optional.empty();
  }

  /// When it was begun, in the zone of who took it.
  public LocalDateTime time() {
    return LocalDateTime.parse(text, TIME);
  }

  @Override
  public int compareTo(BackupId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
