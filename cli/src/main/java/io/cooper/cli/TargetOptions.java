package io.cooper.cli;

import io.cooper.backup.format.Lsn;
import io.cooper.backup.restore.Target;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Up to where a recovery goes: one of these, or all the WAL there is.
final class TargetOptions {
  @Option(
      names = "--target-time",
      paramLabel = "TIME",
      description = "Commits up to a time, such as 2026-11-21T08:00:00Z.")
  private @Nullable String time;

  @Option(names = "--target-lsn", paramLabel = "LSN", description = "Up to a place in the WAL.")
  private @Nullable String lsn;

  @Option(names = "--target-name", paramLabel = "NAME", description = "Up to a restore point.")
  private @Nullable String name;

  @Option(names = "--target-xid", paramLabel = "ID", description = "Up to a transaction.")
  private @Nullable String transaction;

  @Option(
      names = "--target-immediate",
      description = "Only as far as the backup needs to be consistent.")
  private boolean immediate;

  /// The target; empty if none was given.
  Optional<Target> target() {
    if (time != null) {
      return Optional.of(new Target.Time(time(time)));
    }
    if (lsn != null) {
      return Optional.of(new Target.Place(Lsn.parse(lsn)));
    }
    if (name != null) {
      return Optional.of(new Target.Name(name));
    }
    if (transaction != null) {
      return Optional.of(new Target.Transaction(transaction(transaction)));
    }
    return immediate ? Optional.of(new Target.Immediate()) : Optional.empty();
  }

  private static OffsetDateTime time(String text) {
    try {
      return OffsetDateTime.parse(text.strip().replaceFirst(" ", "T"));
    } catch (DateTimeException _) {
      throw wrong(
          "--target-time " + text,
          "is no time with its zone",
          "write it as 2026-11-21T08:00:00Z or 2026-11-21T09:00:00+01:00");
    }
  }

  private static long transaction(String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException _) {
      throw wrong("--target-xid " + text, "is no number", "give what pg_current_xact_id() gave");
    }
  }

  private static RuntimeException wrong(String where, String what, String remedy) {
    return new Problem(Code.BAD_USE, where, what, remedy).asException();
  }
}
