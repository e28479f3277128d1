package io.cooper.policy.flux;

import static io.cooper.flux.TestTree.helmRelease;
import static io.cooper.flux.TestTree.kustomization;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.manifest.Place;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a repository does everywhere has one cause, and is one finding.
@Tag("S25")
class HabitsTest {
  private static TestTree lacking(int users, String variable) {
    var tree =
        TestTree.entry(
            IntStream.range(0, users)
                .mapToObj(i -> kustomization("app" + i))
                .collect(Collectors.joining()));
    IntStream.range(0, users)
        .forEach(i ->
            tree.problem(
                "app" + i,
                new RenderProblem(
                    Kind.VARIABLE_UNRESOLVED,
                    new Place("app%d.yaml".formatted(i), 4, 9),
                    "app%d uses the variable %s".formatted(i, variable),
                    "define it",
                    Optional.of(variable))));
    return tree;
  }

  @Test
  void a_variable_that_many_lack_is_one_finding() {
    assertThat(Judged.by(new VariableUnresolved(), lacking(9, "DOMAIN")))
        .extracting(Judged::line)
        .containsExactly(
            "error app0.yaml:4 9 Kustomizations use the variable DOMAIN, here and elsewhere, and"
                + " do not define it: flux-system/app0, flux-system/app1, flux-system/app2,"
                + " flux-system/app3 and 5 more");
  }

  @Test
  void a_variable_that_few_lack_is_found_at_each_place() {
    assertThat(Judged.by(new VariableUnresolved(), lacking(3, "DOMAIN"))).hasSize(3);
  }

  @Test
  void a_source_that_several_charts_lack_is_one_finding() {
    var tree =
        TestTree.entry(kustomization("one") + kustomization("two"))
            .with("one", helmRelease("apps", "podinfo"))
            .with("two", helmRelease("apps", "grafana"));

    assertThat(Judged.by(new SourceMissing(), tree))
        .extracting(Judged::line)
        .containsExactly(
            "error one.yaml:12 2 HelmReleases take their charts from HelmRepository apps/charts,"
                + " which nothing defines: apps/podinfo and apps/grafana");
  }

  @Test
  void sources_in_files_that_nothing_applies_are_one_finding(@TempDir Path folder) {
    var releases =
        IntStream.range(0, 6)
            .mapToObj(i -> helmRelease("apps", "app" + i).replace("name: charts", "name: c" + i))
            .collect(Collectors.joining());
    var tree = TestTree.entry(kustomization("apps")).with("apps", releases);
    IntStream.range(0, 5)
        .forEach(i ->
            tree.file(
                folder,
                "repositories/c%d.yaml".formatted(i),
                """
                apiVersion: source.toolkit.fluxcd.io/v1
                kind: HelmRepository
                metadata: {name: c%d, namespace: apps}
                """
                    .formatted(i)));

    assertThat(Judged.by(new SourceMissing(), tree))
        .extracting(it -> it.finding().message())
        .satisfiesExactlyInAnyOrder(
            idle ->
                assertThat(idle)
                    .startsWith(
                        "5 HelmReleases take their charts from 5 sources that nothing in"
                            + " clusters/test applies: HelmRepository apps/c0"
                            + " (repositories/c0.yaml)"),
            missing -> assertThat(missing).contains("HelmRepository apps/c5"));
  }
}
