package io.cooper.backup.retention;

import io.cooper.backup.catalog.Backup.Keep;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.WalName;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.backup.retention.MadeArchive.Made;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What has to stay of an archive, thought out anew, object by object, from how the archive was
/// made; slow, and knows nothing of how it is pruned.
public final class Oracle {
  private final MadeArchive archive;
  private final RetentionPolicy policy;
  private final int atLeast;

  /// What has to stay by a policy.
  public Oracle(MadeArchive archive, RetentionPolicy policy, int atLeast) {
    this.archive = archive;
    this.policy = policy;
    this.atLeast = atLeast;
  }

  private List<Made> done() {
    return archive.backups.stream()
        .filter(each -> each.status() == Status.DONE)
        .sorted(Comparator.comparing(Made::id).reversed())
        .toList();
  }

  /// Whether the policy itself wants a backup.
  boolean isWanted(Made backup) {
    var newer = done().subList(0, done().indexOf(backup));
    return newer.size() < atLeast
        || switch (policy) {
          case RetentionPolicy.Redundancy(var count) -> newer.size() < count;
          case RetentionPolicy.Window(var days) ->
              newer.stream()
                  .noneMatch(
                      each -> each.ended().isBefore(archive.now.minus(Duration.ofDays(days))));
        };
  }

  /// Whether a backup goes.
  public boolean goes(Made backup) {
    return backup.status() == Status.DONE && backup.keep().isEmpty() && !isWanted(backup);
  }

  private boolean isUnderWay(Made backup) {
    return backup.status() == Status.STARTED;
  }

  /// Whether a restore from a backup that stays may ask for a segment, to whichever timeline it
  /// goes and as far as it goes.
  public boolean isAskedFor(Segment segment) {
    return archive.backups.stream()
        .filter(each -> !goes(each))
        .anyMatch(each -> asks(each, segment));
  }

  private boolean asks(Made backup, Segment segment) {
    var number = segment.number(MadeArchive.SIZE);
    if (isUnderWay(backup) || (backup.status() == Status.DONE && needsAll(backup))) {
      return number >= backup.begin()
          && archive.comesBy(segment.timeline(), backup.timeline(), backup.begin());
    }
    return backup.status() == Status.DONE
        && segment.timeline() == backup.timeline()
        && number >= backup.begin()
        && number <= backup.end();
  }

  private boolean needsAll(Made backup) {
    return isWanted(backup) || backup.keep().filter(Keep.FULL::equals).isPresent();
  }

  /// Nobody knows what is being written on a timeline that is younger than all backups.
  private boolean isOfTheFuture(int timeline) {
    return archive.backups.stream()
        .filter(each -> !goes(each))
        .filter(each -> each.status() == Status.DONE || isUnderWay(each))
        .allMatch(each -> each.timeline() < timeline);
  }

  /// The keys that have to be left, and no others.
  public List<String> left(List<String> keys) {
    var left = new ArrayList<String>();
    for (var key : keys) {
      if (stays(key)) {
        left.add(key);
      }
    }
    return left;
  }

  private boolean stays(String key) {
    var wal = MadeArchive.SERVER.walAt(key);
    if (wal.isPresent()) {
      return switch (wal.get().name()) {
        case WalName.History _ -> true;
        case Segment segment -> stays(segment);
        case WalName.Partial(var segment) -> stays(segment);
        case WalName.Label(var segment, _) -> stays(segment);
      };
    }
    return archive.backups.stream()
        .filter(this::goes)
        .noneMatch(each -> key.startsWith(MadeArchive.SERVER.base(each.id())));
  }

  private boolean stays(Segment segment) {
    return isAskedFor(segment) || isOfTheFuture(segment.timeline());
  }
}
