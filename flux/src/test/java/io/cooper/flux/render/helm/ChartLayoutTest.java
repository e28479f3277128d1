package io.cooper.flux.render.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.render.helm.ChartLayout.Chart;
import io.cooper.flux.render.helm.ChartLayout.Cluster;
import io.cooper.flux.source.Artifact;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S251")
class ChartLayoutTest {
  private static List<Cluster> clusters(String... files) {
    return ChartLayout.of(new Artifact(Path.of("."), List.of(files)));
  }

  @Test
  void each_cluster_gets_the_charts_that_it_has_values_for() {
    var found =
        clusters(
            "kubernetes/apps/cloudnative-pg/Chart.yaml",
            "kubernetes/apps/grafana/Chart.yaml",
            "kubernetes/clusters/do-nyc3-prod/apps/cloudnative-pg/values.yaml",
            "kubernetes/clusters/do-nyc3-prod/apps/grafana/values.yaml",
            "kubernetes/clusters/do-nyc3-test/apps/grafana/values.yaml");

    assertThat(found)
        .containsExactly(
            new Cluster(
                "kubernetes/clusters/do-nyc3-prod",
                List.of(
                    new Chart(
                        "kubernetes/apps/cloudnative-pg",
                        "kubernetes/clusters/do-nyc3-prod/apps/cloudnative-pg/values.yaml"),
                    new Chart(
                        "kubernetes/apps/grafana",
                        "kubernetes/clusters/do-nyc3-prod/apps/grafana/values.yaml"))),
            new Cluster(
                "kubernetes/clusters/do-nyc3-test",
                List.of(
                    new Chart(
                        "kubernetes/apps/grafana",
                        "kubernetes/clusters/do-nyc3-test/apps/grafana/values.yaml"))));
  }

  @Test
  void of_two_charts_of_a_name_the_one_on_the_same_path_is_meant() {
    var found =
        clusters("apps/web/Chart.yaml", "libs/web/Chart.yaml", "clusters/one/libs/web/values.yaml");

    assertThat(found.getFirst().charts().getFirst().path()).isEqualTo("libs/web");
  }

  @Test
  void a_chart_inside_of_a_chart_is_not_installed_on_its_own() {
    assertThat(
            clusters(
                "apps/web/Chart.yaml",
                "apps/web/charts/db/Chart.yaml",
                "clusters/one/apps/db/values.yaml"))
        .isEmpty();
  }

  @Test
  void charts_without_values_for_a_cluster_are_another_shape() {
    assertThat(clusters("charts/web/Chart.yaml", "charts/web/values.yaml")).isEmpty();
    assertThat(clusters("clusters/one/apps/web/values.yaml")).isEmpty();
    assertThat(clusters()).isEmpty();
  }
}
