package io.cooper.flux.render.kustomize;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Builds the path of one Flux Kustomization as kustomize-controller does, up to but without
/// substitution. Safe for several threads.
public final class FluxBuild {
  /// Where an object was made.
  ///
  /// @param file of the artifact
  /// @param generator whether the file is a kustomization file that generates the object
  public record Origin(String file, boolean generator) {}

  /// One object as kustomize gives it.
  ///
  /// @param root its values, all placed at the beginning of the file it comes from
  /// @param text the YAML that Flux substitutes in; only where that could change it
  /// @param origin where it was made, if kustomize tells
  public record Built(Mapping root, Optional<String> text, Optional<Origin> origin) {}

  /// How a build ended.
  ///
  /// @param objects in build order; none if it failed
  /// @param problems all that was noticed
  /// @param generated whether Flux writes the kustomization file
  /// @param files everything the build reads
  /// @param failed whether Flux would refuse it
  /// @param key SHA-256 of all that decides the objects; empty if it failed
  public record Result(
      List<Built> objects,
      List<RenderProblem> problems,
      boolean generated,
      Set<String> files,
      boolean failed,
      String key) {
    public Result {
      objects = List.copyOf(objects);
      problems = List.copyOf(problems);
      files = Set.copyOf(files);
    }

    private static Result failed(
        List<RenderProblem> problems, boolean generated, Set<String> files) {
      return new Result(List.of(), problems, generated, files, true, "");
    }
  }

  private final Kustomize kustomize;
  private final BuildCache cache;

  /// @param kustomize the binary
  /// @param cache of earlier builds
  public FluxBuild(Kustomize kustomize, BuildCache cache) {
    this.kustomize = kustomize;
    this.cache = cache;
  }

  /// Builds a Kustomization.
  ///
  /// @throws ProblemException only if kustomize itself cannot be started
  public Result build(SourceFiles sources, Kustomization flux) {
    var folder = Paths.clamped(flux.path());
    var absent = absent(sources.artifact(), flux, folder);
    if (absent.isPresent()) {
      return Result.failed(List.of(absent.get()), false, Set.of());
    }
    var root = new RootFile(sources, flux, folder);
    var inputs = new Inputs(sources);
    var content = inputs.follow(folder, root.file(), root.content());
    if (root.generated()) {
      inputs.files().remove(root.file());
    }
    var problems = new ArrayList<>(root.problems());
    problems.addAll(inputs.problems());
    if (!problems.stream().allMatch(RenderProblem::harmless)) {
      return Result.failed(problems, root.generated(), inputs.files());
    }
    try {
      return objects(sources, folder, root, content, inputs)
          .with(problems, root.generated(), inputs.files());
    } catch (Unbounded e) {
      problems.addAll(e.problems);
      return Result.failed(problems, root.generated(), inputs.files());
    } catch (BuildJob.Refused e) {
      problems.addAll(new Refusal(sources, root, inputs, flux).problems(e.messages()));
      return Result.failed(problems, root.generated(), inputs.files());
    } catch (ProblemException e) {
      if (e.problem().code() == Code.TOOL_MISSING) {
        throw e;
      }
      problems.add(
          new RenderProblem(
              Kind.BUILD,
              Place.startOf(root.generated() ? flux.manifest().place().file() : root.file()),
              "kustomize failed: " + e.problem().what(),
              e.problem().remedy(),
              Optional.empty()));
      return Result.failed(problems, root.generated(), inputs.files());
    }
  }

  /// Files that are not handed to kustomize.
  private static final class Unbounded extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient List<RenderProblem> problems;

    Unbounded(List<RenderProblem> problems) {
      super("out of bounds", null, false, false);
      this.problems = problems;
    }
  }

  /// What a job gave, and its key.
  private record Ran(List<Built> objects, String key) {
    Result with(List<RenderProblem> problems, boolean generated, Set<String> files) {
      return new Result(objects, problems, generated, files, false, key);
    }
  }

  /// Without what is on the network a patch may have no object: then those are let pass.
  private Ran objects(
      SourceFiles sources, String folder, RootFile root, Mapping content, Inputs inputs)
      throws BuildJob.Refused {
    var bounds = new Bounds(sources, inputs);
    try {
      return run(new BuildJob(sources, folder, root, content, inputs, kustomize), bounds);
    } catch (BuildJob.Refused e) {
      if (!inputs.incomplete() || !Refusal.isAboutAPatchWithoutObject(e.messages())) {
        throw e;
      }
      var open = inputs.openPatches(folder, content);
      return run(new BuildJob(sources, folder, root, open, inputs, kustomize), bounds);
    }
  }

  /// What has been built once was within bounds.
  private Ran run(BuildJob job, Bounds bounds) throws BuildJob.Refused {
    var key = job.key();
    return new Ran(
        cache.get(
            key,
            () -> {
              var problems = bounds.problems();
              if (!problems.isEmpty()) {
                throw new Unbounded(problems);
              }
              return job.run();
            }),
        key);
  }

  private static Optional<RenderProblem> absent(
      Artifact artifact, Kustomization flux, String folder) {
    if (artifact.isFolder(folder)) {
      return Optional.empty();
    }
    var message =
        artifact.contains(folder)
            ? "the path %s of Kustomization %s is a file".formatted(folder, flux)
            : "the path %s of Kustomization %s is not in the artifact".formatted(folder, flux);
    return Optional.of(
        new RenderProblem(
            Kind.PATH_MISSING,
            flux.manifest().placeAt("spec", "path"),
            message,
            "correct spec.path, or add the folder to Git",
            Optional.of(folder)));
  }
}
