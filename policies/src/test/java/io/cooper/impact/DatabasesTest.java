package io.cooper.impact;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.impact.Effect.Weight;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a change means for databases; each line is a rule of the operator.
class DatabasesTest {
  private static final String PLUGIN =
      "plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters:"
          + " {barmanObjectName: store}}]";

  private static String cluster(String spec) {
    return """
    apiVersion: postgresql.cnpg.io/v1
    kind: Cluster
    metadata: {name: db, namespace: app}
    spec: {%s}
    """
        .formatted(spec);
  }

  private static List<Effect> effects(String before, String after) {
    return ClusterChange.between(
            new Cluster().with("app", "prune: true", before).tree(),
            new Cluster().with("app", "prune: true", after).tree())
        .effects()
        .stream()
        .filter(effect -> effect.object().kind().equals("Cluster"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          instances: 3, imageName: "pg:17.1" | instances: 3, imageName: "pg:17.2" | RESTART | the Pods of its 2 replicas, one by one, then the primary's
          instances: 2, imageName: "pg:17.1" | instances: 2, imageName: "pg:17.2" | RESTART | the Pod of its replica
          imageName: "pg:17.1" | imageName: "pg:17.2" | DOWNTIME | its only Pod
          instances: 3, imageName: "pg:16.9" | instances: 3, imageName: "pg:17.2" | DOWNTIME | upgraded from PostgreSQL 16 to 17
          instances: 3, primaryUpdateMethod: switchover, env: [] | instances: 3, primaryUpdateMethod: switchover, env: [{name: A, value: b}] | RESTART | switches over
          instances: 3, primaryUpdateStrategy: supervised, env: [] | instances: 3, primaryUpdateStrategy: supervised, env: [{name: A, value: b}] | RESTART | waits for you
          instances: 3, resources: {limits: {memory: 1Gi}} | instances: 3, resources: {limits: {memory: 2Gi}} | RESTART | because of resources
          instances: 3, postgresql: {parameters: {max_connections: "100"}} | instances: 3, postgresql: {parameters: {max_connections: "200"}} | RESTART | restarts the primary in place
          postgresql: {parameters: {shared_buffers: 1GB}} | postgresql: {parameters: {shared_buffers: 2GB}} | DOWNTIME | reads shared_buffers at start only
          instances: 3 | instances: 3, postgresql: {parameters: {pg_stat_statements.max: "5"}} | RESTART | loading pg_stat_statements
          instances: 3 | instances: 3, walStorage: {size: 1Gi} | RESTART | a new volume for WAL
          instances: 3 | instances: 1 | DOWNTIME | every restart is a downtime
          instances: 2 | instances: 3 | NOTE | 1 more instance
          storage: {size: 2Gi} | storage: {size: 1Gi} | REFUSED | cannot go down from 2Gi to 1Gi
          storage: {size: 1Gi} | storage: {size: 2Gi} | NOTE | volumes grow
          storage: {size: 1Gi}, walStorage: {size: 1Gi} | storage: {size: 1Gi} | REFUSED | walStorage cannot be removed
          tablespaces: [{name: a}] | tablespaces: [] | REFUSED | tablespace a cannot be removed
          postgresUID: 26 | postgresUID: 27 | REFUSED | spec.postgresUID cannot change
          bootstrap: {initdb: {owner: a}} | bootstrap: {initdb: {owner: b}} | NOTE | does nothing
          """)
  void a_change_of_a_cluster_has_the_effect_that_the_operator_gives_it(
      String before, String after, Weight weight, String text) {
    assertThat(effects(cluster(before), cluster(after)))
        .anySatisfy(effect -> {
          assertThat(effect.weight()).isEqualTo(weight);
          assertThat(effect.text()).contains(text);
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          instances: 3, postgresql: {parameters: {work_mem: 4MB}} | instances: 3, postgresql: {parameters: {work_mem: 8MB}}
          instances: 3, postgresql: {pg_hba: [a]} | instances: 3, postgresql: {pg_hba: [b]}
          instances: 3, priorityClassName: a | instances: 3, priorityClassName: b
          instances: 3, imagePullPolicy: Always | instances: 3, imagePullPolicy: IfNotPresent
          instances: 3, managed: {roles: []} | instances: 3, managed: {roles: [{name: a}]}
          instances: 3, monitoring: {enablePodMonitor: true} | instances: 3, monitoring: {enablePodMonitor: false}
          """)
  void what_is_only_reloaded_or_not_compared_restarts_nothing(String before, String after) {
    assertThat(effects(cluster(before), cluster(after))).isEmpty();
  }

  @Test
  void a_cluster_that_is_told_not_to_reconcile_its_pods_follows_the_image_only() {
    var marked = "metadata: {annotations: {cnpg.io/reconcilePodSpec: disabled}, name";
    var before = cluster("env: [], imageName: \"pg:17.1\"").replace("metadata: {name", marked);

    assertThat(effects(before, before.replace("env: []", "env: [{name: A}]"))).isEmpty();
    assertThat(effects(before, before.replace("17.1", "17.2"))).isNotEmpty();
  }

  @Test
  void an_archiver_that_is_added_replaces_the_primary_in_place() {
    var before = cluster("instances: 2, primaryUpdateMethod: switchover");
    var after = cluster("instances: 2, primaryUpdateMethod: switchover, " + PLUGIN);

    assertThat(effects(before, after))
        .singleElement()
        .extracting(Effect::text)
        .asString()
        .contains("then the primary's", "another set of plugin sidecars");
  }

  @Test
  void another_store_is_another_archive_and_no_restart() {
    var before = cluster(PLUGIN);

    assertThat(effects(before, before.replace("store}", "other}")))
        .singleElement()
        .satisfies(effect -> {
          assertThat(effect.weight()).isEqualTo(Weight.NOTE);
          assertThat(effect.text()).contains("archives to another place");
        });
  }

  @Test
  void hibernation_and_fencing_stop_a_database() {
    var before = cluster("instances: 3");
    var hibernated = before.replace("{name", "{annotations: {cnpg.io/hibernation: \"on\"}, name");
    var fenced =
        before.replace("{name", "{annotations: {cnpg.io/fencedInstances: '[\"*\"]'}, name");

    assertThat(effects(before, hibernated))
        .extracting(Effect::weight)
        .containsExactly(Weight.DOWNTIME);
    assertThat(effects(before, fenced)).extracting(Effect::weight).containsExactly(Weight.DOWNTIME);
  }

  @Test
  void a_new_sidecar_image_restarts_the_clusters_that_use_the_plugin_and_no_others() {
    var plugin =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: p, namespace: cnpg-system, labels: {cnpg.io/pluginName: barman-cloud.cloudnative-pg.io}}
        spec: {selector: {app: p}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: p, namespace: cnpg-system}
        spec:
          template:
            metadata: {labels: {app: p}}
            spec: {containers: [{name: p, env: [{name: SIDECAR_IMAGE, value: "s:1"}]}]}
        ---
        """;
    var databases =
        cluster(PLUGIN) + "---\n" + cluster("instances: 1").replace("name: db", "name: other");

    var effects = effects(plugin + databases, (plugin + databases).replace("s:1", "s:2"));

    assertThat(effects).extracting(effect -> effect.object().name()).containsExactly("db");
    assertThat(effects(plugin + databases, databases))
        .singleElement()
        .extracting(Effect::text)
        .asString()
        .contains("which goes");
  }

  @Test
  void a_new_operator_restarts_all_clusters_unless_it_replaces_itself_in_place() {
    var release =
        """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: cnpg, namespace: cnpg-system}
        spec: {chart: {spec: {chart: cloudnative-pg, version: 0.26.0}}, values: {}}
        ---
        """;
    var inPlace =
        release.replace(
            "values: {}",
            "values: {config: {data: {ENABLE_INSTANCE_MANAGER_INPLACE_UPDATES: \"true\"}}}");
    var database = cluster("instances: 2");

    assertThat(effects(release + database, release.replace("0.26", "0.27") + database))
        .singleElement()
        .extracting(Effect::text)
        .asString()
        .contains("a new operator, chart cloudnative-pg 0.26.0 → 0.27.0");
    assertThat(effects(inPlace + database, inPlace.replace("0.26", "0.27") + database)).isEmpty();
  }
}
