package io.cooper.cli;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.catalog.Backup;
import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.catalog.CatalogText;
import io.cooper.backup.drill.DrillResults;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Codec;
import io.cooper.backup.restore.BackupChoice;
import io.cooper.backup.restore.PlanText;
import io.cooper.backup.restore.Recovery;
import io.cooper.backup.restore.Restore;
import io.cooper.backup.restore.RestoreSettings;
import io.cooper.backup.restore.Target;
import io.cooper.backup.restore.Wanted;
import io.cooper.backup.retention.KeepMarks;
import io.cooper.backup.retention.PrunePlan;
import io.cooper.backup.retention.PruneText;
import io.cooper.backup.retention.Pruned;
import io.cooper.backup.retention.Pruning;
import io.cooper.backup.retention.RetentionPolicy;
import io.cooper.backup.verify.Verdicts;
import io.cooper.backup.verify.Verification;
import io.cooper.backup.verify.Verified;
import io.cooper.backup.verify.VerifiedText;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.StoreException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `cooper backup`
@Command(
    name = "backup",
    description = "Works with base backups, in the format that barman-cloud reads and writes.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class BackupCommand implements Runnable {
  enum Form {
    text,
    json
  }

  /// Something that should have gone is still there.
  private static final int NOT_ALL = 1;

  @Spec private @Nullable CommandSpec spec;

  private final Terminal terminal;

  BackupCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(), "a command is needed, for example: cooper backup list --help");
    }
  }

  @Command(
      name = "run",
      description = {
        "Takes a base backup of a running server, whose data directory this process can read.",
        "It is done only when the WAL that it needs is in the archive."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:the backup is done",
        "2:wrong use, or a data directory that is not that of the server",
        "3:PostgreSQL, the disk or the store failed; the backup is marked so",
        "4:the WAL did not come into the archive in time"
      })
  int run(
      @Mixin ArchiveOptions options,
      @Option(
              names = "--pgdata",
              paramLabel = "DIR",
              required = true,
              description = "The data directory.")
          Path pgdata,
      @Option(
              names = "--dsn",
              paramLabel = "CONNINFO",
              defaultValue = "",
              description =
                  "The server, as host=… port=… user=… or postgresql://…; localhost if left out. A host that begins with / is the folder of a unix socket. The password comes from PGPASSWORD or the password file.")
          String dsn,
      @Option(
              names = "--jobs",
              paramLabel = "N",
              defaultValue = "2",
              description = "Archives that are written at once; ${DEFAULT-VALUE} if left out.")
          int jobs,
      @Option(
              names = "--compression",
              paramLabel = "CODEC",
              defaultValue = "none",
              description = "none, gzip, bzip2, snappy, lz4 or zstd; ${DEFAULT-VALUE} if left out.")
          String compression,
      @Option(names = "--name", paramLabel = "NAME", description = "A name to find it by.")
          @Nullable String name,
      @Option(
              names = "--immediate-checkpoint",
              description = "Begin at once, at the price of a burst of writes.")
          boolean immediate,
      @Option(
              names = "--write-once",
              description =
                  "Overwrite nothing, for keys and buckets that do not allow it: nobody sees the backup before it is done.")
          boolean writeOnce,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to tell what was done: ${COMPLETION-CANDIDATES}.")
          Form form)
      throws StoreException, InterruptedException {
    var settings = BackupSettings.of(pgdata).compressed(Codec.named(compression)).withJobs(jobs);
    settings = name == null ? settings : settings.named(name);
    settings = immediate ? settings.immediately() : settings;
    settings = writeOnce ? settings.unannounced() : settings;
    try (var _ = Cancelling.here();
        var store = options.openFor(jobs);
        var progress = CopyProgress.of(terminal, "backup")) {
      var database = DatabaseAddress.of(dsn, terminal.environment());
      var taken = new BaseBackup(database, store, options.server(), settings).run(progress);
      var damaged = taken.inventory().damagedPages();
      if (damaged > 0) {
        terminal
            .err()
            .printf(
                "cooper: %d pages of the data directory have a wrong checksum, the first in %s%n",
                damaged, taken.inventory().damage().getFirst().file());
      }
      print(shown(new Catalog(store, options.server()), taken.id().text(), form));
    }
    return 0;
  }

  @Command(
      name = "restore",
      description = {
        "Restores a backup into an empty directory; PostgreSQL can be started on it when --restore-command"
            + " says how it gets its WAL.",
        "Without --id it takes the newest backup from which the target can be reached."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:the directory is whole",
        "1:the backup is damaged",
        "2:wrong use, or a directory that is not empty",
        "3:the store or the disk failed; the directory is marked as not whole",
        "4:there is no such backup"
      })
  int restore(
      @Mixin ArchiveOptions options,
      @Option(names = "--to", paramLabel = "DIR", required = true, description = "Where to.")
          Path to,
      @Option(names = "--id", paramLabel = "BACKUP", description = "An id, a name, or latest.")
          @Nullable String backup,
      @ArgGroup @Nullable TargetOptions target,
      @Option(
              names = "--target-timeline",
              paramLabel = "TIMELINE",
              description = "A number, latest or current; latest if left out.")
          @Nullable String timeline,
      @Option(
              names = "--restore-command",
              paramLabel = "COMMAND",
              description = "How PostgreSQL gets its WAL, with %%f and %%p.")
          @Nullable String restoreCommand,
      @Option(
              names = "--tablespace",
              paramLabel = "NAME=DIR",
              description = "Where a tablespace goes that does not go where it was.")
          @Nullable Map<String, Path> tablespaces,
      @Option(
              names = "--jobs",
              paramLabel = "N",
              defaultValue = "2",
              description = "Archives that are unpacked at once; ${DEFAULT-VALUE} if left out.")
          int jobs,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to tell what was done: ${COMPLETION-CANDIDATES}.")
          Form form)
      throws StoreException, InterruptedException {
    var wantedTarget = Optional.ofNullable(target).flatMap(TargetOptions::target);
    if (restoreCommand == null && (wantedTarget.isPresent() || timeline != null)) {
      throw new Problem(
              Code.BAD_USE,
              "cooper backup restore",
              "a target without --restore-command: PostgreSQL could not get the WAL to reach it",
              "add --restore-command 'cooper wal restore … %f %p'")
          .asException();
    }
    var settings =
        RestoreSettings.newest()
            .of(wanted(backup))
            .withJobs(jobs)
            .movingTablespaces(Optional.ofNullable(tablespaces).orElse(Map.of()));
    if (restoreCommand != null) {
      var recovery = Recovery.by(restoreCommand).to(wantedTarget.orElseGet(Target.Latest::new));
      settings = settings.recovering(timeline == null ? recovery : recovery.on(timeline));
    }
    try (var _ = Cancelling.here();
        var store = options.open();
        var progress = CopyProgress.of(terminal, "restore")) {
      var restored = new Restore(store, options.server(), settings).into(to, progress);
      print(shown(new Catalog(store, options.server()), restored.id().text(), form));
      terminal
          .err()
          .printf(
              "cooper: restored %d files, %d bytes, into %s; %s%n",
              restored.files(),
              restored.bytes(),
              to,
              restored.verified()
                  ? "checksums of all archives compared"
                  : "the writer left no checksums to compare");
    }
    return 0;
  }

  /// The backup that an option names; the newest that fits if none.
  static Wanted wanted(@Nullable String backup) {
    return backup == null || backup.equals("latest")
        ? new Wanted.Fitting()
        : BackupId.find(backup)
            .<Wanted>map(Wanted.Id::new)
            .orElseGet(() -> new Wanted.Named(backup));
  }

  private static String shown(Catalog catalog, String backup, Form form) {
    var found = catalog.backup(backup);
    return form == Form.json
        ? CatalogText.json(catalog.place(), found)
        : CatalogText.details(found);
  }

  @Command(
      name = "verify",
      description = {
        "Reads all archives of a backup and the WAL that it needs, to their ends, and says what is wrong: checksums,"
            + " compression, tar, completeness, page checksums, every record of the WAL. Needs no server, and writes"
            + " none of the data anywhere.",
        "The result is kept beside the archive, below NAME/cooper/verified."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:sound",
        "1:not sound; each thing that is wrong is told with what to do",
        "2:wrong use",
        "3:the store failed, or did not take the result: nothing is known",
        "4:there is no such backup"
      })
  int verify(
      @Mixin ArchiveOptions options,
      @ArgGroup @Nullable VerifiedBackups wanted,
      @Option(
              names = "--jobs",
              paramLabel = "N",
              defaultValue = "2",
              description = "Archives that are read at once; ${DEFAULT-VALUE} if left out.")
          int jobs,
      @Option(names = "--no-record", description = "Keep nothing beside the archive.")
          boolean unrecorded,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to tell what was found: ${COMPLETION-CANDIDATES}.")
          Form form)
      throws StoreException, InterruptedException {
    try (var _ = Cancelling.here();
        var store = options.open();
        var progress = CopyProgress.of(terminal, "verify")) {
      var catalog = new Catalog(store, options.server());
      var verification = new Verification(store, options.server(), jobs);
      var verdicts = new Verdicts(store, options.server());
      var all = new ArrayList<Verified>();
      for (var backup : VerifiedBackups.of(Optional.ofNullable(wanted), catalog)) {
        var verified = verification.of(backup, progress);
        all.add(verified);
        if (form == Form.text) {
          print(VerifiedText.text(verified));
        }
        if (!unrecorded) {
          verdicts.keep(verified);
        }
      }
      if (form == Form.json) {
        print(VerifiedText.json(catalog.place(), all));
      }
      return all.stream().allMatch(Verified::isSound) ? 0 : 1;
    }
  }

  /// Which backups are verified: the newest, one, or all.
  static final class VerifiedBackups {
    @Option(
        names = "--id",
        paramLabel = "BACKUP",
        description = "An id, a name, or latest; latest if left out.")
    private @Nullable String backup;

    @Option(names = "--all", description = "All that are done, or that cannot be read.")
    private boolean all;

    static List<Backup> of(Optional<VerifiedBackups> wanted, Catalog catalog) {
      if (wanted.filter(each -> each.all).isPresent()) {
        return catalog.backups().stream().filter(VerifiedBackups::isClaimed).toList();
      }
      return List.of(catalog.backup(wanted.flatMap(VerifiedBackups::backup).orElse("latest")));
    }

    private Optional<String> backup() {
      return Optional.ofNullable(backup);
    }

    /// One that failed or is under way does not claim to be of use.
    private static boolean isClaimed(Backup backup) {
      return !(backup instanceof Backup.Described described)
          || described.info().status() == BackupInfo.Status.DONE;
    }
  }

  @Command(
      name = "drills",
      description = {
        "Lists the results of drills that lie beside the archive, and with a public key compares their signatures."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:listed",
        "1:a result is not signed by the owner of the key, or was changed",
        "2:wrong use",
        "3:the store is missing or failed"
      })
  int drills(
      @Mixin ArchiveOptions options,
      @Option(
              names = "--public-key",
              paramLabel = "FILE",
              description = "Of whoever holds the drills: Ed25519, in PEM.")
          @Nullable Path publicKey)
      throws StoreException {
    var signer = Optional.ofNullable(publicKey).map(DrillResults::publicKey);
    try (var store = options.open()) {
      var all = new DrillResults(store, options.server()).all(signer);
      for (var kept : all) {
        print(
            "%s  %s%s%n"
                .formatted(
                    kept.key(),
                    kept.passed() ? "passed" : "FAILED",
                    kept.seal()
                        .map(seal ->
                            switch (seal) {
                              case RIGHT -> "  signature right";
                              case WRONG -> "  SIGNATURE WRONG";
                              case NONE -> "  not signed";
                            })
                        .orElse("")));
      }
      return all.stream()
              .allMatch(
                  kept -> kept.seal().orElse(DrillResults.Seal.RIGHT) == DrillResults.Seal.RIGHT)
          ? 0
          : 1;
    }
  }

  @Command(
      name = "list",
      description = "Lists the backups of a server, whoever wrote them.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin ArchiveOptions options,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to list: ${COMPLETION-CANDIDATES}.")
          Form form)
      throws StoreException {
    try (var store = options.open()) {
      var catalog = new Catalog(store, options.server());
      var backups = catalog.backups();
      var verified = new Verdicts(store, options.server()).newest();
      if (backups.isEmpty()) {
        terminal.err().printf("cooper: no backups in %s%n", catalog.place());
      }
      print(
          form == Form.json
              ? CatalogText.json(catalog.place(), backups, verified)
              : backups.isEmpty() ? "" : CatalogText.table(backups, verified));
    }
    return 0;
  }

  @Command(
      name = "show",
      description = "Shows all that is known of one backup.",
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:shown",
        "2:wrong use, or several backups of this name",
        "3:the store is missing or failed",
        "4:there is no such backup"
      })
  int show(
      @Mixin ArchiveOptions options,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to show it: ${COMPLETION-CANDIDATES}.")
          Form form,
      @Parameters(paramLabel = "BACKUP", description = "An id, a name, or latest.") String backup)
      throws StoreException {
    try (var store = options.open()) {
      var catalog = new Catalog(store, options.server());
      var found = catalog.backup(backup);
      var verified =
          Optional.ofNullable(new Verdicts(store, options.server()).newest().get(found.id()));
      print(
          form == Form.json
              ? CatalogText.json(catalog.place(), found, verified)
              : CatalogText.details(found, verified));
    }
    return 0;
  }

  @Command(
      name = "plan",
      description = {
        "Says how a target would be recovered to: with which backup and which WAL, and whether all of it"
            + " is there; or why it cannot be reached, and what can be instead. Restores nothing;"
            + " backup restore goes by the same plan."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:the target can be reached, as far as the archive tells",
        "2:wrong use",
        "3:the store is missing or failed",
        "4:the target cannot be reached"
      })
  int plan(
      @Mixin ArchiveOptions options,
      @Option(names = "--id", paramLabel = "BACKUP", description = "An id, a name, or latest.")
          @Nullable String backup,
      @ArgGroup @Nullable TargetOptions target,
      @Option(
              names = "--target-timeline",
              paramLabel = "TIMELINE",
              defaultValue = "latest",
              description = "A number, latest or current; ${DEFAULT-VALUE} if left out.")
          String timeline,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to tell: ${COMPLETION-CANDIDATES}.")
          Form form)
      throws StoreException {
    var wantedTarget =
        Optional.ofNullable(target).flatMap(TargetOptions::target).orElseGet(Target.Latest::new);
    Recovery.requireTimeline(timeline);
    try (var store = options.open()) {
      var plan =
          new BackupChoice(store, options.server()).plan(wanted(backup), wantedTarget, timeline);
      var place = store.name() + "/" + options.server();
      print(form == Form.json ? PlanText.json(place, plan) : PlanText.text(plan));
      return plan.obstacle().map(problem -> problem.code().exitStatus()).orElse(0);
    }
  }

  @Command(
      name = "prune",
      description = {
        "Deletes the backups that a retention policy does not need, and the WAL that no backup needs"
            + " which stays. Prints the plan first; with --dry-run, nothing else.",
        "A month has 31 days. Backups that failed or may be under way are neither counted nor deleted."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "  cooper backup prune --store s3://backups/pg --server main --policy 30d --dry-run"
      },
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:all that the plan says is gone; with --dry-run, the plan was made",
        "1:something could not be deleted, as is said: it is locked, or the store refused",
        "2:wrong use, or a backup that cannot be read: nobody knows what it needs",
        "3:the store is missing or failed; the next run goes on"
      })
  int prune(
      @Mixin ArchiveOptions options,
      @Option(
              names = "--policy",
              paramLabel = "POLICY",
              required = true,
              description =
                  "30d, 4w or 3m for every instant of that time; 'RECOVERY WINDOW OF 30 DAYS' or 'REDUNDANCY 3' as barman-cloud has it.")
          String policy,
      @Option(
              names = "--minimum-redundancy",
              paramLabel = "N",
              defaultValue = "0",
              description = "Keep as many backups at least; ${DEFAULT-VALUE} if left out.")
          int atLeast,
      @Option(names = "--dry-run", description = "Say what would be deleted, and delete nothing.")
          boolean dryRun,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to tell: ${COMPLETION-CANDIDATES}.")
          Form form)
      throws StoreException {
    try (var store = options.open()) {
      var pruning = new Pruning(store, options.server(), Clock.systemUTC());
      return execute(pruning, pruning.plan(RetentionPolicy.parse(policy), atLeast), dryRun, form);
    }
  }

  @Command(
      name = "delete",
      description = {
        "Deletes one backup, and the WAL that no other backup needs. Prints the plan first; with"
            + " --dry-run, nothing else."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:it is gone; with --dry-run, the plan was made",
        "1:something could not be deleted, as is said: it is locked, or the store refused",
        "2:wrong use, or a backup that is marked to be kept or must stay",
        "3:the store is missing or failed; run it again, or prune",
        "4:there is no such backup"
      })
  int delete(
      @Mixin ArchiveOptions options,
      @Option(
              names = "--minimum-redundancy",
              paramLabel = "N",
              defaultValue = "0",
              description = "Refuse if fewer backups would stay; ${DEFAULT-VALUE} if left out.")
          int atLeast,
      @Option(names = "--dry-run", description = "Say what would be deleted, and delete nothing.")
          boolean dryRun,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to tell: ${COMPLETION-CANDIDATES}.")
          Form form,
      @Parameters(paramLabel = "BACKUP", description = "An id or a name.") String backup)
      throws StoreException {
    try (var store = options.open()) {
      var pruning = new Pruning(store, options.server(), Clock.systemUTC());
      return execute(pruning, pruning.planOf(backup, atLeast), dryRun, form);
    }
  }

  private int execute(Pruning pruning, PrunePlan plan, boolean dryRun, Form form)
      throws StoreException {
    if (form == Form.text) {
      print(PruneText.text(plan));
    }
    var pruned = dryRun ? Optional.<Pruned>empty() : Optional.of(pruning.execute(plan));
    print(
        form == Form.json
            ? PruneText.json(plan, pruned)
            : pruned.map(PruneText::text).orElse("Dry run: nothing was deleted.\n"));
    return pruned.filter(done -> !done.left().isEmpty()).isPresent() ? NOT_ALL : 0;
  }

  @Command(
      name = "keep",
      description = {
        "Marks a backup so that no policy deletes it: with all WAL since, or alone with the WAL that makes"
            + " it consistent. barman-cloud sees the same mark."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:done",
        "2:wrong use, or a backup that is not done",
        "3:the store is missing or failed",
        "4:there is no such backup, or it is being deleted"
      })
  int keep(
      @Mixin ArchiveOptions options,
      @ArgGroup(multiplicity = "1") KeepOptions how,
      @Parameters(paramLabel = "BACKUP", description = "An id, a name, or latest.") String backup)
      throws StoreException {
    try (var store = options.open()) {
      var found = new Catalog(store, options.server()).backup(backup);
      var marks = new KeepMarks(store, options.server());
      var mark = how.mark();
      if (mark.isPresent()) {
        marks.set(found, mark.get());
        terminal.err().printf("cooper: %s is kept (%s)%n", found.id(), mark.get().text());
      } else {
        marks.release(found.id());
        terminal.err().printf("cooper: %s is not kept any more%n", found.id());
      }
    }
    return 0;
  }

  private void print(String text) {
    terminal.out().print(text);
    terminal.out().flush();
  }
}
