package io.cooper.flux.render.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.walk.RenderOptions.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What kustomize refuses is said in one sentence at the line to correct, by the standalone binary
/// and by the one inside kubectl.
@Tag("S18")
@Tag("S25")
class RefusalTest {
  private static final String RESOURCES = "resources: [a.yaml]\n";

  /// @param name what is wrong
  /// @param file whose content is wrong, below `apps/bad`
  /// @param text of the file
  /// @param place where it has to be found, below `apps/bad`
  /// @param says a piece of the message
  record Case(String name, String file, String text, String place, String says) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case root(String name, String text, String line, String says) {
    return new Case(
        name, "kustomization.yaml", RESOURCES + text, "kustomization.yaml:" + line, says);
  }

  private static Case nested(String name, String text, String line, String says) {
    return new Case(
        name, "below/kustomization.yaml", text, "below/kustomization.yaml:" + line, says);
  }

  static List<Case> cases() {
    return List.of(
        nested(
            "an unknown field", "kind: Kustomization\nresource: [a.yaml]\n", "2", "field resource"),
        nested(
            "a list that is a text",
            "kind: Kustomization\nresources: a.yaml\n",
            "2",
            "resources is a string"),
        nested(
            "an unknown apiVersion",
            "kind: Kustomization\napiVersion: kustomize.config.k8s.io/v9\nnamePrefix: x-\n",
            "2",
            "v1beta1"),
        nested(
            "a misspelt kind",
            "resources: []\nkind: Kustomisation\n",
            "2",
            "Kustomization or Component"),
        nested(
            "a component among resources",
            "resources: []\nkind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n",
            "2",
            "component"),
        nested("nothing at all", "# empty\n", "1", "lists nothing"),
        nested(
            "charts",
            "kind: Kustomization\nhelmCharts: [{name: x, repo: 'https://x.invalid'}]\n",
            "2",
            "Helm"),
        nested(
            "a patch for nothing",
            "kind: Kustomization\npatches:\n  - patch: |\n      apiVersion: v1\n      kind: ConfigMap\n      metadata: {name: zz, namespace: db}\n",
            "3",
            "ConfigMap/db/zz"),
        root(
            "a JSON patch of what is not there",
            "patches:\n  - target: {kind: ConfigMap}\n    patch: |\n      - {op: replace, path: /spec/x, value: 1}\n",
            "3",
            "/spec/x"),
        root(
            "a JSON patch that tests",
            "patches:\n  - target: {kind: ConfigMap}\n    patch: |\n      - {op: test, path: /data/a, value: q}\n",
            "3",
            "/data/a"),
        root(
            "a JSON patch without a target",
            "patches:\n  - patch: |\n      - {op: remove, path: /data/a}\n",
            "3",
            "needs a target"),
        root(
            "a patch that is neither",
            "patches:\n  - target: {kind: ConfigMap}\n    patch: 'a: [b'\n",
            "3",
            "neither"),
        root(
            "a literal without a value",
            "configMapGenerator:\n  - name: x\n    literals: [ab]\n",
            "4",
            "literal ab"),
        root(
            "two generators of one name",
            "configMapGenerator:\n  - name: x\n    literals: [a=b]\n  - name: x\n    literals: [a=b]\n",
            "1",
            "two generators make x"),
        root(
            "a generator that merges into nothing",
            "configMapGenerator:\n  - name: x\n    behavior: merge\n    literals: [a=b]\n",
            "4",
            "merges into x"),
        root(
            "a replacement from nothing",
            "replacements:\n  - source: {kind: Secret, name: s, fieldPath: data.x}\n    targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]\n",
            "2",
            "Secret"),
        root(
            "a replacement of an absent field",
            "replacements:\n  - source: {kind: ConfigMap, name: a, fieldPath: data.x}\n    targets: [{select: {kind: ConfigMap}, fieldPaths: [data.a]}]\n",
            "3",
            "data.x"),
        root(
            "a replacement into an absent field",
            "replacements:\n  - source: {kind: ConfigMap, name: a, fieldPath: data.a}\n    targets: [{select: {kind: ConfigMap}, fieldPaths: [spec.z.k]}]\n",
            "4",
            "spec.z.k"),
        new Case(
            "an object without a name",
            "a.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n",
            "a.yaml:1",
            "metadata.name"),
        new Case(
            "an object without a kind",
            "a.yaml",
            "apiVersion: v1\nmetadata: {name: x}\n",
            "a.yaml:1",
            "kind"),
        new Case(
            "a second document that is none",
            "a.yaml",
            Repositories.configMap("a", "x") + "---\nsome: thing\n",
            "a.yaml:8",
            "no Kubernetes object"),
        new Case(
            "a key that stands twice",
            "a.yaml",
            Repositories.configMap("a", "x") + "  a: y\n",
            "a.yaml:7",
            "key a"));
  }

  static Stream<Case> all() {
    return cases().stream();
  }

  private RenderProblem problem(Path folder, Case broken, Map<String, String> environment) {
    var repository =
        new Repositories(folder)
            .child("bad", "")
            .file(
                "apps/bad/kustomization.yaml",
                broken.file().contains("/") ? "resources: [a.yaml, below]\n" : RESOURCES)
            .file("apps/bad/a.yaml", Repositories.configMap("a", "x"))
            .file("apps/bad/" + broken.file(), broken.text());
    var tree =
        repository.render(Repositories.options(Mode.STRICT).withEnvironment(environment, 60));
    var problems = tree.find(new NamespacedName("flux-system", "bad")).orElseThrow().problems();
    assertThat(problems).hasSize(1);
    return problems.getFirst();
  }

  @ParameterizedTest
  @MethodSource("all")
  void a_refusal_is_one_sentence_at_the_line_to_correct(Case broken, @TempDir Path folder)
      throws IOException {
    assertSaid(
        broken,
        problem(Files.createDirectories(folder.resolve("standalone")), broken, System.getenv()));
    var kubectl = kubectl();
    if (kubectl.isPresent()) {
      assertSaid(
          broken,
          problem(
              Files.createDirectories(folder.resolve("kubectl")),
              broken,
              Map.of("COOPER_KUSTOMIZE", kubectl.get().toString())));
    }
  }

  private static void assertSaid(Case broken, RenderProblem problem) {
    assertThat("%s:%d".formatted(problem.place().file(), problem.place().line()))
        .as(problem.message())
        .isEqualTo("apps/bad/" + broken.place());
    assertThat(problem.message())
        .contains(broken.says())
        .doesNotContain("accumulat", "kustomize refuses", "cooper-", "0x", "\n");
    assertThat(problem.remedy()).isNotBlank();
  }

  private static Optional<Path> kubectl() {
    var found = new ArrayList<Path>();
    for (var folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      found.add(Path.of(folder, "kubectl"));
    }
    return found.stream().filter(Files::isExecutable).findFirst();
  }
}
