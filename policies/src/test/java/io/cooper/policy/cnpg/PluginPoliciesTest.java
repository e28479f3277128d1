package io.cooper.policy.cnpg;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.source.Artifact;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import io.cooper.schemas.Product;
import io.cooper.schemas.Release;
import io.cooper.schemas.ReleasesInUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginPoliciesTest {
  private static final String SERVICE =
      """
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: barman-cloud
        namespace: cnpg-system
        labels: {cnpg.io/pluginName: barman-cloud.cloudnative-pg.io}
        annotations:
          cnpg.io/pluginClientSecret: client
          cnpg.io/pluginServerSecret: server
          cnpg.io/pluginPort: "9090"
      """;

  private static ReleasesInUse plugin(String version) {
    return new ReleasesInUse(
        Map.of(
            Product.BARMAN_PLUGIN,
            List.of(
                new ReleasesInUse.InUse(
                    Release.of(Product.BARMAN_PLUGIN, version), "given", Optional.empty()))));
  }

  @ParameterizedTest
  @CsvSource({"2026-01-01T00:00:00Z, 0", "2031-01-01T00:00:00Z, 1"})
  @Tag("S58")
  void a_certificate_in_git_is_judged_by_its_end(Instant now, int findings) {
    var policy = new PluginCertificate(InstantSource.fixed(now));
    var yaml =
        SERVICE.replace("pluginClientSecret: client", "pluginClientSecret: server")
            + """
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: server, namespace: cnpg-system}
            type: kubernetes.io/tls
            stringData:
              tls.crt: |
            """
            + CERTIFICATE.indent(4);

    assertThat(Judged.by(policy, TestTree.entry(yaml)))
        .extracting(verdict -> verdict.finding().message())
        .hasSize(findings)
        .allSatisfy(message -> assertThat(message).contains("expired on 2030-01-01"));
  }

  @Test
  @Tag("S58")
  void an_encrypted_certificate_is_believed() {
    var yaml =
        SERVICE.replace("pluginClientSecret: client", "pluginClientSecret: server")
            + """
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: server, namespace: cnpg-system}
            data: {tls.crt: "ENC[AES256_GCM,data:abc,type:str]"}
            """;

    assertThat(Judged.by(new PluginCertificate(), TestTree.entry(yaml))).isEmpty();
  }

  @Test
  @Tag("S74")
  void an_older_plugin_needs_less() {
    var yaml =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: barman-cloud, namespace: cnpg-system}
        spec:
          template:
            spec:
              serviceAccountName: plugin
              containers:
                - {name: a, image: "ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.5.0"}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: plugin}
        rules:
          - {apiGroups: ["", barmancloud.cnpg.io, rbac.authorization.k8s.io], resources: ["*"], verbs: ["*"]}
          - {apiGroups: [postgresql.cnpg.io], resources: [backups], verbs: [get, list, watch]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: plugin}
        roleRef: {kind: ClusterRole, name: plugin}
        subjects: [{kind: ServiceAccount, name: plugin, namespace: cnpg-system}]
        """;

    assertThat(Judged.by(new PluginRbac(), plugin("0.5.0"), TestTree.entry(yaml))).isEmpty();
    assertThat(Judged.by(new PluginRbac(), plugin("0.6.0"), TestTree.entry(yaml)))
        .extracting(verdict -> verdict.finding().message())
        .containsExactly(
            "ClusterRole/plugin lets the plugin not update clusters/finalizers.postgresql.cnpg.io");
  }

  @Test
  @Tag("S69")
  void a_chart_names_one_version_everywhere(@TempDir Path folder) throws IOException {
    var chart = "kubernetes/apps/cloudnative-pg/";
    var files =
        Map.of(
            chart + "Chart.yaml",
            "name: cloudnative-pg\n",
            chart + "values.yaml",
            "barmanCloudPlugin:\n  version: \"v0.11.0\"\n",
            chart + "templates/plugin.yaml",
            "image: ghcr.io/cloudnative-pg/plugin-barman-cloud:{{ .Values.barmanCloudPlugin.version }}\n"
                + "value: ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.10.0\n",
            chart + "files/plugin-barman-cloud-v0.10.0.yaml",
            "image: ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.11.0\n",
            "other/values.yaml",
            "barmanCloudPlugin:\n  version: v0.1.0\n");
    for (var file : files.entrySet()) {
      Files.createDirectories(folder.resolve(file.getKey()).getParent());
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }

    var findings =
        Judged.by(new PluginVersions(), new Artifact(folder, new ArrayList<>(files.keySet())));

    assertThat(findings)
        .extracting(Judged::line)
        .containsExactly(
            "warning %sfiles/plugin-barman-cloud-v0.10.0.yaml:1 the name of the file says v0.10.0, but barmanCloudPlugin.version in %svalues.yaml says v0.11.0"
                .formatted(chart, chart),
            "warning %stemplates/plugin.yaml:2 image plugin-barman-cloud-sidecar:v0.10.0 says v0.10.0, but barmanCloudPlugin.version in %svalues.yaml says v0.11.0"
                .formatted(chart, chart));
  }

  @Test
  @Tag("X20")
  @Tag("S97")
  void no_health_check_waits_for_a_condition_that_a_store_does_not_have() {
    var check =
        new String[] {
          "wait: true",
          "healthCheckExprs:",
          "  - apiVersion: barmancloud.cnpg.io/v1",
          "    kind: ObjectStore",
          "    current: status.conditions.exists(e, e.type == 'Ready')",
          "  - apiVersion: postgresql.cnpg.io/v1",
          "    kind: Cluster",
          "    current: status.conditions.exists(e, e.type == 'Ready')"
        };
    var release =
        TestTree.object("helm.toolkit.fluxcd.io/v2", "HelmRelease", "cnpg-system", "plugin")
            + """
            spec: {chart: {spec: {chart: plugin-barman-cloud}}}
            """;

    assertThat(
            Judged.by(
                new StoreStatus(), TestTree.entry(TestTree.kustomization("apps", check) + release)))
        .extracting(Judged::line)
        .containsExactly(
            "error flux-system.yaml:16 Kustomization flux-system/apps waits for a condition of an ObjectStore, which has none");
    assertThat(Judged.by(new StoreStatus(), TestTree.entry(TestTree.kustomization("apps", check))))
        .as("the plugin of a cluster that this repository does not install may write conditions")
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          config: {clusterWide: false}                                | cnpg-system
          config: {clusterWide: false, data: {WATCH_NAMESPACE: "a,b"}} | a, b
          additionalEnv: [{name: WATCH_NAMESPACE, value: c}]          | c
          """)
  @Tag("S55")
  void the_values_of_the_chart_decide_what_is_watched(String values, String watched) {
    assertThat(Judged.by(new WatchedNamespace(), operator("values: {%s}".formatted(values))))
        .extracting(verdict -> verdict.finding().message())
        .singleElement()
        .asString()
        .contains("what the operator watches: " + watched);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          values: {}
          values: {config: {clusterWide: true}}
          values: {config: {clusterWide: false, data: {WATCH_NAMESPACE: "a,db"}}}
          values: {config: {data: {WATCH_NAMESPACE: " , "}}}
          valuesFrom: [{kind: ConfigMap, name: more}]
          """)
  @Tag("S55")
  void an_operator_that_watches_everything_or_something_unknown_is_no_finding(String spec) {
    assertThat(Judged.by(new WatchedNamespace(), operator(spec))).isEmpty();
  }

  private static TestTree operator(String spec) {
    return TestTree.entry(
        """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: cloudnative-pg, namespace: cnpg-system}
        spec:
          chart: {spec: {chart: cloudnative-pg}}
          %s
        ---
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: app, namespace: db}
        """
            .formatted(spec));
  }

  @Test
  @Tag("S130")
  void a_replica_that_can_stream_from_its_source_is_warned_alone() {
    var yaml =
        """
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: dc-b, namespace: db}
        spec:
          bootstrap: {pg_basebackup: {source: dc-a}}
          plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true}]
          replica: {primary: dc-a, source: dc-a}
          externalClusters:
            - name: dc-a
              plugin: {name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: a}}
        """;

    assertThat(Judged.by(new RestoreServerName(), TestTree.entry(yaml)))
        .extracting(Verdict::severity)
        .containsExactly(Severity.ERROR);
    assertThat(
            Judged.by(
                new RestoreServerName(),
                TestTree.entry(yaml + "      connectionParameters: {host: a}\n")))
        .extracting(Verdict::severity)
        .containsExactly(Severity.WARNING);
  }

  /// Self-signed, valid to 2030-01-01, of no use to anybody.
  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBFjCBvAIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxiYXJtYW4tY2xvdWQw
      HhcNMjUwMTAxMDAwMDAwWhcNMzAwMTAxMDAwMDAwWjAXMRUwEwYDVQQDDAxiYXJt
      YW4tY2xvdWQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARjuL4ZTZ28xn0BiFI/
      +rEcZMaAw5oeN92q3mT30Uf27j8Lc5UJVCeTaXS4CzSG2qXQMdH8/yQCxRoop1KW
      ulOCMAoGCCqGSM49BAMCA0kAMEYCIQDTDhGlLT+WJ2hGoxPP3mrRzCgAAHwbDIHk
      KcBUFuQH4QIhAL3le/sN7GVCWJqq78Gv46aX2d+ih8Z0P9p9WDtLihRk
      -----END CERTIFICATE-----
      """;
}
