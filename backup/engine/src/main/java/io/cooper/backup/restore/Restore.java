package io.cooper.backup.restore;

import io.cooper.backup.base.Crew;
import io.cooper.backup.base.Progress;
import io.cooper.backup.base.Progress.Phase;
import io.cooper.backup.base.Progress.State;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.ServerFolder;
import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;

/// Restores a base backup into a directory.
///
/// - Everything that can be known before is checked before anything is written: that the backup is
///   done, that all its archives are there, in the size in which they were stored, and that the
///   directory is empty.
/// - What is written cannot be taken for complete before it is: see [Destination]. A restore that
///   fails or is interrupted leaves the directories empty, as they were; one that is killed leaves
///   a note.
/// - Nothing in an archive is written outside of the directories.
/// - As root, files get the owners they had; otherwise they belong to the caller, who should be the
///   user that PostgreSQL runs as.
public final class Restore {
  private final ObjectStore store;
  private final ServerFolder server;
  private final RestoreSettings settings;

  /// @param server whose backup
  public Restore(ObjectStore store, ServerFolder server, RestoreSettings settings) {
    this.store = store;
    this.server = server;
    this.settings = settings;
  }

  /// What was restored.
  ///
  /// @param bytes of files
  /// @param verified whether checksums were noted with the backup, and are right
  public record Restored(BackupId id, BackupInfo info, long bytes, long files, boolean verified) {}

  /// Restores.
  ///
  /// @param data the data directory: empty, or not there
  /// @throws StoreException if the store fails, with [Code#OBJECT_DAMAGED] if an archive cannot be
  ///   unpacked
  /// @throws ProblemException for what is wrong with the choice, the backup or the directory
  public Restored into(Path data, Progress progress) throws StoreException, InterruptedException {
    var chosen = choose();
    requireFiles(chosen);
    var archives = StoredArchives.of(store, server, chosen.id(), chosen.info());
    var places = places(chosen.info());
    try (var destination = Destination.prepare(data, places)) {
      var bytes = new LongAdder();
      var files = new LongAdder();
      var begun = System.nanoTime();
      var all = chosen.info().get(BackupInfo.CLUSTER_SIZE).orElse(0L);
      Crew.run(
          settings.jobs(),
          archives.stream()
              .<Callable<Void>>map(archive ->
                  new Unpacking(store, archive, destination, settings.outsideLinks(), bytes, files))
              .toList(),
          () -> progress.at(state(Phase.COPYING, bytes, all, files, begun)));
      requireWhole(chosen, destination);
      destination.addLinks();
      settings.recovery().ifPresent(recovery -> write(recovery, destination));
      progress.at(state(Phase.FORCING, bytes, all, files, begun));
      destination.complete();
      progress.at(state(Phase.DONE, bytes, all, files, begun));
      return new Restored(
          chosen.id(),
          chosen.info(),
          bytes.sum(),
          files.sum(),
          archives.stream().allMatch(archive -> archive.sha256().isPresent()));
    } catch (StoreException known) {
      throw known;
    } catch (IOException other) {
      throw Destination.unwritable(data, other);
    }
  }

  /// A standby waits for WAL that is not there yet, and without a recovery somebody else brings it.
  private BackupChoice.Chosen choose() throws StoreException {
    var choice = new BackupChoice(store, server);
    var target = settings.recovery().map(Recovery::target).orElseGet(Target.Latest::new);
    var timeline = settings.recovery().flatMap(Recovery::timeline).orElse(BackupChoice.LATEST);
    return settings.recovery().filter(each -> !each.follows()).isPresent()
        ? choice.choose(settings.wanted(), target, timeline)
        : choice.chooseAnyway(settings.wanted(), target, timeline);
  }

  private static State state(Phase phase, LongAdder bytes, long all, LongAdder files, long begun) {
    return new State(
        phase, bytes.sum(), all, files.sum(), 0, Duration.ofNanos(System.nanoTime() - begun));
  }

  private void requireFiles(BackupChoice.Chosen chosen) {
    if (chosen.info().get(BackupInfo.SNAPSHOTS).isPresent()) {
      throw new Problem(
              Code.BAD_USE,
              store.name() + "/" + server.info(chosen.id()),
              "consists of snapshots of disks: there are no files in the archive",
              "make disks from the snapshots, or choose another backup")
          .asException();
    }
  }

  private Map<Long, Path> places(BackupInfo info) {
    var names = info.tablespaces().stream().map(BackupInfo.Tablespace::name).toList();
    for (var name : settings.tablespaces().keySet()) {
      if (!names.contains(name)) {
        throw new Problem(
                Code.BAD_USE,
                "tablespace '%s'".formatted(name),
                "is not in the backup, which has %s%s"
                    .formatted(
                        names.isEmpty() ? "none" : String.join(", ", names),
                        Nearest.hint(name, names)),
                "give the name as pg_tablespace has it")
            .asException();
      }
    }
    var places = new LinkedHashMap<Long, Path>();
    for (var tablespace : info.tablespaces()) {
      places.put(
          tablespace.oid(),
          Optional.ofNullable(settings.tablespaces().get(tablespace.name()))
              .orElseGet(() -> Path.of(tablespace.location())));
    }
    return places;
  }

  /// What PostgreSQL cannot be without.
  private void requireWhole(BackupChoice.Chosen chosen, Destination destination) {
    var where = store.name() + "/" + server.base(chosen.id());
    var control = destination.control();
    if (control.isEmpty() || control.get().length < Long.BYTES) {
      throw incomplete(where, "no archive has " + Destination.CONTROL);
    }
    for (var name : new String[] {"backup_label", "PG_VERSION"}) {
      if (destination.read(name).isEmpty()) {
        throw incomplete(where, "no archive has " + name);
      }
    }
    var found =
        Long.toUnsignedString(
            ByteBuffer.wrap(control.get()).order(ByteOrder.nativeOrder()).getLong());
    var expected = chosen.info().get(BackupInfo.SYSTEM_ID).orElse(found);
    if (!expected.equals(found)) {
      throw incomplete(
          where,
          "its pg_control is of system %s, its description says %s".formatted(found, expected));
    }
  }

  private static ProblemException incomplete(String where, String what) {
    return new Problem(
            Code.OBJECT_DAMAGED,
            where,
            what,
            "restore another backup: archives of this one are missing or are of another")
        .asException();
  }

  private static void write(Recovery recovery, Destination destination) {
    var before =
        destination
            .read("postgresql.auto.conf")
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
            .orElse("");
    destination.write("postgresql.auto.conf", recovery.autoConf(before));
    destination.write(recovery.signal(), "");
  }
}
