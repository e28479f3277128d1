package io.cooper.backup.retention;

import io.cooper.backup.catalog.Backup;
import io.cooper.backup.catalog.Backup.Described;
import io.cooper.backup.catalog.Backup.Keep;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.retention.Verdict.Fate;
import io.cooper.problem.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What a policy means for each backup of an archive. Counts as barman-cloud does: from the newest
/// id to the oldest, only backups that are done; but one whose archives are gone counts for
/// nothing.
///
/// @param atLeast so many done backups stay, whatever the policy says
/// @param beingDeleted those that an earlier run did not finish
record Judgement(RetentionPolicy policy, int atLeast, Instant now, Set<BackupId> beingDeleted) {
  /// What says to be under way for longer is dead. Nothing of it is deleted; but its WAL is not
  /// kept any more.
  private static final Duration LONGEST_BACKUP = Duration.ofDays(7);

  /// @param backups the oldest first
  List<Verdict> of(List<Backup> backups) {
    var verdicts = new ArrayList<Verdict>();
    var done = 0;
    var isCovered = false;
    for (var backup : backups.reversed()) {
      if (backup instanceof Described described && isDone(described)) {
        var verdict = done(described, done, isCovered);
        verdicts.add(verdict);
        if (described.isRestorable()) {
          done++;
          isCovered |= isBeforeWindow(described);
        }
      } else {
        verdicts.add(notDone(backup));
      }
    }
    return verdicts.reversed();
  }

  private static boolean isDone(Described backup) {
    return backup.info().status() == Status.DONE;
  }

  private Verdict done(Described backup, int newer, boolean isCovered) {
    var wanted =
        switch (policy) {
          case RetentionPolicy.Redundancy(var backups) -> newer < Math.max(backups, atLeast);
          case RetentionPolicy.Window _ -> !isCovered || newer < atLeast;
        };
    if (wanted && !backup.isRestorable()) {
      return new Verdict(backup, Fate.LEFT, "says that it is done and has no archive");
    }
    if (wanted) {
      return new Verdict(backup, Fate.NEEDED, reason(newer, isCovered));
    }
    if (backup.keep().isPresent()) {
      return backup.keep().get() == Keep.FULL
          ? new Verdict(backup, Fate.KEPT, "marked to be kept, with all WAL since")
          : new Verdict(backup, Fate.KEPT_ALONE, "marked to be kept, with its own WAL");
    }
    if (backup.isSnapshot()) {
      return new Verdict(
          backup, Fate.KEPT_ALONE, "obsolete, but it is snapshots of disks: remove those first");
    }
    return new Verdict(backup, Fate.OBSOLETE, "the policy does not need it");
  }

  private String reason(int newer, boolean isCovered) {
    return switch (policy) {
      case RetentionPolicy.Redundancy(var backups) when newer < backups ->
          "number %d of %d".formatted(newer + 1, backups);
      case RetentionPolicy.Window _ when !isCovered -> "the window needs it";
      default -> "number %d of the %d that are kept at least".formatted(newer + 1, atLeast);
    };
  }

  private boolean isBeforeWindow(Described backup) {
    return policy instanceof RetentionPolicy.Window window
        && backup
            .info()
            .get(BackupInfo.END_TIME)
            .filter(end -> end.toInstant().isBefore(now.minus(window.length())))
            .isPresent();
  }

  private Verdict notDone(Backup backup) {
    return switch (backup) {
      case Described described -> notDone(described);
      case Backup.Unreadable(var id, _) when beingDeleted.contains(id) ->
          new Verdict(backup, Fate.OBSOLETE, "its deletion was begun and not finished");
      case Backup.Unreadable(_, var problem) when problem.code() == Code.NO_SUCH_OBJECT ->
          new Verdict(backup, Fate.LEFT, "has no backup.info: under way, or the rest of one");
      // A backup that cannot be read may need any WAL.
      case Backup.Unreadable(_, var problem) -> throw problem.asException();
    };
  }

  private Verdict notDone(Described backup) {
    return switch (backup.info().status()) {
      case STARTED, WAITING_FOR_WALS, SYNCING, EMPTY ->
          isOld(backup)
              ? new Verdict(backup, Fate.LEFT, "says to be under way since more than 7 days")
              : new Verdict(backup, Fate.UNDER_WAY, "under way");
      case FAILED, DONE -> new Verdict(backup, Fate.LEFT, "failed");
    };
  }

  private boolean isOld(Described backup) {
    return backup
        .info()
        .get(BackupInfo.BEGIN_TIME)
        .map(begin -> begin.toInstant())
        // Ids are in the zone of whoever took the backup, which may be most of a day away.
        .orElseGet(() -> backup.id().time().plusHours(14).toInstant(java.time.ZoneOffset.UTC))
        .isBefore(now.minus(LONGEST_BACKUP));
  }
}
