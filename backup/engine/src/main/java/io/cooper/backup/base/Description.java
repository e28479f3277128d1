package io.cooper.backup.base;

import io.cooper.backup.base.BackupSession.Begin;
import io.cooper.backup.base.BackupSession.Cluster;
import io.cooper.backup.base.BackupSession.End;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.BackupInfo.Tablespace;
import io.cooper.backup.format.PythonLiteral;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.WalName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What `backup.info` says of a backup: when it has begun, is done, or has failed.
final class Description {
  private static final Pattern LABEL_TIMELINE = Pattern.compile("(?m)^START TIMELINE: (\\d+)$");

  private Description() {}

  /// At the begin.
  static BackupInfo begun(Cluster cluster, Begin begin) {
    var size = new SegmentSize(cluster.segmentSize());
    var info =
        BackupInfo.of(Status.STARTED)
            .with(BackupInfo.BEGIN_LSN, begin.at())
            .with(BackupInfo.BEGIN_TIME, begin.time())
            .with(BackupInfo.BEGIN_WAL, WalName.Segment.holding(begin.timeline(), begin.at(), size))
            .with(BackupInfo.BEGIN_OFFSET, (long) size.offsetOf(begin.at()))
            .with(BackupInfo.TIMELINE, Integer.toUnsignedLong(begin.timeline()))
            .with(BackupInfo.SEGMENT_SIZE, size)
            .with(BackupInfo.VERSION, (long) cluster.version())
            .with(BackupInfo.SYSTEM_ID, cluster.systemId())
            .with(BackupInfo.PGDATA, cluster.dataDirectory())
            .with(BackupInfo.DATA_CHECKSUMS, cluster.checksums() ? "on" : "off");
    info = with(info, BackupInfo.SUMMARIZE_WAL, cluster.summarizeWal());
    info = with(info, BackupInfo.CONFIG_FILE, cluster.configFile());
    info = with(info, BackupInfo.HBA_FILE, cluster.hbaFile());
    info = with(info, BackupInfo.IDENT_FILE, cluster.identFile());
    info = with(info, BackupInfo.CLUSTER_SIZE, cluster.size());
    if (!cluster.includedFiles().isEmpty()) {
      info = info.with(BackupInfo.INCLUDED_FILES, cluster.includedFiles());
    }
    if (!cluster.tablespaces().isEmpty()) {
      info = info.with(BackupInfo.TABLESPACES, cluster.tablespaces());
    }
    return info;
  }

  private static <T> BackupInfo with(
      BackupInfo info, BackupInfo.Field<T> field, Optional<T> value) {
    return value.map(each -> info.with(field, each)).orElse(info);
  }

  /// At the end.
  ///
  /// @param begun what was said at the begin
  static BackupInfo done(
      BackupInfo begun, Optional<String> name, Begin begin, End end, PythonLiteral copyStats) {
    var timeline =
        LABEL_TIMELINE
            .matcher(end.label())
            .results()
            .findFirst()
            .map(found -> Integer.parseUnsignedInt(found.group(1)))
            .orElse(begin.timeline());
    var endTimeline = end.timeline() == 0 ? timeline : end.timeline();
    var size = begun.segmentSize();
    return with(begun, BackupInfo.NAME, name)
        .with(BackupInfo.STATUS, Status.DONE)
        .with(BackupInfo.LABEL, end.label())
        .with(BackupInfo.TIMELINE, Integer.toUnsignedLong(timeline))
        .with(BackupInfo.BEGIN_WAL, WalName.Segment.holding(timeline, begin.at(), size))
        .with(BackupInfo.END_LSN, end.at())
        .with(BackupInfo.END_TIME, end.time())
        .with(BackupInfo.END_WAL, WalName.Segment.holding(endTimeline, end.at(), size))
        .with(BackupInfo.END_OFFSET, (long) size.offsetOf(end.at()))
        .with(BackupInfo.COPY_STATS, copyStats);
  }

  /// When it failed. There is never an end time then.
  ///
  /// @param doing what was being done
  /// @param why its first line is told
  static BackupInfo failed(BackupInfo before, Optional<String> name, String doing, String why) {
    var reason = why.lines().map(String::strip).findFirst().orElse("");
    return with(before, BackupInfo.NAME, name)
        .with(BackupInfo.STATUS, Status.FAILED)
        .with(BackupInfo.ERROR, "failure %s (%s)".formatted(doing, reason))
        .without(BackupInfo.END_TIME);
  }

  /// In barman's form. It counts for each source what it knows of all together.
  static PythonLiteral copyStats(Duration elapsed, int jobs, List<Tablespace> tablespaces) {
    var seconds = PythonLiteral.of(elapsed.toMillis() / 1000.0);
    var items =
        Stream.concat(
                tablespaces.stream().map(each -> Long.toString(each.oid())), Stream.of("data"))
            .toList();
    return new PythonLiteral.Dict(
        List.of(
            entry("total_time", seconds),
            entry("number_of_workers", PythonLiteral.of(jobs)),
            entry("analysis_time", PythonLiteral.of(0)),
            entry("analysis_time_per_item", each(items, PythonLiteral.of(0))),
            entry("copy_time_per_item", each(items, seconds)),
            entry("serialized_copy_time_per_item", each(items, seconds)),
            entry("copy_time", seconds),
            entry("serialized_copy_time", seconds)));
  }

  private static PythonLiteral each(List<String> items, PythonLiteral value) {
    return new PythonLiteral.Dict(items.stream().map(item -> entry(item, value)).toList());
  }

  private static PythonLiteral.Entry entry(String key, PythonLiteral value) {
    return new PythonLiteral.Entry(PythonLiteral.of(key), value);
  }
}
