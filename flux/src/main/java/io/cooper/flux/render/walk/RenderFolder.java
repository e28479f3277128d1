package io.cooper.flux.render.walk;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.flux.render.RenderedRelease;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.YamlWriter;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// A folder of rendered files: `NAMESPACE_NAME.yaml` for each Kustomization, `NAMESPACE_NAME.error`
/// where Flux would refuse it. The entry itself is `flux-system_flux-system`. What belongs to
/// another repository has no file.
public final class RenderFolder {
  private final Path folder;

  /// @param folder which need not exist yet
  public RenderFolder(Path folder) {
    this.folder = folder;
  }

  /// Writes a tree.
  ///
  /// @return how many Flux would refuse
  /// @throws io.cooper.problem.ProblemException if a file cannot be written
  public int write(RenderedTree tree) {
    int refused = 0;
    try {
      Files.createDirectories(folder);
      for (var each : tree.kustomizations()) {
        if (each.state() == State.EXTERNAL) {
          continue;
        }
        boolean failed = each.state() == State.FAILED;
        var file = folder.resolve(name(each, tree) + (failed ? ".error" : ".yaml"));
        Files.writeString(file, failed ? reasons(each) : yaml(each), StandardCharsets.UTF_8);
        refused += failed ? 1 : 0;
      }
    } catch (IOException e) {
      throw notWritable(e);
    }
    return refused;
  }

  /// Writes what charts install: `NAMESPACE_NAME.helm.yaml` for each release, `.helm.error` where
  /// helm refuses it. What was not looked into has no file.
  ///
  /// @throws io.cooper.problem.ProblemException if a file cannot be written
  public void write(List<RenderedRelease> releases) {
    try {
      Files.createDirectories(folder);
      for (var each : releases) {
        if (each.state().isJudged()) {
          boolean failed = each.state() == RenderedRelease.State.FAILED;
          var name = "%s_%s.helm".formatted(each.id().namespace(), each.id().name());
          var file = folder.resolve(name.replace('/', '_') + (failed ? ".error" : ".yaml"));
          Files.writeString(
              file, failed ? reasons(each.problems()) : yaml(each), StandardCharsets.UTF_8);
        }
      }
    } catch (IOException e) {
      throw notWritable(e);
    }
  }

  private ProblemException notWritable(IOException e) {
    return new Problem(
            Code.BAD_USE,
            folder.toString(),
            "cannot be written: " + e.getMessage(),
            "name a folder that you may write to")
        .asException();
  }

  private static String name(RenderedKustomization each, RenderedTree tree) {
    var id =
        each.id().equals(tree.kustomizations().getFirst().id()) ? Entry.FLUX_SYSTEM : each.id();
    return (id.namespace() + "_" + id.name()).replace('/', '_');
  }

  /// The objects of a Kustomization as YAML documents.
  public static String yaml(RenderedKustomization rendered) {
    return YamlWriter.write(rendered.objects().stream().map(Manifest::root).toList());
  }

  /// The objects of a chart as YAML documents; none if it was not rendered.
  public static String yaml(RenderedRelease rendered) {
    return rendered.objects().isEmpty()
        ? ""
        : YamlWriter.write(rendered.objects().stream().map(Manifest::root).toList());
  }

  /// Why Flux would refuse it, one reason a line.
  public static String reasons(RenderedKustomization rendered) {
    return reasons(rendered.problems());
  }

  private static String reasons(List<RenderProblem> problems) {
    return problems.stream()
        .filter(problem -> !problem.harmless())
        .map(RenderFolder::line)
        .collect(Collectors.joining());
  }

  private static String line(RenderProblem problem) {
    return "%s: %s%n  try: %s%n".formatted(problem.place(), problem.message(), problem.remedy());
  }
}
