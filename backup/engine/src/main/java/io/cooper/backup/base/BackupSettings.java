package io.cooper.backup.base;

import io.cooper.backup.format.Codec;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// How a base backup is taken. [#of] has what barman-cloud does unless told otherwise.
///
/// @param pgdata the data directory as this process sees it, which may be another path than
///   PostgreSQL's own
/// @param codec of the archives
/// @param jobs how many archives are written at once; each has a compressor of its own
/// @param largestArchive bytes, compressed, beyond which no further file is put into an archive
/// @param name found again by [io.cooper.backup.format.BackupInfo#NAME]
/// @param immediateCheckpoint whether PostgreSQL begins with a checkpoint as fast as it can, rather
///   than one spread over minutes
/// @param announced whether `backup.info` says `STARTED` while the copy is under way, as
///   barman-cloud has done since 3.19. Its older readers take such a backup for the newest when
///   they are asked for `auto` or `last`; archives that they read are better left without
/// @param walWithin how long the WAL that the backup needs may take to come into the archive; empty
///   if that is not waited for, and then the backup may be of no use
/// @param tags for every object
/// @param clock gives the id, in its zone
public record BackupSettings(
    Path pgdata,
    Codec codec,
    int jobs,
    long largestArchive,
    Optional<String> name,
    boolean immediateCheckpoint,
    boolean announced,
    Optional<Duration> walWithin,
    Map<String, String> tags,
    Clock clock) {
  private static final int USUAL_JOBS = 2;
  private static final long USUALLY_LARGEST = 40L << 30;
  private static final Duration USUAL_WAIT = Duration.ofHours(1);

  /// @throws io.cooper.problem.ProblemException with [Code#BAD_USE] if no backup can be so
  public BackupSettings {
    tags = Map.copyOf(tags);
    if (jobs < 1 || largestArchive < 1) {
      throw wrong(
          "%d jobs, archives of up to %d bytes".formatted(jobs, largestArchive),
          "cannot be: both must be at least 1",
          "leave them out: 2 jobs and archives of up to 40 GiB are usual");
    }
    if (codec.dataSuffix().isEmpty()) {
      throw wrong(
          "compression '%s'".formatted(codec.option()),
          "is for WAL only: no barman reads data archives in it",
          "take none, gzip, bzip2, snappy, lz4 or zstd");
    }
  }

  private static RuntimeException wrong(String where, String what, String remedy) {
    return new Problem(Code.BAD_USE, where, what, remedy).asException();
  }

  /// What is usual: uncompressed, two archives at once, a spread checkpoint, an hour for the WAL.
  public static BackupSettings of(Path pgdata) {
    return new BackupSettings(
        pgdata,
        Codec.NONE,
        USUAL_JOBS,
        USUALLY_LARGEST,
        Optional.empty(),
        false,
        true,
        Optional.of(USUAL_WAIT),
        Map.of(),
        Clock.system(ZoneId.systemDefault()));
  }

  /// The same, compressed.
  public BackupSettings compressed(Codec other) {
    return changed(draft -> draft.codec = other);
  }

  /// The same, with so many archives at once.
  public BackupSettings withJobs(int other) {
    return changed(draft -> draft.jobs = other);
  }

  /// The same, with smaller or larger archives.
  public BackupSettings splitAfter(long bytes) {
    return changed(draft -> draft.largestArchive = bytes);
  }

  /// The same, under a name.
  public BackupSettings named(String other) {
    return changed(draft -> draft.name = Optional.of(other));
  }

  /// The same, at once: the checkpoint costs PostgreSQL what it costs.
  public BackupSettings immediately() {
    return changed(draft -> draft.immediateCheckpoint = true);
  }

  /// The same, unseen until it is done or has failed, and then written once: for archives that
  /// barman-cloud before 3.19 reads, and for keys that may not overwrite.
  public BackupSettings unannounced() {
    return changed(draft -> draft.announced = false);
  }

  /// The same, with another time for the WAL to arrive; empty to not wait.
  public BackupSettings awaitingWal(Optional<Duration> within) {
    return changed(draft -> draft.walWithin = within);
  }

  /// The same, with tags on every object.
  public BackupSettings tagged(Map<String, String> other) {
    return changed(draft -> draft.tags = other);
  }

  /// The same, by another clock.
  public BackupSettings by(Clock other) {
    return changed(draft -> draft.clock = other);
  }

  private BackupSettings changed(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.settings();
  }

  /// Settings on the way to others.
  private static final class Draft {
    private final Path pgdata;
    private Codec codec;
    private int jobs;
    private long largestArchive;
    private Optional<String> name;
    private boolean immediateCheckpoint;
    private boolean announced;
    private Optional<Duration> walWithin;
    private Map<String, String> tags;
    private Clock clock;

    Draft(BackupSettings from) {
      this.pgdata = from.pgdata;
      this.codec = from.codec;
      this.jobs = from.jobs;
      this.largestArchive = from.largestArchive;
      this.name = from.name;
      this.immediateCheckpoint = from.immediateCheckpoint;
      this.announced = from.announced;
      this.walWithin = from.walWithin;
      this.tags = from.tags;
      this.clock = from.clock;
    }

    BackupSettings settings() {
      return new BackupSettings(
          pgdata,
          codec,
          jobs,
          largestArchive,
          name,
          immediateCheckpoint,
          announced,
          walWithin,
          tags,
          clock);
    }
  }
}
