package io.cooper.flux.render.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.render.walk.RenderOptions.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every small repository below `test-fixtures/rendering` through our renderer and through Flux's
/// own packages: the same Kustomizations, the same refusals, the same objects in the same order.
@Tag("interop")
@Tag("S18")
class ReferenceFixturesTest {
  private static final Path FIXTURES =
      Path.of(System.getProperty("cooper.root", ".."), "test-fixtures", "rendering");

  static Stream<Arguments> fixtures() throws IOException {
    try (var folders = Files.list(FIXTURES)) {
      return folders.filter(Files::isDirectory).sorted().toList().stream()
          .flatMap(folder ->
              Stream.of(Mode.LENIENT, Mode.STRICT)
                  .map(mode -> Arguments.of(folder.getFileName().toString(), mode)));
    }
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void a_fixture_renders_as_flux_renders_it(String name, Mode mode, @TempDir Path scratch)
      throws Exception {
    var reference = Reference.found();
    var repository = FIXTURES.resolve(name);
    var vars = repository.resolve("vars.yaml");
    var options = RenderOptions.of(mode).withoutCache();
    var renderer = new Renderer(Files.exists(vars) ? options.withVars(vars) : options);

    var tree =
        renderer
            .render(Reference.artifact(repository), List.of("clusters/test"), Progress.NONE)
            .getFirst();

    var known = scratch.resolve("vars.yaml");
    Files.writeString(
        known, Reference.vars(tree) + (Files.exists(vars) ? Files.readString(vars) : ""));
    var walked =
        reference.walk(
            repository, "clusters/test", known, scratch.resolve("out"), mode == Mode.STRICT);
    assertThat(Reference.differences(tree, walked)).isEmpty();
    assertThat(tree.kustomizations()).hasSizeGreaterThan(1);
  }
}
