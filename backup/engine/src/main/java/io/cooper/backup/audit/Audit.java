package io.cooper.backup.audit;

import io.cooper.backup.catalog.Backup;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.backup.map.Horizon;
import io.cooper.backup.map.WalMap;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/// What an audit found.
///
/// @param place the archive, as messages name it
/// @param systemId of the cluster that it belongs to, decimal digits, if that can be told
/// @param map of its WAL, without what is of no use
/// @param backups of which a restore can begin, or should
/// @param spans what can be restored, timeline by timeline
/// @param broken backups that are done and cannot be restored, for WAL is missing
/// @param findings what is wrong, in the order of keys, kind by kind
/// @param more how many findings beside these there are, which were only counted
/// @param looked how much was looked at
public record Audit(
    String place,
    Optional<String> systemId,
    WalMap map,
    List<Backup.Described> backups,
    List<Span> spans,
    List<Broken> broken,
    List<Finding> findings,
    long more,
    Looked looked) {
  public Audit {
    backups = List.copyOf(backups);
    spans = List.copyOf(spans);
    broken = List.copyOf(broken);
    findings = List.copyOf(findings);
  }

  /// Whether everything that should be there is there and sound, as far as was looked.
  public boolean isSound() {
    return broken.isEmpty() && findings.stream().noneMatch(finding -> finding.kind().isFault());
  }

  /// An interval that can be restored: every instant and place from the end of its first backup to
  /// where the WAL breaks off.
  ///
  /// @param timeline along which is recovered
  /// @param backups that a restore can begin with, the oldest first
  /// @param from where the first of them is consistent
  /// @param since when that was; empty if the backup does not say
  /// @param horizon where the WAL breaks off
  /// @param isHole whether there is more WAL behind, which cannot be reached from here
  public record Span(
      int timeline,
      List<BackupId> backups,
      Lsn from,
      Optional<OffsetDateTime> since,
      Horizon horizon,
      boolean isHole) {
    public Span {
      backups = List.copyOf(backups);
    }
  }

  /// A backup that is done and of no use.
  ///
  /// @param missing the first segment that it needs and that is not there, or cannot be used
  public record Broken(BackupId backup, Segment missing) {}

  /// How much was looked at.
  ///
  /// @param objects of WAL that are there
  /// @param bytes of them, as stored
  /// @param read objects of which something was read
  /// @param bytesRead of them
  public record Looked(long objects, long bytes, long read, long bytesRead) {}
}
