package io.cooper.backup.drill;

import io.cooper.backup.restore.Target;
import io.cooper.backup.restore.Wanted;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/// What a drill restores, where, and what it asks of the result. [#in] has what is usual.
///
/// @param wanted which backup
/// @param target up to where WAL is replayed
/// @param timeline a number, `latest` or `current`; PostgreSQL's own default, `latest`, if empty
/// @param jobs archives that are unpacked at once
/// @param scratch a folder in which the drill makes one of its own
/// @param keep whether that stays afterwards, with the log of the server
/// @param places where PostgreSQL's programs may be
/// @param superuser of the restored databases
/// @param preload libraries that are preloaded; none that the restored configuration names is
///   otherwise, for some of them act by themselves
/// @param amcheck what of it is checked
/// @param checksums whether all pages are checked afterwards
/// @param countWithin how long the rows of all tables may be counted; empty if they are not
/// @param statements files of statements that must hold
/// @param source the database that was backed up; empty if it is not asked
/// @param comparesRows whether the tables of the source's database are counted there as well
/// @param objectives what must be kept
public record DrillSettings(
    Wanted wanted,
    Target target,
    Optional<String> timeline,
    int jobs,
    Path scratch,
    boolean keep,
    Places places,
    String superuser,
    List<String> preload,
    Amcheck amcheck,
    boolean checksums,
    Optional<Duration> countWithin,
    List<Statements> statements,
    Optional<DataSource> source,
    boolean comparesRows,
    Objectives objectives) {
  private static final int USUAL_JOBS = 2;
  private static final Duration USUAL_COUNT = Duration.ofMinutes(10);

  /// @throws io.cooper.problem.ProblemException with [Code#BAD_USE] if no drill can be so
  public DrillSettings {
    preload = List.copyOf(preload);
    statements = List.copyOf(statements);
    if (jobs < 1) {
      throw new Problem(
              Code.BAD_USE,
              jobs + " jobs",
              "cannot be: there must be at least 1",
              "leave the number out: 2 are usual")
          .asException();
    }
  }

  /// What is checked with the extension amcheck, where it is installed.
  public enum Amcheck {
    /// Nothing.
    OFF,
    /// All B-tree indexes.
    INDEXES,
    /// These, and all tables and materialized views, from PostgreSQL 14 on.
    ALL
  }

  /// Where programs of PostgreSQL may be.
  ///
  /// @param bin the folder that they must be in, if the user named one
  /// @param jar an artifact of `io.zonky.test.postgres`, if the user named one: the programs of one
  ///   version, packed
  /// @param cache where such an artifact is unpacked, once
  /// @param environment with the `PATH`
  public record Places(
      Optional<Path> bin, Optional<Path> jar, Path cache, Map<String, String> environment) {}

  /// Statements that must hold in a restored database: each must succeed, and one that gives one
  /// row of one boolean must give true.
  ///
  /// @param database that they are asked of
  /// @param where their file, for messages
  public record Statements(String database, String where, String sql) {}

  /// What must be kept. A drill that shows more than that fails.
  ///
  /// @param rpo how much time may be lost
  /// @param rto how long it may take until the databases can be used
  public record Objectives(Optional<Duration> rpo, Optional<Duration> rto) {
    /// None.
    public static Objectives none() {
      return new Objectives(Optional.empty(), Optional.empty());
    }
  }

  /// What is usual: the newest backup, all the WAL there is, indexes and checksums and rows.
  public static DrillSettings in(Path scratch, Places places) {
    return new DrillSettings(
        new Wanted.Fitting(),
        new Target.Latest(),
        Optional.empty(),
        USUAL_JOBS,
        scratch,
        false,
        places,
        "postgres",
        List.of(),
        Amcheck.INDEXES,
        true,
        Optional.of(USUAL_COUNT),
        List.of(),
        Optional.empty(),
        false,
        Objectives.none());
  }

  /// The same, of another backup.
  public DrillSettings of(Wanted other) {
    return changed(draft -> draft.wanted = other);
  }

  /// The same, up to a target.
  public DrillSettings to(Target other) {
    return changed(draft -> draft.target = other);
  }

  /// The same, along a timeline.
  public DrillSettings on(String other) {
    return changed(draft -> draft.timeline = Optional.of(other));
  }

  /// The same, with so many archives at once.
  public DrillSettings withJobs(int other) {
    return changed(draft -> draft.jobs = other);
  }

  /// The same, and the folder stays.
  public DrillSettings keeping() {
    return changed(draft -> draft.keep = true);
  }

  /// The same, as another superuser.
  public DrillSettings as(String other) {
    return changed(draft -> draft.superuser = other);
  }

  /// The same, with preloaded libraries.
  public DrillSettings preloading(List<String> other) {
    return changed(draft -> draft.preload = other);
  }

  /// The same, with more or less of amcheck.
  public DrillSettings checking(Amcheck other) {
    return changed(draft -> draft.amcheck = other);
  }

  /// The same, without a look at all pages.
  public DrillSettings withoutChecksums() {
    return changed(draft -> draft.checksums = false);
  }

  /// The same, with another time for counting rows; none if empty.
  public DrillSettings countingWithin(Optional<Duration> other) {
    return changed(draft -> draft.countWithin = other);
  }

  /// The same, with statements that must hold.
  public DrillSettings asking(List<Statements> other) {
    return changed(draft -> draft.statements = other);
  }

  /// The same, compared with the database that was backed up.
  ///
  /// @param rows whether its tables are counted as well
  public DrillSettings comparedWith(DataSource other, boolean rows) {
    return changed(draft -> {
      draft.source = Optional.of(other);
      draft.comparesRows = rows;
    });
  }

  /// The same, with something to keep.
  public DrillSettings keepingTo(Objectives other) {
    return changed(draft -> draft.objectives = other);
  }

  private DrillSettings changed(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.settings();
  }

  /// Settings on the way to others.
  private static final class Draft {
    private final DrillSettings from;
    private Wanted wanted;
    private Target target;
    private Optional<String> timeline;
    private int jobs;
    private boolean keep;
    private String superuser;
    private List<String> preload;
    private Amcheck amcheck;
    private boolean checksums;
    private Optional<Duration> countWithin;
    private List<Statements> statements;
    private Optional<DataSource> source;
    private boolean comparesRows;
    private Objectives objectives;

    Draft(DrillSettings from) {
      this.from = from;
      this.wanted = from.wanted;
      this.target = from.target;
      this.timeline = from.timeline;
      this.jobs = from.jobs;
      this.keep = from.keep;
      this.superuser = from.superuser;
      this.preload = from.preload;
      this.amcheck = from.amcheck;
      this.checksums = from.checksums;
      this.countWithin = from.countWithin;
      this.statements = from.statements;
      this.source = from.source;
      this.comparesRows = from.comparesRows;
      this.objectives = from.objectives;
    }

    DrillSettings settings() {
      return new DrillSettings(
          wanted,
          target,
          timeline,
          jobs,
          from.scratch,
          keep,
          from.places,
          superuser,
          preload,
          amcheck,
          checksums,
          countWithin,
          statements,
          source,
          comparesRows,
          objectives);
    }
  }
}
