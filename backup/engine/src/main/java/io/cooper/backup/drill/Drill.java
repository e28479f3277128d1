package io.cooper.backup.drill;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.base.ControlFile;
import io.cooper.backup.base.Progress;
import io.cooper.backup.catalog.Backup;
import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.drill.DrillResult.Loss;
import io.cooper.backup.drill.DrillResult.Recovered;
import io.cooper.backup.drill.DrillResult.Timing;
import io.cooper.backup.drill.DrillSettings.Amcheck;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.TimelineHistory;
import io.cooper.backup.format.WalName;
import io.cooper.backup.restore.BackupChoice;
import io.cooper.backup.restore.Recovery;
import io.cooper.backup.restore.Restore;
import io.cooper.backup.restore.RestoreSettings;
import io.cooper.backup.restore.Target;
import io.cooper.backup.restore.Wanted;
import io.cooper.backup.wal.WalArchive;
import io.cooper.backup.wal.WalReading;
import io.cooper.backup.wal.WalRestorer;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.ReadOnly;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// A restore drill: restores a backup into a scratch folder, lets PostgreSQL recover there, and
/// asks whether what came back is whole.
///
/// - Nothing reaches the archive: it is read through a store that refuses to be written to, and the
///   server archives nothing.
/// - Nothing reaches the server but this process, nor it anybody else: see [ScratchServer].
/// - However a drill ends, nothing of it stays, unless asked for: see [Scratch]. The server ends
///   with the process that drills, also when that is killed.
/// - What is wrong with the archive is in the result; an exception means that the drill could not
///   be held, and nothing is known.
public final class Drill {
  private static final int AHEAD = 4;
  private static final int MAJOR = 10_000;
  private static final long LOOK_MILLIS = 20;
  private static final int LEAST_REPLAYED = 2;

  /// SQLState of a server that is not ready.
  private static final String STARTING = "57P03";

  private final ObjectStore store;
  private final ServerFolder server;
  private final DrillSettings settings;

  /// A drill on the archive of a server.
  public Drill(ObjectStore store, ServerFolder server, DrillSettings settings) {
    this.store = ReadOnly.of(store);
    this.server = server;
    this.settings = settings;
  }

  /// What is being done.
  public enum Stage {
    /// The files are restored.
    RESTORING,
    /// PostgreSQL starts and replays WAL.
    RECOVERING,
    /// The databases are asked.
    CHECKING
  }

  /// Hears how far a drill is.
  public interface Watch extends Progress {
    /// A stage begins.
    void entered(Stage stage);

    /// Hears nothing.
    static Watch silent() {
      return new Watch() {
        @Override
        public void entered(Stage stage) {}

        @Override
        public void at(State state) {}
      };
    }
  }

  /// Holds it.
  ///
  /// @throws StoreException if the store fails
  /// @throws ProblemException with [Code#NO_SUCH_OBJECT] if there is no such backup,
  ///   [Code#TOOL_MISSING] if there are no programs of its version, [Code#DISK] if there is no room
  public DrillResult run(Watch watch) throws StoreException, InterruptedException {
    var notices = new ArrayList<String>();
    for (var left : Scratch.sweep(settings.scratch())) {
      notices.add(
          "removed %s, which a drill left that was killed%s"
              .formatted(left.folder(), left.stopped() ? ", with its server" : ""));
    }
    var chosen =
        new BackupChoice(store, server)
            .choose(settings.wanted(), settings.target(), settings.timeline().orElse("latest"));
    var major = chosen.info().get(BackupInfo.VERSION).orElse(0L).intValue() / MAJOR;
    var programs = Programs.find(major, settings.places());
    try (var scratch = Scratch.below(settings.scratch(), settings.keep())) {
      var account =
          Account.forServerIn(List.of(scratch.folder(), programs.bin().resolve("postgres")));
      return new Attempt(chosen, programs, scratch, account, watch, notices).done();
    } catch (IOException cause) {
      throw told(cause);
    }
  }

  private ProblemException told(IOException cause) throws StoreException {
    if (cause instanceof StoreException known) {
      throw known;
    }
    return new ProblemException(
        new Problem(
            Code.DISK,
            settings.scratch().toString(),
            "cannot be worked in: " + cause,
            "give another folder, on a disk with room: --scratch DIR"),
        cause);
  }

  /// One drill.
  private final class Attempt {
    private final BackupChoice.Chosen backup;
    private final BackupInfo info;
    private final Programs programs;
    private final Scratch scratch;
    private final Account account;
    private final Watch watch;
    private final Instant begun = Instant.now();
    private final List<String> notices;
    private final List<String> checks = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Optional<Lsn> sourceAt;
    private final Map<String, Path> tablespaces = new HashMap<>();
    private Duration restore = Duration.ZERO;
    private Duration start = Duration.ZERO;
    private Duration replay = Duration.ZERO;
    private Duration asked = Duration.ZERO;
    private Optional<Configuration> configuration = Optional.empty();

    Attempt(
        BackupChoice.Chosen backup,
        Programs programs,
        Scratch scratch,
        Account account,
        Watch watch,
        List<String> notices) {
      this.backup = backup;
      this.info = backup.info();
      this.programs = programs;
      this.scratch = scratch;
      this.account = account;
      this.watch = watch;
      this.notices = notices;
      this.sourceAt = settings.source().isPresent() ? sourceAt() : Optional.empty();
    }

    private Optional<Lsn> sourceAt() {
      try (var connection = settings.source().orElseThrow().getConnection();
          var statement = connection.createStatement();
          var row =
              statement.executeQuery(
                  "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
                      + " ELSE pg_current_wal_lsn() END")) {
        return row.next()
            ? Optional.ofNullable(row.getString(1)).map(Lsn::parse)
            : Optional.empty();
      } catch (SQLException cause) {
        throw new ProblemException(
            new Problem(
                Code.POSTGRES,
                "the source",
                "cannot be asked how far it is: " + cause.getMessage(),
                "look at --dsn, or leave it out: the drill then compares with the archive's end"),
            cause);
      }
    }

    DrillResult done() throws IOException, InterruptedException {
      watch.entered(Stage.RESTORING);
      var restored = restored();
      if (restored.isEmpty()) {
        return result(Optional.empty(), Optional.empty(), Optional.empty());
      }
      watch.entered(Stage.RECOVERING);
      configuration = Optional.of(Configuration.of(scratch.data()));
      var restorer =
          new WalRestorer(
              new WalArchive(store, server, WalArchive.Settings.with(Codec.NONE)),
              new WalRestorer.Settings(
                  AHEAD,
                  scratch.folder().resolve("spool"),
                  2L * AHEAD * info.segmentSize().bytes()));
      try (var bridge =
              WalBridge.open(scratch.folder().resolve("wal"), scratch.data(), restorer, account);
          var postgres = started(bridge)) {
        var recovered = recovered(restored.get(), bridge, postgres);
        if (recovered.isEmpty()) {
          return result(Optional.empty(), Optional.empty(), Optional.empty());
        }
        var loss =
            settings.target() instanceof Target.Latest
                ? Optional.of(loss(recovered.get()))
                : Optional.<Loss>empty();
        watch.entered(Stage.CHECKING);
        var questions = asked(postgres);
        compareWithObjectives(loss);
        return result(recovered, loss, Optional.of(questions));
      }
    }

    private Optional<Restore.Restored> restored() throws StoreException, InterruptedException {
      var size = info.get(BackupInfo.CLUSTER_SIZE).orElse(0L);
      scratch.requireRoom(size + size / 20 + 40L * info.segmentSize().bytes());
      for (var tablespace : info.tablespaces()) {
        tablespaces.put(
            tablespace.name(), scratch.tablespace(Long.toUnsignedString(tablespace.oid())));
      }
      long from = System.nanoTime();
      try {
        return Optional.of(
            new Restore(
                    store,
                    server,
                    RestoreSettings.newest()
                        .of(new Wanted.Id(backup.id()))
                        .withJobs(settings.jobs())
                        .movingTablespaces(tablespaces))
                .into(scratch.data(), watch));
      } catch (ProblemException failed) {
        problems.add(judged(failed.problem(), failed));
        return Optional.empty();
      } catch (StoreException failed) {
        if (failed.code() != Code.OBJECT_DAMAGED) {
          throw failed;
        }
        problems.add(failed.problem());
        return Optional.empty();
      } finally {
        restore = since(from);
      }
    }

    /// What the archive is to blame for is a result.
    private static Problem judged(Problem problem, ProblemException cause) {
      return switch (problem.code()) {
        case OBJECT_DAMAGED, BAD_INPUT -> problem;
        default -> throw cause;
      };
    }

    private static Duration since(long from) {
      return Duration.ofNanos(System.nanoTime() - from);
    }

    private ScratchServer started(WalBridge bridge) throws IOException {
      var recovery = Recovery.by(bridge.command()).to(settings.target());
      var whole = settings.timeline().map(recovery::on).orElse(recovery);
      Files.writeString(scratch.data().resolve("postgresql.auto.conf"), whole.autoConf(""), UTF_8);
      Files.writeString(scratch.data().resolve(whole.signal()), "", UTF_8);
      var read = configuration.orElseThrow();
      var dropped =
          read.names("shared_preload_libraries").stream()
              .filter(library -> !settings.preload().contains(library))
              .toList();
      if (!dropped.isEmpty()) {
        notices.add(
            "not preloaded, for they may act by themselves: %s; name those that are needed with --preload"
                .formatted(String.join(", ", dropped)));
      }
      var prepared =
          Math.max(
              control().map(ControlFile::maxPreparedTransactions).orElse(0),
              read.number("max_prepared_transactions").orElse(0));
      return ScratchServer.start(
          programs,
          scratch,
          account,
          new ScratchServer.Manner(settings.superuser(), settings.preload(), prepared));
    }

    private Optional<ControlFile> control() throws IOException {
      var path = scratch.data().resolve(ControlFile.PATH);
      return ControlFile.parse(path.toString(), Files.readAllBytes(path));
    }

    /// Waits until the databases can be used; empty if that never happens.
    private Optional<Recovered> recovered(
        Restore.Restored restored, WalBridge bridge, ScratchServer postgres)
        throws IOException, InterruptedException {
      long from = System.nanoTime();
      // The first question is too early; but what it takes to ask is loaded by then.
      var state = state(postgres);
      while (state.isEmpty() && postgres.isAlive()) {
        Thread.sleep(LOOK_MILLIS);
        state = postgres.isReady() ? state(postgres) : Optional.empty();
      }
      var whole = since(from);
      start =
          bridge.firstAsked() == 0
              ? whole
              : Duration.ofNanos(Math.max(0, bridge.firstAsked() - from));
      replay = whole.minus(start);
      if (state.isEmpty()) {
        problems.add(notRecovered(bridge, postgres));
        return Optional.empty();
      }
      var end = ended(state.get());
      return Optional.of(
          new Recovered(
              restored.bytes(),
              restored.files(),
              restored.verified(),
              end.at(),
              state.get().instant(),
              end.parent(),
              bridge.segments(),
              bridge.bytes()));
    }

    /// Where a server is that can be used.
    private record Usable(int timeline, Lsn replayed, Optional<Instant> instant) {}

    private Optional<Usable> state(ScratchServer postgres) throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException("the drill was cancelled");
      }
      try (var connection = postgres.connect("template1");
          var statement = connection.createStatement();
          var row =
              statement.executeQuery(
                  "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),"
                      + " coalesce(pg_last_wal_replay_lsn(), pg_current_wal_lsn()),"
                      + " pg_last_xact_replay_timestamp()")) {
        row.next();
        return Optional.of(
            new Usable(
                Integer.parseUnsignedInt(String.valueOf(row.getString(1)), 16),
                Lsn.parse(String.valueOf(row.getString(2))),
                Optional.ofNullable(row.getObject(3, OffsetDateTime.class))
                    .map(OffsetDateTime::toInstant)));
      } catch (SQLException cause) {
        if (STARTING.equals(cause.getSQLState())
            || cause.getCause() instanceof IOException
            || String.valueOf(cause.getSQLState()).startsWith("08")) {
          return Optional.empty();
        }
        throw ScratchServer.failed("cannot be asked", cause);
      }
    }

    /// The history of the timeline that the server began says where it left the one of the archive.
    private TimelineHistory.Branch ended(Usable state) throws IOException {
      var name = new WalName.History(state.timeline());
      var file = scratch.data().resolve("pg_wal").resolve(name.text());
      if (!Files.exists(file)) {
        return new TimelineHistory.Branch(state.timeline(), state.replayed());
      }
      return TimelineHistory.parse(file.toString(), name, Files.readAllBytes(file))
          .branches()
          .getLast();
    }

    private Problem notRecovered(WalBridge bridge, ScratchServer postgres) throws StoreException {
      var failure = bridge.failure();
      if (failure.filter(problem -> problem.code().worthRetrying()).isPresent()) {
        throw new StoreException(failure.get());
      }
      return failure.orElseGet(() ->
          new Problem(
              Code.OBJECT_DAMAGED,
              store.name() + "/" + server.base(backup.id()),
              "PostgreSQL does not recover from it%s: %s"
                  .formatted(
                      bridge
                          .missing()
                          .map(segment -> ", the archive does not have WAL " + segment)
                          .orElse(""),
                      postgres.lastWords()),
              "look for the missing WAL in the server's pg_wal or another site; or restore another backup"));
    }

    private Loss loss(Recovered recovered) throws StoreException {
      var size = info.segmentSize();
      var end = WalEnd.of(store, server, recovered.timeline());
      var reached = WalName.Segment.endingAt(recovered.timeline(), recovered.reached(), size);
      if (end.isPresent() && end.get().segment().compareTo(reached) > 0) {
        problems.add(hole(recovered, end.get()));
      }
      var lost =
          sourceAt
              .map(at -> OptionalLong.of(Math.max(0, at.minus(recovered.reached()))))
              .orElse(OptionalLong.empty());
      return new Loss(
          end.map(last -> last.segment().begin(size).plus(size.bytes())),
          end.map(WalEnd::stored),
          sourceAt,
          lost,
          measuredRpo(recovered, end, lost),
          guaranteedRpo(),
          worstRto(recovered));
    }

    /// Recovery takes WAL that is missing, damaged or foreign for its end: which of these it was,
    /// reading tells.
    private Problem hole(Recovered recovered, WalEnd last) throws StoreException {
      var size = info.segmentSize();
      var end = last.segment().begin(size).plus(size.bytes());
      var reached =
          "recovery ends at %s, and the archive goes to %s: %d bytes of WAL cannot be reached from backup %s"
              .formatted(recovered.reached(), end, end.minus(recovered.reached()), backup.id());
      var reading =
          new WalReading(
              store, server, size, info.get(BackupInfo.SYSTEM_ID).map(Long::parseUnsignedLong));
      var holding = WalName.Segment.endingAt(recovered.timeline(), recovered.reached(), size);
      var reason = reading.read(holding);
      for (var next = holding.next(size);
          reason.isEmpty() && next.compareTo(last.segment()) <= 0;
          next = next.next(size)) {
        reason = reading.read(next);
      }
      return new Problem(
          Code.OBJECT_DAMAGED,
          reason.map(Problem::where).orElseGet(() -> store.name() + "/" + server.anyWal(holding)),
          reason.map(Problem::what).orElse("PostgreSQL reads no further") + "; " + reached,
          "look for a sound copy in the server's pg_wal or another site; take a new backup, which needs none of it");
    }

    private Optional<Duration> measuredRpo(
        Recovered recovered, Optional<WalEnd> end, OptionalLong lost) {
      if (lost.isPresent()) {
        return lost.getAsLong() == 0
            ? Optional.of(Duration.ZERO)
            : recovered
                .instant()
                .or(() -> info.get(BackupInfo.END_TIME).map(OffsetDateTime::toInstant))
                .map(this::untilBegun);
      }
      return end.map(last -> untilBegun(last.stored()));
    }

    private Duration untilBegun(Instant from) {
      var time = Duration.between(from, begun);
      return time.isNegative() ? Duration.ZERO : time;
    }

    private Optional<Duration> guaranteedRpo() {
      return configuration
          .filter(each -> each.get("archive_mode").filter(on -> !on.equals("off")).isPresent())
          .flatMap(each -> each.seconds("archive_timeout"));
    }

    /// The most WAL that ever lay between two backups, at the speed of this drill.
    private Optional<Duration> worstRto(Recovered recovered) {
      if (recovered.segments() < LEAST_REPLAYED || replay.isZero()) {
        return Optional.empty();
      }
      var begins =
          new Catalog(store, server)
              .backups().stream()
                  .filter(Backup.Described.class::isInstance)
                  .map(each -> ((Backup.Described) each).info())
                  .filter(each -> each.status() == BackupInfo.Status.DONE)
                  .flatMap(each -> each.get(BackupInfo.BEGIN_LSN).stream())
                  .sorted(Comparator.naturalOrder())
                  .toList();
      long most =
          recovered.reached().minus(info.get(BackupInfo.BEGIN_LSN).orElse(recovered.reached()));
      for (int index = 1; index < begins.size(); index++) {
        most = Math.max(most, begins.get(index).minus(begins.get(index - 1)));
      }
      var perByte = (double) replay.toNanos() / recovered.walBytes();
      return Optional.of(restore.plus(start).plusNanos((long) (perByte * most)));
    }

    private Questions asked(ScratchServer postgres) throws IOException, InterruptedException {
      long from = System.nanoTime();
      var questions = new Questions(postgres, programs.major());
      var databases = questions.databases();
      settings
          .countWithin()
          .ifPresent(within -> {
            questions.countRows(databases, within);
            if (settings.comparesRows()) {
              settings.source().ifPresent(source -> questions.compareRows(source, within));
            }
          });
      settings.statements().forEach(questions::statements);
      if (settings.amcheck() != Amcheck.OFF) {
        questions.lookAtCollations();
        questions.amcheck(databases, settings.amcheck());
      }
      if (settings.checksums()) {
        sweep(postgres);
      } else if (settings.keep()) {
        postgres.stop();
      }
      asked = since(from);
      return questions;
    }

    private void sweep(ScratchServer postgres) throws IOException, InterruptedException {
      postgres.stop();
      var swept = PageSweep.of(scratch.data(), List.copyOf(tablespaces.values()), settings.jobs());
      swept.ifPresentOrElse(
          found -> {
            checks.add("checksums of %d pages compared".formatted(found.pages()));
            problems.addAll(found.problems());
          },
          () -> notices.add("no page checksums were compared: the cluster has none"));
    }

    private void compareWithObjectives(Optional<Loss> loss) {
      var wanted = settings.objectives();
      var took = restore.plus(start).plus(replay);
      wanted
          .rto()
          .filter(most -> took.compareTo(most) > 0)
          .ifPresent(most ->
              problems.add(
                  breach(
                      "recovery took %s, and at most %s are allowed"
                          .formatted(DrillText.time(took), DrillText.time(most)),
                      "restore with more --jobs, on a faster machine, or take backups more often")));
      if (wanted.rpo().isEmpty() || loss.isEmpty()) {
        return;
      }
      var most = wanted.rpo().get();
      loss.get()
          .measuredRpo()
          .filter(lost -> lost.compareTo(most) > 0)
          .ifPresent(lost ->
              problems.add(
                  breach(
                      "up to %s of changes would be lost, and at most %s are allowed"
                          .formatted(DrillText.time(lost), DrillText.time(most)),
                      "look at the archiver of the server: see pg_stat_archiver")));
      loss.get()
          .guaranteedRpo()
          .filter(lost -> lost.compareTo(most) > 0)
          .ifPresent(lost ->
              problems.add(
                  breach(
                      "archive_timeout lets changes wait for %s, and at most %s are allowed to be lost"
                          .formatted(DrillText.time(lost), DrillText.time(most)),
                      "set archive_timeout to less than that")));
      if (loss.get().guaranteedRpo().isEmpty()) {
        notices.add(
            "no loss is guaranteed: archive_timeout is off in the restored configuration, so a quiet server may keep its last segment for ever");
      }
    }

    private Problem breach(String what, String remedy) {
      return new Problem(Code.OBJECTIVE_MISSED, store.name() + "/" + server.name(), what, remedy);
    }

    private DrillResult result(
        Optional<Recovered> recovered, Optional<Loss> loss, Optional<Questions> questions) {
      questions.ifPresent(asked -> {
        checks.addAll(0, asked.checks());
        notices.addAll(asked.notices());
        problems.addAll(asked.problems());
      });
      return new DrillResult(
          backup.id(),
          info.get(BackupInfo.NAME),
          begun,
          recovered,
          new Timing(restore, start, replay, asked),
          loss,
          questions.map(Questions::tables).orElse(List.of()),
          questions.map(Questions::uncounted).orElse(List.of()),
          checks,
          notices,
          problems);
    }
  }
}
