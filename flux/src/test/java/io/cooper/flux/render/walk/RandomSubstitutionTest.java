package io.cooper.flux.render.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.render.walk.RenderOptions.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Random expressions, good and bad, through our renderer and through Flux's own packages.
@Tag("interop")
@Tag("S18")
class RandomSubstitutionTest {
  private static final int CHILDREN = 120;
  private static final List<String> NAMES =
      List.of(
          "A", "B", "EMPTY", "ACCENT", "DOTS", "unset", "num", "hash", "map", "_x1", "1", "a-b");
  private static final List<String> OPERATORS =
      List.of(
          "", "", ":=", ":-", "=", ":+", ":?", "-", "^", "^^", ",", ",,", "^^^", "#", "##", "%",
          "%%", "/", "//", "/#", "/%", ":", ":1:", ":0:2", ": -2", ":-1", ":2:-1", "[0]", "@Q");
  private static final List<String> PIECES =
      List.of(
          "a", "-", "*", "?", "[a-c]", "[^b]", "[", "/", "\\/", "\\", "$", "$$", ".", " ", "é", "1",
          "#", ": ", "{", "\"", "'", "x y", "2");

  @ParameterizedTest
  @CsvSource({"1, LENIENT", "2, STRICT", "3, LENIENT", "4, STRICT", "5, LENIENT"})
  void random_expressions_give_what_flux_gives(long seed, Mode mode, @TempDir Path folder)
      throws Exception {
    var reference = Reference.found();
    var repository = repository(new Random(seed), folder.resolve("repository"));
    var vars = Files.writeString(folder.resolve("vars.yaml"), "");

    var tree =
        new Renderer(RenderOptions.of(mode).withoutCache())
            .render(Reference.artifact(repository), List.of("entry"), Progress.NONE)
            .getFirst();
    var walked =
        reference.walk(repository, "entry", vars, folder.resolve("out"), mode == Mode.STRICT);

    assertThat(Reference.differences(tree, walked)).isEmpty();
    assertThat(walked.values()).anyMatch(each -> each.error().isPresent());
    assertThat(walked.values().stream().filter(each -> each.error().isEmpty()).count())
        .isGreaterThan(CHILDREN / 10);
  }

  private static Path repository(Random random, Path root) throws IOException {
    var children = new StringBuilder();
    for (int i = 0; i < CHILDREN; i++) {
      children.append(
          """
          ---
          apiVersion: kustomize.toolkit.fluxcd.io/v1
          kind: Kustomization
          metadata: {name: k%d, namespace: flux-system}
          spec:
            path: ./apps/%d
            prune: true
            interval: 1h
            sourceRef: {kind: GitRepository, name: flux-system}
            postBuild:
              substitute:
                A: Value-of/VAR
                B: "aabbcc"
                EMPTY: ""
                ACCENT: "é-ü-é"
                DOTS: a.b.c
                num: "0123"
                hash: "a #b"
                map: '{"k": 1}'
                _x1: "two\\nlines"
          """
              .formatted(i, i));
      var app = Files.createDirectories(root.resolve("apps/" + i));
      Files.writeString(app.resolve("kustomization.yaml"), "resources: [cm.yaml]\n");
      Files.writeString(app.resolve("cm.yaml"), configMap(random));
    }
    var entry = Files.createDirectories(root.resolve("entry"));
    Files.writeString(entry.resolve("ks.yaml"), children);
    return root;
  }

  private static String configMap(Random random) {
    var lines =
        IntStream.range(0, 1 + random.nextInt(3))
            .mapToObj(i -> "  e%d: |-\n    x%s\n".formatted(i, expression(random, 2)))
            .collect(Collectors.joining());
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n" + lines;
  }

  private static String expression(Random random, int depth) {
    var out = new StringBuilder();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      out.append(
          switch (random.nextInt(6)) {
            case 0 -> pick(random, PIECES);
            case 1 -> "${" + pick(random, NAMES) + "}";
            default ->
                "${"
                    + (random.nextInt(12) == 0 ? "#" : "")
                    + pick(random, NAMES)
                    + pick(random, OPERATORS)
                    + argument(random, depth)
                    + (random.nextInt(25) == 0 ? "" : "}");
          });
    }
    return out.toString();
  }

  private static String argument(Random random, int depth) {
    var out = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      out.append(
          depth > 0 && random.nextInt(4) == 0
              ? expression(random, depth - 1)
              : pick(random, PIECES));
    }
    return out.toString();
  }

  private static String pick(Random random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
