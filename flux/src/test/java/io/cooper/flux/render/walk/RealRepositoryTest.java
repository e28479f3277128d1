package io.cooper.flux.render.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.flux.render.walk.RenderOptions.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compares our render of any repository with the reference's: `-Dcooper.compare.repo=DIR
/// [-Dcooper.compare.entry=FOLDER] [-Dcooper.compare.allowed=N]`. Prints what differs; fails if
/// that is more than allowed.
@Tag("interop")
class RealRepositoryTest {
  @Test
  void a_real_repository_renders_as_flux_renders_it(@TempDir Path scratch) throws Exception {
    var repository = System.getProperty("cooper.compare.repo");
    assumeTrue(repository != null, "no -Dcooper.compare.repo");
    var reference = Reference.found();
    var artifact = Reference.artifact(Path.of(repository));
    var renderer = new Renderer(RenderOptions.of(Mode.LENIENT).withCache(scratch.resolve("cache")));
    var entry = System.getProperty("cooper.compare.entry");
    long start = System.nanoTime();
    var trees =
        entry == null
            ? renderer.render(artifact, Progress.NONE)
            : renderer.render(artifact, java.util.List.of(entry), Progress.NONE);
    long millis = (System.nanoTime() - start) / 1_000_000;
    int differing = 0;
    for (var tree : trees) {
      var vars = scratch.resolve("vars.yaml");
      Files.writeString(vars, Reference.vars(tree));
      var output = Files.createTempDirectory(scratch, "reference");
      var walked = reference.walk(Path.of(repository), tree.entry(), vars, output, false);
      var differences = Reference.differences(tree, walked);
      differing += differences.size();
      System.out.printf(
          "entry %s: %d Kustomizations %s, %d objects in %d ms; the reference has %d; %d differences%n",
          tree.entry(),
          tree.kustomizations().size(),
          tree.kustomizations().stream()
              .collect(Collectors.groupingBy(each -> each.state(), Collectors.counting())),
          tree.objects().count(),
          millis,
          walked.size(),
          differences.size());
      differences.forEach(each -> System.out.println("  " + each));
      tree.kustomizations().stream()
          .flatMap(each ->
              each.problems().stream()
                  .map(problem -> each.id() + " " + each.state() + " " + shown(problem)))
          .forEach(each -> System.out.println("  problem " + each));
      assertThat(tree.kustomizations()).anyMatch(each -> each.state() == State.RENDERED);
    }
    assertThat(trees).isNotEmpty();
    assertThat(differing).isLessThanOrEqualTo(Integer.getInteger("cooper.compare.allowed", 0));
  }

  private static String shown(RenderProblem problem) {
    return "%s %s: %s".formatted(problem.kind(), problem.place(), problem.message());
  }
}
