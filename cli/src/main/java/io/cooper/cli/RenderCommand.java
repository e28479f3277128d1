package io.cooper.cli;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedRelease;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.walk.RenderFolder;
import io.cooper.flux.render.walk.RenderOptions.Mode;
import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cooper render`
@Command(
    name = "render",
    description = "Prints what Flux would apply, object by object.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:everything asked for was rendered",
      "1:Flux would refuse at least one; the reason is on standard error",
      "2:wrong use, or input that cannot be read",
      "3:kustomize or git is missing or failed"
    })
final class RenderCommand implements Callable<Integer> {
  static final class Which {
    @Option(
        names = "--kustomization",
        required = true,
        paramLabel = "NAMESPACE/NAME",
        description = "The Kustomization to render.")
    @Nullable String kustomization;

    @Option(
        names = "--all",
        required = true,
        description = "All that can be reached from the entries.")
    boolean all;
  }

  @Mixin private RepositoryOptions repository = new RepositoryOptions();

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Which which = new Which();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = {
        "Write NAMESPACE_NAME.yaml for each, NAMESPACE_NAME.error where Flux would refuse;",
        "with several entries, below a folder for each."
      })
  private @Nullable Path output;

  @Option(
      names = "--strict",
      description =
          "Refuse variables without a value, as kustomize-controller does; without it they are empty.")
  private boolean strict;

  @Option(
      names = "--helm",
      description = {
        "Print what charts of the repository install behind each Kustomization, too; with --output as",
        "NAMESPACE_NAME.helm.yaml for each HelmRelease. Needs helm."
      })
  private boolean helm;

  private final Terminal terminal;

  RenderCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (var examination =
        Examination.of(repository, strict ? Mode.STRICT : Mode.LENIENT, terminal)
            .withCharts(helm)) {
      var trees = examination.trees();
      if (trees.isEmpty()) {
        throw new Problem(
                Code.BAD_INPUT,
                examination.source().root().toString(),
                "no Flux objects and no kustomizations",
                "name the folder that Flux starts from: --entry DIR")
            .asException();
      }
      int refused = (which.all ? all(trees) : one(trees)) + charts(trees);
      terminal.out().flush();
      return refused > 0 ? 1 : 0;
    }
  }

  private int all(List<RenderedTree> trees) {
    int refused = 0;
    for (var tree : trees) {
      if (output == null) {
        refused += tree.kustomizations().stream().mapToInt(this::print).sum();
      } else {
        tree.kustomizations().forEach(this::complain);
        refused +=
            new RenderFolder(trees.size() == 1 ? output : output.resolve(folder(tree))).write(tree);
      }
    }
    return refused;
  }

  /// What charts install behind the Kustomizations that were asked for.
  private int charts(List<RenderedTree> trees) {
    if (!helm) {
      return 0;
    }
    int refused = 0;
    for (var tree : trees) {
      var asked =
          tree.releases().stream()
              .filter(release ->
                  which.all
                      || release
                          .owner()
                          .filter(owner -> owner.toString().equals(which.kustomization))
                          .isPresent())
              .toList();
      asked.forEach(release -> complain(release.title(), release.problems()));
      refused +=
          (int) asked.stream().filter(each -> each.state() == RenderedRelease.State.FAILED).count();
      if (output != null) {
        new RenderFolder(which.all && trees.size() > 1 ? output.resolve(folder(tree)) : output)
            .write(asked);
      } else {
        asked.forEach(release -> terminal.out().print(RenderFolder.yaml(release)));
      }
    }
    new ChartNotice(trees).text().ifPresent(terminal.err()::println);
    return refused;
  }

  private static String folder(RenderedTree tree) {
    return tree.entry().isEmpty() ? "root" : tree.entry().replace('/', '_');
  }

  private int one(List<RenderedTree> trees) {
    var name = String.valueOf(which.kustomization);
    var all = trees.stream().flatMap(tree -> tree.kustomizations().stream()).toList();
    var found = all.stream().filter(each -> each.id().toString().equals(name)).findFirst();
    if (found.isEmpty()) {
      var known = all.stream().map(each -> each.id().toString()).toList();
      throw new Problem(
              Code.BAD_USE,
              name,
              "no such Kustomization" + Nearest.hint(name, known),
              "see cooper graph for all that there are")
          .asException();
    }
    if (output != null) {
      complain(found.get());
      var tree = new RenderedTree("", trees.getFirst().artifact(), List.of(found.get()));
      return new RenderFolder(output).write(tree);
    }
    return print(found.get());
  }

  private int print(RenderedKustomization rendered) {
    complain(rendered);
    if (rendered.state() == RenderedKustomization.State.RENDERED) {
      terminal.out().print(RenderFolder.yaml(rendered));
      return 0;
    }
    return rendered.state() == RenderedKustomization.State.FAILED ? 1 : 0;
  }

  private void complain(RenderedKustomization rendered) {
    complain(rendered.id().toString(), rendered.problems());
  }

  private void complain(String who, List<RenderProblem> problems) {
    for (RenderProblem problem : problems) {
      terminal
          .err()
          .printf(
              "cooper: %s: %s%n  %s: %s%n",
              who, problem.place(), problem.harmless() ? "note" : "refused", problem.message());
    }
  }
}
