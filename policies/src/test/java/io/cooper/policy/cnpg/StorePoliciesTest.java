package io.cooper.policy.cnpg;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.flux.render.RenderedTree;
import io.cooper.policy.Repository;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StorePoliciesTest {
  private static String store(String endpoint) {
    return """
    ---
    apiVersion: barmancloud.cnpg.io/v1
    kind: ObjectStore
    metadata: {name: store, namespace: db}
    spec:
      configuration:
        destinationPath: s3://backups
        endpointURL: %s
    ---
    apiVersion: postgresql.cnpg.io/v1
    kind: Cluster
    metadata: {name: app, namespace: db}
    spec:
      plugins:
        - name: barman-cloud.cloudnative-pg.io
          isWALArchiver: true
          parameters: {barmanObjectName: store}
    """
        .formatted(endpoint);
  }

  @Test
  @Tag("S87")
  void one_folder_for_two_clusters_of_kubernetes_is_a_warning() {
    var findings = inTwo("https://s3.example.org", "https://S3.example.org/");

    assertThat(findings).extracting(Verdict::severity).containsExactly(Severity.WARNING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://minio:9000",
        "http://minio.storage.svc:9000",
        "http://minio.storage.svc.cluster.local"
      })
  @Tag("S87")
  void a_store_inside_of_each_cluster_of_kubernetes_is_another_one(String endpoint) {
    assertThat(inTwo(endpoint, endpoint)).isEmpty();
  }

  private static List<Verdict> inTwo(String one, String other) {
    var trees = List.of(tree("clusters/one", store(one)), tree("clusters/other", store(other)));
    return Judged.by(new StoreSharedPrefix(), new Repository(trees.getFirst().artifact(), trees));
  }

  private static RenderedTree tree(String entry, String yaml) {
    var tree = TestTree.entry(yaml).tree();
    return new RenderedTree(entry, tree.artifact(), tree.kustomizations());
  }

  @Test
  @Tag("S90")
  @Tag("S92")
  void values_of_secrets_are_never_told() {
    var findings =
        Judged.by(
            new StoreSecretKey(),
            TestTree.entry(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: s3, namespace: db}
                stringData: {AWS_ACCESS_KEY_ID: canary-value}
                ---
                apiVersion: barmancloud.cnpg.io/v1
                kind: ObjectStore
                metadata: {name: store, namespace: db}
                spec:
                  configuration:
                    s3Credentials:
                      accessKeyId: {name: s3, key: ACCESS_KEY_ID}
                """));

    assertThat(findings).hasSize(1);
    assertThat(findings.toString()).contains("AWS_ACCESS_KEY_ID").doesNotContain("canary");
  }

  @Test
  @Tag("S90")
  void a_secret_of_another_namespace_is_none() {
    assertThat(
            Judged.by(
                new StoreSecretKey(),
                TestTree.entry(
                    """
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: s3, namespace: elsewhere}
                    stringData: {ID: a}
                    ---
                    apiVersion: barmancloud.cnpg.io/v1
                    kind: ObjectStore
                    metadata: {name: store, namespace: db}
                    spec:
                      configuration:
                        s3Credentials:
                          accessKeyId: {name: s3, key: OTHER}
                    """)))
        .isEmpty();
  }

  @Test
  void one_text_that_serves_many_is_one_finding() {
    var stores = new StringBuilder();
    for (var name : List.of("a", "b", "c", "d", "e", "f", "g")) {
      stores.append(
          """
          ---
          apiVersion: barmancloud.cnpg.io/v1
          kind: ObjectStore
          metadata: {name: %s, namespace: db}
          """
              .formatted(name));
    }
    var tree = TestTree.entry(stores.toString());

    assertThat(Judged.by(new PluginResources(), tree)).hasSize(7);
    assertThat(
            OneText.of(
                    Judged.by(new PluginResources(), tree).stream()
                        .map(Verdict::finding)
                        .map(finding ->
                            new io.cooper.policy.Finding(
                                io.cooper.manifest.Place.startOf("component.yaml"),
                                finding.message(),
                                finding.remedy(),
                                finding.severity(),
                                finding.object(),
                                finding.kustomization(),
                                finding.repair())))
                .map(io.cooper.policy.Finding::message))
        .containsExactly(
            "ObjectStore/db/a sets no memory limit for the sidecars in database Pods; the same text"
                + " serves ObjectStore/db/b, ObjectStore/db/c, ObjectStore/db/d, ObjectStore/db/e and"
                + " 2 more");
  }

  @ParameterizedTest
  @CsvSource({
    "128Mi, 134217728",
    "134217728, 134217728",
    "0.5Gi, 536870912",
    "128M, 128000000",
    "1e9, 1000000000",
    "1500m, 1",
    "2k, 2000",
    "1Ei, 1152921504606846976"
  })
  void amounts_are_read_as_kubernetes_does(String text, long bytes) {
    assertThat(Quantity.bytes(text)).contains(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Mi", "12 Mi", "1.2.3", "-5", "128MiB", "${LIMIT}"})
  void what_is_no_amount_is_none(String text) {
    assertThat(Quantity.bytes(text)).isEmpty();
  }

  @Test
  @Tag("S54")
  void where_something_could_not_be_rendered_the_wrong_namespace_is_a_warning() {
    var tree =
        TestTree.entry(
            TestTree.kustomization("broken")
                + """
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: operator, namespace: cnpg-system}
                spec:
                  template:
                    spec:
                      containers:
                        - {name: manager, image: "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0"}
                ---
                apiVersion: v1
                kind: Service
                metadata:
                  name: barman-cloud
                  namespace: databases
                  labels: {cnpg.io/pluginName: barman-cloud.cloudnative-pg.io}
                """);

    assertThat(Judged.by(new PluginNamespace(), tree))
        .extracting(Verdict::severity)
        .containsExactly(Severity.ERROR);
    assertThat(Judged.by(new PluginNamespace(), tree.state("broken", State.FAILED)))
        .extracting(Verdict::severity)
        .containsExactly(Severity.WARNING);
  }
}
