package io.cooper.cli;

import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.manifest.Manifest;
import io.cooper.plugin.Fitness;
import io.cooper.plugin.ManifestSet;
import io.cooper.plugin.Upgrade;
import io.cooper.policy.report.UpgradeJson;
import io.cooper.policy.report.UpgradeReport;
import io.cooper.policy.report.UpgradeText;
import io.cooper.schemas.CustomResources;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `cooper plugin`
@Command(
    name = "plugin",
    description = "Helps to keep the Barman Cloud plugin up to date.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class PluginCommand implements Runnable {
  enum Form {
    text,
    json
  }

  @Spec private @org.jspecify.annotations.Nullable CommandSpec spec;

  private final Terminal terminal;

  PluginCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(), "a command is needed, for example: cooper plugin diff OLD NEW");
    }
  }

  @Command(
      name = "diff",
      description = {
        "Compares two sets of manifests, such as two releases of the plugin, object by object.",
        "OLD and NEW are files, folders, or REV:PATH for what was committed."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "  cooper plugin diff manifest-v0.7.0.yaml manifest-v0.8.0.yaml",
        "  cooper plugin diff HEAD:infrastructure/plugin infrastructure/plugin"
      },
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:compared, whatever the difference",
        "1:an object of this repository is refused by the new definitions",
        "2:wrong use, or input that cannot be read",
        "3:kustomize or git is missing or failed"
      })
  int diff(
      @Parameters(paramLabel = "OLD", description = "What is installed.") String old,
      @Parameters(paramLabel = "NEW", description = "What is to be installed.") String fresh,
      @Option(
              names = "--repository",
              paramLabel = "PATH",
              defaultValue = ".",
              description =
                  "The repository of REV:PATH, whose objects are judged by the new definitions too; the current folder if left out.")
          Path path,
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              defaultValue = "text",
              description = "How to report: ${COMPLETION-CANDIDATES}.")
          Form format) {
    var upgrade = Upgrade.between(ManifestSet.of(old, path), ManifestSet.of(fresh, path));
    var fitness = fitness(upgrade, path);
    var report = new UpgradeReport(Version.CURRENT, upgrade, fitness);
    switch (format) {
      case text ->
          new UpgradeText(terminal.coloured(), terminal.width()).print(report, terminal.out());
      case json -> new UpgradeJson().print(report, terminal.out());
    }
    return fitness.refused().isEmpty() ? 0 : 1;
  }

  /// Nothing is rendered for sets that define no kinds.
  private Fitness fitness(Upgrade upgrade, Path path) {
    if (upgrade.after().objects().stream().noneMatch(CustomResources::isOne)) {
      return Fitness.NONE;
    }
    var asked = new RepositoryOptions();
    asked.path = path;
    try (var examination = Examination.of(asked, RenderOptions.Mode.CHECK, terminal)) {
      return Fitness.of(distinct(examination.trees().stream()), upgrade);
    }
  }

  /// What several clusters make of the same text is one object.
  private static Stream<Manifest> distinct(Stream<RenderedTree> trees) {
    var objects = new LinkedHashMap<String, Manifest>();
    trees
        .flatMap(RenderedTree::objects)
        .forEach(object -> objects.putIfAbsent(object.place() + " " + object.id(), object));
    return objects.values().stream();
  }
}
