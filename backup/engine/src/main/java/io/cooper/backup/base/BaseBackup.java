package io.cooper.backup.base;

import io.cooper.backup.base.BackupSession.Begin;
import io.cooper.backup.base.BackupSession.Cluster;
import io.cooper.backup.base.BackupSession.End;
import io.cooper.backup.base.Progress.Phase;
import io.cooper.backup.base.Progress.State;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.Abandoned;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/// Takes a base backup of a live PostgreSQL 13 to 18, primary or standby, whose data directory this
/// process can read.
///
/// - The backup is `DONE` only when all its archives are stored and, unless told otherwise, all the
///   WAL it needs is in the archive.
/// - However it ends, by an error, an interrupt or a lost connection, PostgreSQL leaves backup
///   mode, no archive of it stays, and it is marked `FAILED` if the store can still be reached.
///   What a killed process leaves is `STARTED`, or not there at all: its archives are not visible
///   before they are whole. The next backup clears it away: see [Unfinished].
/// - Memory is one buffer and one compressor for each job, and what the store takes for a new
///   object, whatever the size of the database.
///
/// A backup that failed never has an end time: CloudNativePG takes every backup that has one for
/// usable.
public final class BaseBackup {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  /// How often the session is asked whether it is there while files are copied.
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  /// Uploads below this age may be of another backup that is under way.
  private static final Duration SURELY_ABANDONED = Duration.ofDays(2);

  private final DataSource database;
  private final ObjectStore store;
  private final ServerFolder server;
  private final BackupSettings settings;
  private final Unfinished unfinished;

  /// @param database gives a connection as a user who may execute the backup functions and has the
  ///   role `pg_read_all_settings`; to the server itself, not through a pooler
  public BaseBackup(
      DataSource database, ObjectStore store, ServerFolder server, BackupSettings settings) {
    this.database = database;
    this.store = store;
    this.server = server;
    this.settings = settings;
    this.unfinished = new Unfinished(store, server, settings.pgdata());
  }

  /// A backup that is done.
  ///
  /// @param inventory says which pages are damaged, if any: the backup is as good as the data
  ///   directory is
  public record Taken(BackupId id, BackupInfo info, Inventory inventory) {}

  /// Takes it.
  ///
  /// @throws StoreException if something could not be stored
  /// @throws ProblemException with [Code#POSTGRES], [Code#DISK] or [Code#BAD_INPUT] for what is
  ///   wrong with PostgreSQL or its data directory; [Code#NO_SUCH_OBJECT] if the WAL did not arrive
  /// @throws InterruptedException if the calling thread was interrupted: so a backup is cancelled
  public Taken run(Progress progress) throws StoreException, InterruptedException {
    try (var session = BackupSession.open(database)) {
      var cluster = session.cluster();
      var directory = new DataDirectory(settings.pgdata(), cluster);
      directory.requireOwn();
      asFarAsAllowed(this::removeAbandoned);
      if (session.isAlone()) {
        asFarAsAllowed(unfinished::clear);
      }
      var id = freeId();
      progress.at(new State(Phase.STARTING, 0, 0, 0, 0, Duration.ZERO));
      var begin = session.start("Barman backup cloud " + id, settings.immediateCheckpoint());
      try (var attempt = new Attempt(session, cluster, directory, id, begin, progress)) {
        return attempt.complete();
      }
    }
  }

  private interface TidyingUp {
    void run() throws StoreException;
  }

  /// Whoever may write need not be allowed to delete: a backup is as good without.
  private static void asFarAsAllowed(TidyingUp tidyingUp) throws StoreException {
    try {
      tidyingUp.run();
    } catch (StoreException failed) {
      if (failed.code() != Code.STORE_DENIED && failed.code() != Code.STORE_REFUSED) {
        throw failed;
      }
    }
  }

  /// What processes left that were killed long ago.
  private void removeAbandoned() throws StoreException {
    var before = Instant.now(settings.clock()).minus(SURELY_ABANDONED);
    for (var upload : store.abandoned(server.bases())) {
      if (upload.begun().isBefore(before)) {
        remove(upload);
      }
    }
  }

  private static void remove(Abandoned upload) {
    try {
      upload.remove();
    } catch (StoreException _) {
      // It costs storage, no more. The next backup tries again.
    }
  }

  /// Two backups of one second would be one: the second waits.
  private BackupId freeId() throws StoreException, InterruptedException {
    while (true) {
      var id = BackupId.at(ZonedDateTime.now(settings.clock()));
      try (var there = store.list(server.base(id), "")) {
        if (there.findAny().isEmpty()) {
          return id;
        }
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  private void write(BackupId id, BackupInfo info, Intent intent) throws StoreException {
    var bytes = info.bytes();
    try (var object =
        store.create(server.info(id), intent.ofAtMost(bytes.length).tagged(settings.tags()))) {
      object.bytes().write(bytes);
      object.commit();
    } catch (StoreException known) {
      throw known;
    } catch (IOException other) {
      throw new IllegalStateException("a store fails with nothing else", other);
    }
  }

  /// One backup from its begin on. Unless it completes, closing it marks it as failed and removes
  /// what is of no use then.
  private final class Attempt implements AutoCloseable {
    private final BackupSession session;
    private final Cluster cluster;
    private final DataDirectory directory;
    private final BackupId id;
    private final Begin begin;
    private final Progress progress;
    private final long startedAt = System.nanoTime();
    private long lastHeartbeat = startedAt;
    private final Tally tally = new Tally();
    private final List<Source> sources = new ArrayList<>();
    private final Copy copy;
    private BackupInfo info;
    private Phase phase = Phase.COPYING;
    private Optional<String> reason = Optional.of("it ended without a reason");

    Attempt(
        BackupSession session,
        Cluster cluster,
        DataDirectory directory,
        BackupId id,
        Begin begin,
        Progress progress) {
      this.session = session;
      this.cluster = cluster;
      this.directory = directory;
      this.id = id;
      this.begin = begin;
      this.info = Description.begun(cluster, begin);
      this.progress = progress;
      addSources();
      this.copy =
          new Copy(
              sources,
              store,
              settings,
              (source, part) -> source.key(server, id, part, settings.codec()),
              () ->
                  cluster.checksums()
                      ? Optional.of(
                          new Pages(cluster.blockSize(), cluster.blocksPerFile(), begin.at()))
                      : Optional.empty(),
              tally);
    }

    private void addSources() {
      var apart = new ArrayList<String>();
      var dataDirectory = Path.of(cluster.dataDirectory());
      for (var tablespace : cluster.tablespaces()) {
        var link = "pg_tblspc/" + tablespace.oid();
        apart.add(link);
        inside(dataDirectory, tablespace.location()).ifPresent(apart::add);
        sources.add(
            Source.ofTablespace(
                tablespace.oid(),
                settings.pgdata().resolve(link),
                Exclusions.ofTablespace(cluster.major())));
      }
      sources.add(Source.ofData(settings.pgdata(), Exclusions.ofData(apart)));
    }

    private static Optional<String> inside(Path folder, String location) {
      var prefix = folder + "/";
      return Optional.of(location)
          .filter(path -> path.startsWith(prefix))
          .map(path -> path.substring(prefix.length()));
    }

    Taken complete() throws StoreException, InterruptedException {
      try {
        return completed();
      } catch (StoreException failed) {
        reason = Optional.of(failed.problem().what());
        throw failed;
      } catch (IOException failed) {
        var problem = Walk.unreadable(settings.pgdata().toString(), failed);
        reason = Optional.of(problem.problem().what());
        throw problem;
      } catch (ProblemException failed) {
        reason = Optional.of(failed.problem().what());
        throw failed;
      } catch (InterruptedException cancelled) {
        reason = Optional.of("cancelled");
        throw cancelled;
      } catch (RuntimeException | Error failed) {
        reason = Optional.of(String.valueOf(failed));
        throw failed;
      }
    }

    private Taken completed() throws IOException, InterruptedException {
      unfinished.note(id);
      if (settings.announced()) {
        write(id, info, Intent.onlyNew());
      }
      sources.forEach(Source::measure);
      copyAll();
      addLast();
      session.requireAlive();
      var end = session.stop();
      var archives = finish(end);
      awaitWal();
      var inventory = tally.inventory(cluster.systemId(), archives);
      inventory.store(store, server, id, settings.tags());
      write(id, info, last());
      reason = Optional.empty();
      forget();
      report(Phase.DONE);
      return new Taken(id, info, inventory);
    }

    /// What was announced is replaced; nothing else ever is.
    private Intent last() {
      return settings.announced() ? Intent.replacing() : Intent.onlyNew();
    }

    /// The backup is done, with the note or without.
    private void forget() {
      try {
        unfinished.forget(id);
      } catch (StoreException _) {
        // The next backup removes it.
      }
    }

    /// Copies in threads of their own, so that this one can watch over the session.
    private void copyAll() throws IOException, InterruptedException {
      Crew.run(
          settings.jobs(),
          Collections.nCopies(settings.jobs(), copy.worker()),
          () -> {
            report(Phase.COPYING);
            if (System.nanoTime() - lastHeartbeat > HEARTBEAT.toNanos()) {
              lastHeartbeat = System.nanoTime();
              session.requireAlive();
            }
          });
    }

    /// `pg_control` comes after all other files of PostgreSQL, then its configuration from outside.
    private void addLast() throws IOException {
      copy.last()
          .addBytes(
              FoundFile.at(Exclusions.CONTROL, directory.control()),
              Exclusions.CONTROL,
              directory.steadyControl());
      for (var file : directory.externalFiles()) {
        var name = String.valueOf(file.getFileName());
        copy.last().addFile(FoundFile.at(name, file), name);
      }
    }

    private List<Inventory.Archive> finish(End end) throws IOException {
      copy.last().addLabel(FoundFile.at("", settings.pgdata()), end.label());
      var archives = copy.finish();
      info =
          Description.done(
              info,
              settings.name(),
              begin,
              end,
              Description.copyStats(elapsed(), settings.jobs(), cluster.tablespaces()));
      return archives;
    }

    private void awaitWal() throws StoreException, InterruptedException {
      if (settings.walWithin().isEmpty()) {
        return;
      }
      phase = Phase.AWAITING_WAL;
      var size = info.segmentSize();
      var endLsn = info.get(BackupInfo.END_LSN).orElseThrow();
      var arrival =
          new WalArrival(
              store,
              server,
              size,
              info.get(BackupInfo.BEGIN_WAL).orElseThrow(),
              WalName.Segment.endingAt(
                  info.get(BackupInfo.END_WAL).orElseThrow().timeline(), endLsn, size));
      var deadline = System.nanoTime() + settings.walWithin().get().toNanos();
      for (var missing = arrival.missing(); missing.isPresent(); missing = arrival.missing()) {
        if (System.nanoTime() - deadline > 0) {
          throw late(missing.get());
        }
        report(Phase.AWAITING_WAL);
        Thread.sleep(BETWEEN_LOOKS);
      }
    }

    private ProblemException late(WalName.Segment missing) {
      return new Problem(
              Code.NO_SUCH_OBJECT,
              store.name() + "/" + server.anyWal(missing),
              "the backup needs WAL %s, which did not come into the archive within %s"
                  .formatted(missing, settings.walWithin().orElse(Duration.ZERO)),
              cluster.inRecovery()
                  ? "let the primary archive its WAL here; on a quiet primary, pg_switch_wal() closes"
                      + " the segment"
                  : "see pg_stat_archiver and the server's log for why archive_command fails")
          .asException();
    }

    private Duration elapsed() {
      return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    private void report(Phase now) {
      phase = now;
      progress.at(
          new State(
              now,
              tally.bytes(),
              sources.stream().mapToLong(Source::size).sum(),
              tally.files(),
              sources.stream().mapToLong(Source::files).sum(),
              elapsed()));
    }

    @Override
    public void close() {
      copy.close();
      if (reason.isEmpty()) {
        return;
      }
      var interrupted = Thread.interrupted();
      try {
        withdraw(reason.get());
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    /// Says so first, and then removes the archives: never is there a backup that looks whole and
    /// is not.
    private void withdraw(String why) {
      try {
        var doing = phase == Phase.AWAITING_WAL ? "waiting for WAL" : "uploading data";
        write(id, Description.failed(info, settings.name(), doing, why), last());
        store.delete(copy.keys());
        store.delete(List.of(Inventory.key(server, id)));
        unfinished.forget(id);
      } catch (StoreException _) {
        // It stays STARTED, which no reader restores from.
      }
    }
  }
}
