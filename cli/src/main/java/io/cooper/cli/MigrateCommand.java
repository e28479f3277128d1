package io.cooper.cli;

import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Manifest;
import io.cooper.migrate.Migration;
import io.cooper.migrate.Obstacle;
import io.cooper.migrate.Snapshot;
import io.cooper.policy.Repository;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import io.cooper.policy.repair.Draft;
import io.cooper.policy.repair.Replacement;
import io.cooper.policy.repair.UnifiedDiff;
import io.cooper.policy.report.MigrationText;
import io.cooper.policy.report.MigrationText.Item;
import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import io.cooper.schemas.Product;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `cooper migrate`
@Command(
    name = "migrate",
    description = {
      "Moves Clusters from the operator's built-in object store to the Barman Cloud plugin.",
      "Only the repository is read and changed; no cluster is asked."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "  cooper migrate plan",
      "  cooper migrate snapshot",
      "  cooper migrate write --dry-run",
      "  cooper migrate write",
      "  cooper migrate validate"
    })
final class MigrateCommand implements Runnable {
  private static final RenderOptions.Mode MODE = RenderOptions.Mode.CHECK;

  /// Where snapshots are, unless something else is said.
  private static final String SNAPSHOTS = "migration";

  /// What a migrated repository is judged by.
  private static final List<String> JUDGED_BY =
      List.of("ignore/*", "render/*", "cnpg/*", "schema/*", "flux/dependency-undeclared");

  private static final Set<String> CONCERNED =
      Set.of("Cluster", "ObjectStore", "ScheduledBackup", "Backup", "Kustomization");

  /// Which Clusters, and how.
  static final class Asked {
    @Option(
        names = "--cluster",
        paramLabel = "NAMESPACE/NAME",
        description = "Only this Cluster; all that use the built-in store if left out.")
    private List<String> clusters = new ArrayList<>();

    @Option(
        names = "--store-name",
        paramLabel = "NAME",
        description = "The name of the new ObjectStore; that of its Cluster if left out.")
    private @Nullable String storeName;

    @Option(
        names = "--accept",
        paramLabel = "OBSTACLE",
        split = ",",
        description =
            "Go on although this stands in the way: one-instance, no-plugin. What else is refused cannot be accepted.")
    private List<String> accepted = new ArrayList<>();

    private Migration.Choices choices(Repository repository) {
      var known =
          clusters(repository)
              .map(each -> each.namespace() + "/" + each.name())
              .distinct()
              .toList();
      for (var name : clusters) {
        if (!known.contains(name)) {
          throw new Problem(
                  Code.BAD_USE,
                  "--cluster " + name,
                  "no such Cluster uses the built-in store" + Nearest.hint(name, known),
                  "see cooper migrate plan")
              .asException();
        }
      }
      Predicate<Manifest> wanted =
          each -> clusters.isEmpty() || clusters.contains(each.namespace() + "/" + each.name());
      if (storeName != null
          && clusters(repository).filter(wanted).map(Manifest::place).distinct().count() > 1) {
        throw new Problem(
                Code.BAD_USE,
                "--store-name",
                "one name is asked for, and there are several Clusters",
                "name one with --cluster")
            .asException();
      }
      if (storeName != null && !storeName.matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?")) {
        throw new Problem(
                Code.BAD_USE,
                "--store-name " + storeName,
                "that is no name of an object",
                "use small letters, digits and -")
            .asException();
      }
      var kinds = EnumSet.noneOf(Obstacle.Kind.class);
      accepted.forEach(word -> kinds.add(kind(word)));
      return new Migration.Choices(wanted, Optional.ofNullable(storeName), kinds);
    }

    private static Obstacle.Kind kind(String word) {
      var acceptable =
          Arrays.stream(Obstacle.Kind.values()).filter(Obstacle.Kind::isAcceptable).toList();
      return acceptable.stream()
          .filter(kind -> kind.word().equals(word))
          .findFirst()
          .orElseThrow(() ->
              new Problem(
                      Code.BAD_USE,
                      "--accept " + word,
                      "that is nothing that can be accepted",
                      "use one of "
                          + String.join(
                              ", ", acceptable.stream().map(Obstacle.Kind::word).toList()))
                  .asException());
    }
  }

  @Spec private @Nullable CommandSpec spec;

  private final Terminal terminal;

  MigrateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(), "a command is needed, for example: cooper migrate plan");
    }
  }

  @Command(
      name = "plan",
      description = "Says what would change, field by field, and what stands in the way.",
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:everything is ready for cooper migrate write, or there is nothing to move",
        "1:something stands in the way",
        "2:wrong use, or input that cannot be read",
        "3:kustomize or git is missing or failed"
      })
  int plan(@Mixin RepositoryOptions options, @Mixin Asked asked) {
    try (var examination = Examination.of(options, MODE, terminal)) {
      var repository = examination.repository();
      var migration = Migration.of(repository, asked.choices(repository));
      if (nothing(migration)) {
        return 0;
      }
      var items = before(examination, repository, migration);
      var text = new MigrationText(terminal.coloured(), terminal.width());
      text.print(items, terminal.out());
      text.print(migration, terminal.out());
      terminal
          .out()
          .printf(
              """

              Then, each in a commit of its own, and each healthy before the next:
                1  the plugin, in the namespace of the operator
                2  cooper migrate write: stores, Clusters and schedules at once
                3  a base backup through the plugin
                4  cooper migrate validate; then the snapshots can go
              """);
      terminal.out().flush();
      boolean ready =
          migration.obstacles().findAny().isEmpty()
              && items.stream().noneMatch(item -> item.state() == Item.State.FAIL);
      return ready ? 0 : 1;
    }
  }

  private boolean nothing(Migration migration) {
    if (migration.moves().isEmpty()) {
      terminal.out().println("No Cluster uses the built-in store.");
      terminal.out().flush();
    }
    return migration.moves().isEmpty();
  }

  /// The five things to look at before a move.
  private static List<Item> before(
      Examination examination, Repository repository, Migration migration) {
    var found =
        Judgement.of(examination, RuleChoice.only(List.of("ignore/*", "render/*", "schema/*")))
            .verdicts();
    return List.of(
        item(
            "ignore rules",
            found.stream().filter(each -> each.about().family().equals("ignore")).toList(),
            "hide and exclude nothing that is meant to be applied"),
        item(
            "manifests",
            found.stream()
                .filter(each -> !each.about().family().equals("ignore"))
                .filter(each -> each.severity() == Severity.ERROR)
                .toList(),
            "render, and are admitted by their schemas"),
        repository
            .releases()
            .of(Product.BARMAN_PLUGIN)
            .map(each ->
                new Item(
                    "definition",
                    Item.State.OK,
                    "%s (%s) brings ObjectStore".formatted(each.release(), each.source())))
            .orElseGet(() ->
                new Item(
                    "definition",
                    Item.State.FAIL,
                    "the repository deploys no plugin that is known here, so ObjectStore may be no kind")),
        new Item(
            "object store",
            Item.State.LOOK,
            "needs its credentials: archive and backup stay where they are, so what works now is enough"),
        saved(examination.source(), migration));
  }

  private static Item item(String name, List<Verdict> found, String fine) {
    return found.isEmpty()
        ? new Item(name, Item.State.OK, fine)
        : new Item(
            name,
            Item.State.FAIL,
            "%d finding%s, the first at %s: %s"
                .formatted(
                    found.size(),
                    found.size() == 1 ? "" : "s",
                    found.getFirst().finding().place(),
                    found.getFirst().finding().message()));
  }

  private static Item saved(SourceTree source, Migration migration) {
    var missing =
        migration.moves().stream()
            .map(move -> move.cluster())
            .filter(cluster -> !source.tracked().contains(SNAPSHOTS + "/" + fileName(cluster)))
            .map(Manifest::toString)
            .toList();
    return missing.isEmpty()
        ? new Item("saved", Item.State.OK, "there is a snapshot of every Cluster in Git")
        : new Item(
            "saved",
            Item.State.FAIL,
            "no snapshot in Git of %s: cooper migrate snapshot, then git add %s"
                .formatted(String.join(", ", missing), SNAPSHOTS));
  }

  private static String fileName(Manifest cluster) {
    return cluster.namespace().isEmpty()
        ? cluster.name() + ".yaml"
        : cluster.namespace() + "-" + cluster.name() + ".yaml";
  }

  @Command(
      name = "snapshot",
      description = "Saves the Clusters as they are rendered, to be applied again if need be.",
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:written",
        "2:wrong use, a file that is there already, or one that Git or Flux would not treat as it should"
      })
  int snapshot(
      @Mixin RepositoryOptions options,
      @Mixin Asked asked,
      @Option(
              names = "--output",
              paramLabel = "DIR",
              defaultValue = SNAPSHOTS,
              description =
                  "A folder of the repository that Flux does not apply; ${DEFAULT-VALUE} if left out.")
          String folder) {
    try (var examination = Examination.of(options, MODE, terminal)) {
      var repository = examination.repository();
      demandWorkingTree(options, examination.source());
      var wanted = asked.choices(repository).clusters();
      var files = new LinkedHashMap<String, byte[]>();
      for (var cluster : clusters(repository).filter(wanted).toList()) {
        var snapshot = Snapshot.of(cluster, folder.replaceFirst("^\\./|/+$", ""), repository);
        var text = snapshot.text().getBytes(StandardCharsets.UTF_8);
        var other = files.putIfAbsent(snapshot.file(), text);
        if (other != null && !Arrays.equals(other, text)) {
          throw new Problem(
                  Code.BAD_USE,
                  snapshot.file(),
                  "two entries of the repository make %s otherwise, and one file cannot hold both"
                      .formatted(cluster),
                  "save them one by one: --entry DIR --output DIR")
              .asException();
        }
      }
      new Replacement(examination.source().root()).write(java.util.Map.of(), files);
      files.keySet().forEach(file -> terminal.out().printf("saved  %s%n", file));
      terminal
          .out()
          .println(
              files.isEmpty()
                  ? "No Cluster uses the built-in store."
                  : "git add %s, and commit it".formatted(folder));
      terminal.out().flush();
      return 0;
    }
  }

  private static Stream<Manifest> clusters(Repository repository) {
    return repository.trees().stream()
        .flatMap(RenderedTree::objects)
        .filter(Migration::usesBuiltInStore);
  }

  @Command(
      name = "write",
      description = {
        "Changes the files: stores, Clusters and schedules, all that can be moved, at once.",
        "Comments and order stay. Nothing is committed."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:every Cluster is moved, or would be",
        "1:one is refused; those that are not are moved",
        "2:wrong use, or input that cannot be read",
        "3:kustomize or git is missing or failed"
      })
  int write(
      @Mixin RepositoryOptions options,
      @Mixin Asked asked,
      @Option(
              names = "--dry-run",
              description =
                  "Change nothing; print what would change as a difference that git apply takes.")
          boolean dryRun) {
    try (var examination = Examination.of(options, MODE, terminal)) {
      demandWorkingTree(options, examination.source());
      var repository = examination.repository();
      var migration = Migration.of(repository, asked.choices(repository));
      if (nothing(migration)) {
        return 0;
      }
      if (dryRun) {
        migration
            .files()
            .forEach((file, changed) ->
                terminal
                    .out()
                    .print(
                        changed
                            .before()
                            .map(before -> UnifiedDiff.of(file, before, changed.after()))
                            .orElseGet(() -> UnifiedDiff.ofNew(file, changed.after()))));
      } else {
        replace(examination.source(), migration);
      }
      report(migration, dryRun);
      return migration.obstacles().findAny().isEmpty() ? 0 : 1;
    }
  }

  private static void replace(SourceTree source, Migration migration) {
    var changed = new LinkedHashMap<String, Draft.Changed>();
    var fresh = new LinkedHashMap<String, byte[]>();
    migration
        .files()
        .forEach((file, each) ->
            each.before()
                .ifPresentOrElse(
                    before -> changed.put(file, new Draft.Changed(before, each.after())),
                    () -> fresh.put(file, each.after())));
    new Replacement(source.root()).write(changed, fresh);
  }

  private void report(Migration migration, boolean dryRun) {
    var out = dryRun ? terminal.err() : terminal.out();
    var text = new MigrationText(terminal.coloured(), terminal.width());
    migration
        .files()
        .forEach((file, changed) ->
            out.printf(
                "%s%s  %s%n",
                dryRun ? "would be " : "", changed.before().isEmpty() ? "added" : "changed", file));
    migration.moves().stream()
        .flatMap(move -> move.notes().stream().map(note -> move.cluster() + ": " + note))
        .forEach(note -> out.printf("note  %s%n", note));
    migration.obstacles().forEach(obstacle -> text.print(obstacle, out));
    if (!dryRun && !migration.files().isEmpty()) {
      out.printf(
          "next: git add, cooper fix --rule flux/dependency-undeclared, cooper migrate validate, one commit%n");
    }
    terminal.out().flush();
    terminal.err().flush();
  }

  private static void demandWorkingTree(RepositoryOptions options, SourceTree source) {
    if (options.revision().isPresent() || source.origin() instanceof SourceTree.Origin.Revision) {
      throw new Problem(
              Code.BAD_USE,
              options.revision().map("--rev "::concat).orElseGet(() -> source.root().toString()),
              "there is no working tree of it that could be changed",
              "check it out first")
          .asException();
    }
  }

  @Command(
      name = "validate",
      description =
          "Says whether nothing of the built-in store is left, and what is wrong with the new form.",
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:nothing is left, and no error was found",
        "1:something is",
        "2:wrong use, or input that cannot be read",
        "3:kustomize or git is missing or failed"
      })
  int validate(@Mixin RepositoryOptions options) {
    try (var examination = Examination.of(options, MODE, terminal)) {
      var verdicts =
          Judgement.of(examination, RuleChoice.only(JUDGED_BY)).verdicts().stream()
              .filter(MigrateCommand::isConcerned)
              .toList();
      var left = verdicts.stream().filter(MigrateCommand::isLeft).toList();
      verdicts.forEach(verdict ->
          terminal
              .out()
              .printf(
                  "%-7s %s  %s: %s%n",
                  isLeft(verdict) ? "left" : verdict.severity().word(),
                  verdict.finding().place(),
                  verdict.about().id(),
                  verdict.finding().message()));
      long errors =
          verdicts.stream().filter(verdict -> verdict.severity() == Severity.ERROR).count();
      terminal
          .out()
          .printf(
              "%s of the built-in store left, %d error%s%n",
              left.isEmpty() ? "nothing" : left.size() == 1 ? "1 piece" : left.size() + " pieces",
              errors,
              errors == 1 ? "" : "s");
      terminal.out().flush();
      return left.isEmpty() && errors == 0 ? 0 : 1;
    }
  }

  private static boolean isConcerned(Verdict verdict) {
    // What is not rendered is not judged, and looks as if nothing were left.
    return List.of("ignore", "render").contains(verdict.about().family())
        || verdict
            .finding()
            .object()
            .filter(subject -> CONCERNED.contains(subject.id().kind()))
            .isPresent();
  }

  private static boolean isLeft(Verdict verdict) {
    return List.of("cnpg/legacy-store", "cnpg/backup-method", "cnpg/two-archivers")
        .contains(verdict.about().id());
  }
}
