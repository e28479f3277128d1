package io.cooper.backup.verify;

import io.cooper.backup.base.Crew;
import io.cooper.backup.base.Inventory;
import io.cooper.backup.base.Progress;
import io.cooper.backup.base.Progress.Phase;
import io.cooper.backup.base.Progress.State;
import io.cooper.backup.catalog.Backup;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.TimelineHistory;
import io.cooper.backup.format.WalName;
import io.cooper.backup.restore.StoredArchives;
import io.cooper.backup.restore.StoredArchives.StoredArchive;
import io.cooper.backup.wal.WalArchive;
import io.cooper.backup.wal.WalReading;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;

/// Reads everything that a restore of a backup would need, to its end, and writes nothing: every
/// archive, against the checksum that was noted for it, through its compression and its tar; what
/// all archives together must hold; the checksums of pages; and the WAL from the begin to the end
/// of the backup, record by record.
///
/// Memory is one buffer and one decompressor for each job, and sixteen bytes for each file.
public final class Verification {
  private final ObjectStore store;
  private final ServerFolder server;
  private final int jobs;
  private final InstantSource clock;

  /// Verifies backups of a server.
  ///
  /// @param jobs how many archives are read at once
  /// @throws ProblemException with [Code#BAD_USE] for fewer jobs than one
  public Verification(ObjectStore store, ServerFolder server, int jobs) {
    this(store, server, jobs, InstantSource.system());
  }

  Verification(ObjectStore store, ServerFolder server, int jobs, InstantSource clock) {
    if (jobs < 1) {
      throw new Problem(
              Code.BAD_USE,
              jobs + " jobs",
              "cannot be: there must be at least 1",
              "leave the number out: 2 are usual")
          .asException();
    }
    this.store = store;
    this.server = server;
    this.jobs = jobs;
    this.clock = clock;
  }

  /// Verifies a backup. What is wrong with it is in the result; one that cannot be read, or is not
  /// done, is wrong as well.
  ///
  /// @throws StoreException if the store fails: then nothing is known
  public Verified of(Backup backup, Progress progress) throws StoreException, InterruptedException {
    return switch (backup) {
      case Backup.Unreadable(var id, var problem) ->
          Verified.unreadable(id, clock.instant(), problem);
      case Backup.Described described -> new Work(described, progress).done();
    };
  }

  /// The verification of one backup.
  private final class Work {
    private final Backup.Described backup;
    private final BackupInfo info;
    private final String where;
    private final Progress progress;
    private final Instant begun = clock.instant();
    private final long startedAt = System.nanoTime();
    private final LongAdder bytes = new LongAdder();
    private final List<Problem> ofArchives = Collections.synchronizedList(new ArrayList<>());
    private final List<Problem> ofWal = new ArrayList<>();
    private final WalReading wal;

    Work(Backup.Described backup, Progress progress) {
      this.backup = backup;
      this.info = backup.info();
      this.where = store.name() + "/" + server.base(backup.id());
      this.progress = progress;
      this.wal =
          new WalReading(
              store,
              server,
              info.segmentSize(),
              info.get(BackupInfo.SYSTEM_ID).map(Long::parseUnsignedLong));
    }

    Verified done() throws StoreException, InterruptedException {
      if (info.status() != BackupInfo.Status.DONE) {
        return Verified.unreadable(backup.id(), begun, notDone());
      }
      var inventory = inventory();
      var archives = archives(inventory);
      var contents = new Contents(info, inventory, where);
      var read = read(archives, contents);
      var complete = read == archives.archives().size() && archives.faults().isEmpty();
      if (!backup.isSnapshot()) {
        ofArchives.addAll(contents.judged(complete));
      }
      report(Phase.DONE);
      return verified(archives, contents, read);
    }

    private Problem notDone() {
      return new Problem(
          Code.BAD_USE,
          store.name() + "/" + server.info(backup.id()),
          "says %s%s: the backup is not complete"
              .formatted(
                  info.status(), info.get(BackupInfo.ERROR).map(each -> ", " + each).orElse("")),
          "choose one that is DONE");
    }

    private Optional<Inventory> inventory() throws StoreException {
      try {
        return Inventory.find(store, server, backup.id());
      } catch (ProblemException unreadable) {
        ofArchives.add(unreadable.problem());
        return Optional.empty();
      }
    }

    private StoredArchives archives(Optional<Inventory> inventory) throws StoreException {
      if (backup.isSnapshot()) {
        return new StoredArchives(List.of(), List.of(), Optional.empty());
      }
      var found = StoredArchives.look(store, server, backup.id(), info, inventory);
      ofArchives.addAll(found.faults());
      return found;
    }

    /// Reads all archives and the WAL beside them; says how many archives could be read.
    private int read(StoredArchives archives, Contents contents)
        throws StoreException, InterruptedException {
      var sound = new LongAdder();
      var work = new ArrayList<Callable<Void>>();
      archives.archives().stream()
          .filter(archive -> !isKnownToBeWrong(archive, archives))
          .forEach(archive -> work.add(() -> read(archive, contents, sound)));
      work.add(this::readWal);
      try {
        Crew.run(jobs, work, () -> report(Phase.COPYING));
      } catch (StoreException known) {
        throw known;
      } catch (InterruptedIOException cancelled) {
        throw new InterruptedException(cancelled.getMessage());
      } catch (IOException other) {
        throw new IllegalStateException("a store fails with nothing else", other);
      }
      return sound.intValue();
    }

    /// One of another size has another checksum as well: that would be said twice.
    private boolean isKnownToBeWrong(StoredArchive archive, StoredArchives archives) {
      return archives.inventory().stream()
              .flatMap(noted -> noted.archives().stream())
              .filter(noted -> noted.key().equals(archive.object().key()))
              .anyMatch(noted -> noted.size() != archive.object().size())
          || (archives.inventory().isPresent() && archive.sha256().isEmpty());
    }

    private Void read(StoredArchive archive, Contents contents, LongAdder sound)
        throws StoreException {
      var start =
          info.get(BackupInfo.DATA_CHECKSUMS).filter("off"::equals).isPresent()
              ? Optional.<Lsn>empty()
              : info.get(BackupInfo.BEGIN_LSN);
      var fault = new ArchiveCheck(store, archive, contents, start, bytes).fault();
      fault.ifPresentOrElse(ofArchives::add, sound::increment);
      return null;
    }

    private Void readWal() throws StoreException, InterruptedIOException {
      var range = backup.wal();
      if (range.isEmpty()) {
        ofWal.add(
            new Problem(
                Code.OBJECT_DAMAGED,
                store.name() + "/" + server.info(backup.id()),
                "does not say which WAL the backup needs",
                "restore another backup"));
        return null;
      }
      var end = range.get().end();
      var history = history(range.get());
      if (history.isEmpty()) {
        return null;
      }
      var size = info.segmentSize();
      for (var at = range.get().begin();
          at.begin(size).compareTo(end.begin(size)) <= 0;
          at = at.next(size)) {
        if (Thread.interrupted()) {
          throw new InterruptedIOException("it was cancelled");
        }
        var timeline =
            history.get().branches().isEmpty()
                ? end.timeline()
                : history.get().holding(at.begin(size), size);
        wal.read(at.on(timeline)).ifPresent(ofWal::add);
      }
      return null;
    }

    /// How the timelines of the begin and of the end belong together; that of one alone does not
    /// matter.
    private Optional<TimelineHistory> history(Backup.WalRange range) {
      var last = range.end().timeline();
      if (range.begin().timeline() == last) {
        return Optional.of(new TimelineHistory(last, List.of()));
      }
      try {
        var archive = new WalArchive(store, server, WalArchive.Settings.with(Codec.NONE));
        var found = archive.history(last);
        if (found.isEmpty()) {
          ofWal.add(noHistory(range));
        }
        return found;
      } catch (ProblemException failed) {
        if (failed.problem().code().worthRetrying()) {
          throw failed;
        }
        ofWal.add(failed.problem());
        return Optional.empty();
      }
    }

    private Problem noHistory(Backup.WalRange range) {
      return new Problem(
          Code.NO_SUCH_OBJECT,
          store.name() + "/" + server.anyWal(new WalName.History(range.end().timeline())),
          "the archive does not have it: the backup began on timeline %s and ended on %s"
              .formatted(
                  Integer.toUnsignedString(range.begin().timeline()),
                  Integer.toUnsignedString(range.end().timeline())),
          "archive it from the server's pg_wal");
    }

    private Verified verified(StoredArchives archives, Contents contents, int read) {
      var problems = new ArrayList<>(ofArchives);
      problems.sort(Comparator.comparing(Problem::where));
      problems.addAll(ofWal);
      var pages = contents.pages();
      return new Verified(
          backup.id(),
          backup.name(),
          begun,
          elapsed(),
          problems,
          read,
          archives.archives().stream().mapToLong(each -> each.object().size()).sum(),
          !archives.archives().isEmpty()
              && archives.archives().stream().allMatch(each -> each.sha256().isPresent()),
          contents.files(),
          contents.bytes(),
          pages,
          pages > 0 ? Optional.empty() : Optional.of(whyNoPages()),
          wal.segments(),
          wal.bytes());
    }

    private String whyNoPages() {
      if (backup.isSnapshot()) {
        return "the backup consists of snapshots of disks";
      }
      return info.get(BackupInfo.DATA_CHECKSUMS).filter("on"::equals).isPresent()
          ? "the cluster has pages of an unusual size, or none could be read"
          : "the cluster has no page checksums";
    }

    private Duration elapsed() {
      return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    private void report(Phase phase) {
      progress.at(
          new State(
              phase, bytes.sum(), info.get(BackupInfo.CLUSTER_SIZE).orElse(0L), 0, 0, elapsed()));
    }
  }
}
