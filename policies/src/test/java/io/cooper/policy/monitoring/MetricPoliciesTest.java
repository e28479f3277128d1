package io.cooper.policy.monitoring;

import static io.cooper.flux.TestTree.kustomization;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.schemas.Product;
import io.cooper.schemas.Release;
import io.cooper.schemas.ReleasesInUse;
import io.cooper.schemas.ReleasesInUse.InUse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S170")
@Tag("X4")
class MetricPoliciesTest {
  private static final String RULES =
      """
      apiVersion: monitoring.coreos.com/v1
      kind: PrometheusRule
      metadata: {name: rules, namespace: monitoring}
      spec:
        groups:
          - name: g
            rules:
      """;

  private static String rule(String expr) {
    return RULES + "        - alert: A\n          expr: " + expr + "\n";
  }

  private static TestTree tree(String objects) {
    return TestTree.entry(kustomization("rules")).with("rules", objects);
  }

  private static ReleasesInUse using(Product product, String version) {
    return new ReleasesInUse(
        Map.of(
            product, List.of(new InUse(Release.of(product, version), "a test", Optional.empty()))));
  }

  @ParameterizedTest
  @CsvSource({
    "CNPG, 1.27.1, cnpg_cache_hits, error, CloudNativePG 1.27.1 does not export yet; 1.28.0 does",
    "CNPG, 1.25.0, cnpg_pgbouncer_stats_avg_bind_count, error, does not export yet; 1.25.1 does",
    "BARMAN_PLUGIN, 0.5.0, barman_cloud_cloudnative_pg_io_first_recoverability_point, error, yet",
    "FLUX, 2.5.0, gotk_reconcile_condition, error, Flux 2.5.0 does not export any more",
    "FLUX, 2.9.1, gotk_suspend_status, error, does not export any more"
  })
  void a_release_that_lacks_a_series_is_an_error(
      Product product, String version, String series, String severity, String message) {
    assertThat(Judged.by(new UnknownMetric(), tree(rule(series)), using(product, version)))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.severity().word()).isEqualTo(severity);
          assertThat(it.finding().message()).contains(message);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "CNPG, 1.28.0, cnpg_cache_hits",
    "CNPG, 1.30.0, cnpg_cache_hits",
    "FLUX, 2.4.3, gotk_reconcile_condition",
    "BARMAN_PLUGIN, 0.6.0, barman_cloud_cloudnative_pg_io_first_recoverability_point"
  })
  void a_release_that_has_a_series_is_believed(Product product, String version, String series) {
    assertThat(Judged.by(new UnknownMetric(), tree(rule(series)), using(product, version)))
        .isEmpty();
  }

  @Test
  void queries_that_are_elsewhere_leave_room_for_doubt() {
    var cluster =
        """
        ---
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: pg, namespace: default}
        spec:
          monitoring:
            customQueriesConfigMap: [{name: elsewhere, key: queries}]
        """;

    assertThat(Judged.by(new UnknownMetric(), tree(rule("cnpg_mine_total") + cluster)))
        .singleElement()
        .satisfies(it ->
            assertThat(Judged.line(it))
                .startsWith("notice ")
                .contains("Cluster/default/pg, which reads ConfigMap elsewhere"));
    assertThat(Judged.by(new UnknownMetric(), tree(rule("cnpg_backup_failed_total") + cluster)))
        .extracting(it -> it.severity().word())
        .containsExactly("error");
  }

  @Test
  @Tag("S197")
  void the_series_of_coopers_own_server_count_where_it_is_deployed() {
    var server =
        """
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: barman-cloud, namespace: cnpg-system}
        spec: {template: {spec: {containers: [{name: plugin, image: "%s"}]}}}
        """;
    var rules = rule("increase(cnpg_backup_failed_total[10m]) > 0");

    assertThat(
            Judged.by(
                new UnknownMetric(), tree(rules + server.formatted("example.org/cooper:1.0"))))
        .isEmpty();
    assertThat(
            Judged.by(
                new UnknownMetric(), tree(rules + server.formatted("example.org/barman:1.0"))))
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"|", "|-", ">", ">-", ""})
  void a_name_is_found_inside_a_text_of_several_lines(String style, @TempDir Path folder) {
    var text =
        RULES
            + "        - alert: A\n          expr: "
            + style
            + "\n            max(up) > 1 or\n\n              max(  cnpg_nothing_total{a=\"b\"})\n";
    var tree =
        TestTree.entry(kustomization("rules")).with("rules", text).file(folder, "rules.yaml", text);

    assertThat(Judged.by(new UnknownMetric(), tree))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.finding().place().line()).isEqualTo(12);
          assertThat(it.finding().place().column())
              .isEqualTo(
                  text.indexOf("cnpg_nothing")
                      - text.lastIndexOf('\n', text.indexOf("cnpg_nothing")));
        });
  }

  @Test
  void a_text_that_flux_has_changed_is_placed_where_it_begins(@TempDir Path folder) {
    var tree =
        TestTree.entry(kustomization("rules"))
            .with("rules", rule("\"cnpg_nothing_total == 1\""))
            .file(folder, "rules.yaml", rule("\"${NAME}_total == 1\""));

    assertThat(Judged.by(new UnknownMetric(), tree))
        .extracting(Judged::line)
        .containsExactly(
            "error rules.yaml:9:17 alert A reads cnpg_nothing_total, which no release of"
                + " CloudNativePG exports");
  }

  @Test
  @Tag("S169")
  void what_is_no_promql_is_found_where_it_breaks(@TempDir Path folder) {
    var text = rule("|-\n            sum(\n              rate(up[5m])\n            > 1");
    var tree =
        TestTree.entry(kustomization("rules")).with("rules", text).file(folder, "rules.yaml", text);

    assertThat(Judged.by(new InvalidExpression(), tree))
        .extracting(Judged::line)
        .containsExactly(
            "error rules.yaml:12:16 the expression of alert A is no PromQL: the end, where `)`"
                + " belongs");
  }

  @Test
  void rules_for_victoriametrics_are_not_held_to_promql() {
    var rules =
        rule("rate(up) > 1")
            .replace("monitoring.coreos.com/v1", "operator.victoriametrics.com/v1beta1")
            .replace("PrometheusRule", "VMRule");

    assertThat(Judged.by(new InvalidExpression(), tree(rules))).isEmpty();
    assertThat(Judged.by(new InvalidExpression(), tree(rule("rate(up) > 1") + "---\n" + rules)))
        .isEmpty();
    assertThat(Judged.by(new InvalidExpression(), tree(rule("rate(up) > 1")))).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0 0 3 * * *; PT24H",
        "0 30 * * * *; PT1H",
        "0 0 3 * * 0; PT168H",
        "@daily; PT24H",
        "@weekly; PT168H",
        "0 0 3,15 * * *; ",
        "0 0 */6 * * *; ",
        "0 0 3 1 * *; ",
        "0 0 3 * * MON-FRI; ",
        "0 3 * * *; "
      })
  @Tag("X13")
  void only_plain_schedules_have_an_interval(String schedule, @Nullable Duration interval) {
    assertThat(BackupAge.interval(schedule)).isEqualTo(Optional.ofNullable(interval));
  }

  @Test
  @Tag("S167")
  void a_runbook_that_is_a_file_cannot_be_opened_from_an_alert(@TempDir Path folder) {
    var text = rule("up == 0") + "          annotations: {runbook_url: ./docs/runbooks/store.md}\n";
    var tree = tree(text).file(folder, "docs/runbooks/store.md", "# Store");

    assertThat(Judged.by(new RunbookLink(), tree))
        .extracting(it -> it.finding().message())
        .containsExactly(
            "the runbook of alert A is docs/runbooks/store.md, which nobody can open from an"
                + " alert: there is no host");
  }

  @Test
  @Tag("X5")
  void an_alert_on_a_rule_that_is_given_nowhere_is_an_error() {
    assertThat(Judged.by(new RuleIncomplete(), tree(rule("cnpg:backup_success_rate_5m < 0.99"))))
        .extracting(it -> it.severity().word())
        .contains("error");
  }

  @Test
  @Tag("S170")
  void what_is_read_in_a_dashboard_is_known_through_grafanas_variables() {
    assertThat(Dashboards.names("rate(a{x=\"$y\"}[$__rate_interval]) + b_${c}_d + $e"))
        .containsExactly("a");
    assertThat(Dashboards.names("topk($n, sum by ($by) (rate(f[[[r]]])))")).containsExactly();
    assertThat(Dashboards.names("sum by ($by) (g offset $shift)")).containsExactly("g");
  }
}
