package io.cooper.backup.catalog;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Problem;
import java.time.Duration;
import java.util.Optional;

/// A backup as it lies in a store, whoever wrote it.
public sealed interface Backup {
  /// The name of its folder.
  BackupId id();

  /// One that says what it is.
  ///
  /// @param keep why it must not be deleted by a policy, if it must not
  /// @param archives how many data archives it has
  /// @param stored bytes of them
  record Described(BackupId id, BackupInfo info, Optional<Keep> keep, int archives, long stored)
      implements Backup {

    /// What its user called it.
    public Optional<String> name() {
      return info.get(BackupInfo.NAME);
    }

    /// From the start call to the stop call.
    public Optional<Duration> duration() {
      return info.get(BackupInfo.BEGIN_TIME)
          .flatMap(begin -> info.get(BackupInfo.END_TIME).map(end -> Duration.between(begin, end)));
    }

    /// How many bytes of the cluster one stored byte holds; empty where the size of the cluster is
    /// not known.
    public Optional<Double> ratio() {
      return info.get(BackupInfo.CLUSTER_SIZE)
          .filter(size -> size > 0 && stored > 0)
          .map(size -> (double) size / stored);
    }

    /// Whether it consists of snapshots of disks, so that it has no data archives.
    public boolean isSnapshot() {
      return info.get(BackupInfo.SNAPSHOTS).isPresent();
    }

    /// Whether a restore can begin from it: it is done, and what it must have is there.
    public boolean isRestorable() {
      return info.status() == BackupInfo.Status.DONE && (isSnapshot() || archives > 0);
    }

    /// The first and the last segment that a restore needs. An end exactly on a boundary needs the
    /// segment before it, although `backup.info` names the next one.
    public Optional<WalRange> wal() {
      return info.get(BackupInfo.BEGIN_WAL).flatMap(this::walFrom);
    }

    private Optional<WalRange> walFrom(WalName.Segment begin) {
      var byPlace =
          info.get(BackupInfo.END_LSN)
              .map(end -> WalName.Segment.endingAt(begin.timeline(), end, info.segmentSize()))
              .map(last ->
                  info.get(BackupInfo.END_WAL).map(end -> last.on(end.timeline())).orElse(last));
      return byPlace.or(() -> info.get(BackupInfo.END_WAL)).map(end -> new WalRange(begin, end));
    }
  }

  /// One of which it cannot be said what it is; others are not affected.
  record Unreadable(BackupId id, Problem problem) implements Backup {}

  /// Segments from the first to the last.
  record WalRange(WalName.Segment begin, WalName.Segment end) {}

  /// Why a backup must not be deleted by a policy.
  enum Keep {
    /// With all WAL that follows it.
    FULL,
    /// With the WAL that makes it consistent.
    STANDALONE;

    /// As the annotation says it: anything but `standalone` counts as the whole.
    static Keep of(String annotation) {
      return annotation.strip().equals("standalone") ? STANDALONE : FULL;
    }

    /// As the annotation says it.
    public String text() {
      return this == FULL ? "full" : "standalone";
    }
  }
}
