package io.cooper.flux.render.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedRelease;
import io.cooper.flux.render.RenderedRelease.State;
import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.schemas.ReleasesInUse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is known of charts before helm is asked, and without it.
@Tag("S27")
class InflationTest {
  private static final String CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n";

  @TempDir private Path folder;
  private final List<String[]> files = new ArrayList<>();

  private InflationTest file(String path, String text) {
    files.add(new String[] {path, text});
    return this;
  }

  private RenderedRelease only(String... objects) {
    var tree = TestTree.entry(String.join("\n---\n", objects));
    files.forEach(file -> tree.file(folder, file[0], file[1]));
    var options =
        RenderOptions.of(RenderOptions.Mode.CHECK)
            .withoutCache()
            .withEnvironment(Map.of("PATH", folder.toString()), 10);
    var releases = new Inflation(options, () -> ReleasesInUse.NONE).of(tree.tree()).releases();
    assertThat(releases).hasSize(1);
    return releases.getFirst();
  }

  private static String release(String... spec) {
    return """
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: web, namespace: apps}
    spec:
      interval: 10m
      chart:
        spec:
          chart: ./charts/web
          sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}
      %s
    """
        .formatted(String.join("\n  ", spec));
  }

  private static List<String> messages(RenderedRelease release) {
    return release.problems().stream().map(RenderProblem::message).toList();
  }

  @Test
  void without_helm_a_sound_chart_stays_unknown() {
    var release = file("charts/web/Chart.yaml", CHART).only(release());

    assertThat(release.state()).isEqualTo(State.NO_HELM);
    assertThat(release.problems()).isEmpty();
    assertThat(release.objects()).isEmpty();
    assertThat(release.filesRead()).containsExactly("charts/web/Chart.yaml");
  }

  @Test
  void a_chart_that_is_not_there_fails_on_the_line_that_names_it() {
    var release = file("charts/other/Chart.yaml", CHART).only(release());

    assertThat(release.state()).isEqualTo(State.FAILED);
    assertThat(messages(release))
        .containsExactly(
            "HelmRelease apps/web installs the chart charts/web, which is not in the artifact");
    assertThat(release.problems().getFirst().place().line()).isEqualTo(8);
  }

  @Test
  void a_folder_without_metadata_is_no_chart() {
    var release = file("charts/web/values.yaml", "a: b").only(release());

    assertThat(messages(release))
        .containsExactly(
            "HelmRelease apps/web installs the chart charts/web, which has no Chart.yaml");
  }

  @Test
  void a_chart_of_a_helm_repository_is_remote() {
    var release =
        only(
            release().replace("GitRepository, name: flux-system", "HelmRepository, name: bitnami"));

    assertThat(release.state()).isEqualTo(State.REMOTE);
    assertThat(release.problems()).isEmpty();
  }

  @Test
  void a_chart_of_another_git_repository_is_remote() {
    var release =
        file("charts/web/Chart.yaml", CHART)
            .only(release().replace("name: flux-system, namespace", "name: other, namespace"));

    assertThat(release.state()).isEqualTo(State.REMOTE);
  }

  @Test
  void a_helm_chart_object_may_name_the_chart() {
    var release =
        file("charts/web/Chart.yaml", CHART)
            .only(
                """
                apiVersion: helm.toolkit.fluxcd.io/v2
                kind: HelmRelease
                metadata: {name: web, namespace: flux-system}
                spec:
                  interval: 10m
                  chartRef: {kind: HelmChart, name: web}
                """,
                """
                apiVersion: source.toolkit.fluxcd.io/v1
                kind: HelmChart
                metadata: {name: web, namespace: flux-system}
                spec:
                  interval: 10m
                  chart: charts/web
                  sourceRef: {kind: GitRepository, name: flux-system}
                """);

    assertThat(release.state()).isEqualTo(State.NO_HELM);
    assertThat(release.chart()).isEqualTo("charts/web");
  }

  @Test
  void a_release_for_another_cluster_is_not_looked_into() {
    var release =
        file("charts/web/Chart.yaml", CHART)
            .only(release("kubeConfig: {secretRef: {name: other}}"));

    assertThat(release.state()).isEqualTo(State.ELSEWHERE);
  }

  @Test
  void a_missing_dependency_is_remote_if_it_would_be_fetched_and_a_fault_otherwise() {
    var fetched =
        CHART + "dependencies: [{name: db, version: 1.x, repository: \"https://example.com\"}]\n";
    var absent = CHART + "dependencies: [{name: db, version: 1.x}]\n";
    var outside =
        CHART + "dependencies: [{name: db, version: 1.x, repository: \"file://../../../db\"}]\n";

    assertThat(file("charts/web/Chart.yaml", fetched).only(release()).state())
        .isEqualTo(State.REMOTE);
    files.clear();
    assertThat(messages(file("charts/web/Chart.yaml", absent).only(release())))
        .containsExactly("the chart charts/web needs db, which does not lie in its folder charts/");
    files.clear();
    assertThat(messages(file("charts/web/Chart.yaml", outside).only(release())))
        .containsExactly(
            "the chart charts/web needs db from file://../../../db, where no chart is");
  }

  @Test
  void a_dependency_of_the_repository_belongs_to_the_chart() {
    var release =
        file(
                "charts/web/Chart.yaml",
                CHART + "dependencies: [{name: db, version: 1.x, repository: \"file://../db\"}]\n")
            .file("charts/db/Chart.yaml", CHART)
            .file("charts/db/templates/x.yaml", "")
            .only(release());

    assertThat(release.state()).isEqualTo(State.NO_HELM);
    assertThat(release.filesRead())
        .containsExactlyInAnyOrder(
            "charts/web/Chart.yaml", "charts/db/Chart.yaml", "charts/db/templates/x.yaml");
  }

  @Test
  void two_charts_that_need_each_other_come_to_an_end() {
    var needs = CHART + "dependencies: [{name: %s, version: 1.x, repository: \"file://../%s\"}]\n";

    var release =
        file("charts/web/Chart.yaml", needs.formatted("db", "db"))
            .file("charts/db/Chart.yaml", needs.formatted("web", "web"))
            .only(release());

    assertThat(release.filesRead()).hasSize(2);
  }

  @Test
  void values_that_are_nowhere_are_missed_unless_they_are_optional() {
    file("charts/web/Chart.yaml", CHART);

    var missed = only(release("valuesFrom: [{kind: Secret, name: web}]"));
    var optional = only(release("valuesFrom: [{kind: Secret, name: web, optional: true}]"));

    assertThat(missed.state()).isEqualTo(State.UNKNOWN_VALUES);
    assertThat(messages(missed))
        .containsExactly(
            "HelmRelease apps/web takes values from Secret/apps/web, which nothing in the repository renders");
    assertThat(missed.problems().getFirst().harmless()).isTrue();
    assertThat(optional.state()).isEqualTo(State.NO_HELM);
    assertThat(optional.problems()).isEmpty();
  }

  @Test
  void values_that_an_external_secret_will_bring_are_unknown_and_not_missed() {
    var release =
        file("charts/web/Chart.yaml", CHART)
            .only(
                release("valuesFrom: [{kind: Secret, name: web}]"),
                """
                apiVersion: external-secrets.io/v1
                kind: ExternalSecret
                metadata: {name: web, namespace: apps}
                """);

    assertThat(release.state()).isEqualTo(State.UNKNOWN_VALUES);
    assertThat(release.problems()).isEmpty();
  }

  @Test
  void a_key_that_is_absent_and_text_that_is_no_map_are_faults() {
    file("charts/web/Chart.yaml", CHART);
    var values =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: web, namespace: apps}
        data:
          list: "- a"
          broken: "a: ["
          number: "5"
        """;

    assertThat(messages(only(values, release("valuesFrom: [{kind: ConfigMap, name: web}]"))))
        .singleElement()
        .asString()
        .contains("ConfigMap/apps/web, which has no key values.yaml");
    assertThat(
            messages(
                only(
                    values,
                    release("valuesFrom: [{kind: ConfigMap, name: web, valuesKey: list}]"))))
        .singleElement()
        .asString()
        .contains("is no map of values");
    assertThat(
            messages(
                only(
                    values,
                    release("valuesFrom: [{kind: ConfigMap, name: web, valuesKey: broken}]"))))
        .singleElement()
        .asString()
        .contains("is no YAML");
    assertThat(
            messages(
                only(
                    values,
                    release(
                        "valuesFrom: [{kind: ConfigMap, name: web, valuesKey: number, targetPath: \"a[x]\"}]"))))
        .singleElement()
        .asString()
        .contains("cannot put number");
    assertThat(messages(only(values, release("valuesFrom: [{kind: Job, name: web}]"))))
        .singleElement()
        .asString()
        .contains("only ConfigMaps and Secrets");
  }

  @Test
  void an_encrypted_file_of_values_is_unknown() {
    var release =
        file("charts/web/Chart.yaml", CHART)
            .only(
                release("valuesFrom: [{kind: Secret, name: web}]"),
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: web, namespace: apps}
                stringData: {values.yaml: "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"}
                """);

    assertThat(release.state()).isEqualTo(State.UNKNOWN_VALUES);
  }

  @Test
  void files_of_values_have_to_be_there_and_to_be_maps() {
    var spec =
        release()
            .replace("chart: ./charts/web", "chart: ./charts/web\n      valuesFiles: [a.yaml]");
    file("charts/web/Chart.yaml", CHART).file("charts/web/values.yaml", "");

    assertThat(messages(only(spec)))
        .containsExactly(
            "HelmRelease apps/web takes values from a.yaml, which is not in the artifact");
    assertThat(
            only(spec.replace("valuesFiles", "ignoreMissingValuesFiles: true\n      valuesFiles"))
                .state())
        .isEqualTo(State.NO_HELM);
    assertThat(messages(file("a.yaml", "- a").only(spec)))
        .containsExactly(
            "HelmRelease apps/web takes values from a.yaml, which is no map of values");
  }

  @Test
  void files_of_values_cannot_take_the_place_of_nothing() {
    var spec =
        release()
            .replace("chart: ./charts/web", "chart: ./charts/web\n      valuesFiles: [a.yaml]");

    assertThat(messages(file("charts/web/Chart.yaml", CHART).file("a.yaml", "a: b").only(spec)))
        .singleElement()
        .asString()
        .contains("has no values.yaml that they could replace");
  }
}
