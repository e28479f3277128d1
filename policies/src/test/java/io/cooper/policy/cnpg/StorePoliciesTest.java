package io.cooper.policy.cnpg;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.YamlReader;
import io.cooper.policy.Repository;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.KnownReleases;
import io.cooper.schemas.Product;
import io.cooper.schemas.Release;
import io.cooper.schemas.ReleasesInUse;
import io.cooper.schemas.validate.ObjectValidator;
import io.cooper.schemas.validate.Outcome;
import io.cooper.schemas.validate.Violation;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
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

  @ParameterizedTest
  @MethodSource("pluginReleases")
  @Tag("S79")
  void the_sample_store_is_admitted_by_every_release_and_a_wrong_number_of_jobs_is_not(
      Release release) {
    var sample =
        """
        apiVersion: barmancloud.cnpg.io/v1
        kind: ObjectStore
        metadata: {name: homeassistant, namespace: home-automation}
        spec:
          configuration:
            destinationPath: s3://home-assistant-postgres-backup-home-ops/homeassistant-postgresql
            data:
              jobs: 2
              compression: gzip
            wal:
              maxParallel: 2
              compression: gzip
        """;

    assertThat(refusals(release, sample)).isEmpty();
    assertThat(refusals(release, sample.replace("jobs: 2", "jobs: 0")))
        .containsExactly(List.of("spec", "configuration", "data", "jobs"));
  }

  static Stream<Release> pluginReleases() {
    return KnownReleases.of(Product.BARMAN_PLUGIN).stream();
  }

  private static List<List<String>> refusals(Release release, String yaml) {
    var inUse = new ReleasesInUse.InUse(release, "the test", Optional.empty());
    var catalogue =
        BuiltInCatalogue.of(new ReleasesInUse(Map.of(Product.BARMAN_PLUGIN, List.of(inUse))));
    var store = YamlReader.ofSources().read("store.yaml", yaml).manifests().findFirst();
    var outcome = new ObjectValidator(catalogue, _ -> false).validate(store.orElseThrow());
    assertThat(outcome).isInstanceOf(Outcome.Judged.class);
    return ((Outcome.Judged) outcome).violations().stream().map(Violation::path).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          13d | 0 0 3 * * 0 | warning flux-system.yaml:6 ObjectStore/db/store keeps backups for 13d, but ScheduledBackup/db/app takes one of Cluster app only every 7d
          14d | 0 0 3 * * 0 | -
          30d | 0 0 3 * * * | -
          20d | 0 0 * * * * | -
          21d | 0 0 * * * * | notice flux-system.yaml:24 ScheduledBackup/db/app takes a base backup every 1h and ObjectStore/db/store keeps them for 21d: about 504 of them
          """)
  @Tag("S124")
  void a_window_below_two_intervals_is_a_finding_and_so_is_one_in_which_backups_pile_up(
      String retention, String schedule, String finding) {
    var tree =
        tree(
            "clusters/one",
            store("https://s3.example.org")
                    .replace(
                        "  configuration:",
                        "  retentionPolicy: %s\n  configuration:".formatted(retention))
                + """
                ---
                apiVersion: postgresql.cnpg.io/v1
                kind: ScheduledBackup
                metadata: {name: app, namespace: db}
                spec:
                  schedule: "%s"
                  cluster: {name: app}
                """
                    .formatted(schedule));

    var policy =
        new RetentionAndSchedule(InstantSource.fixed(Instant.parse("2026-03-02T12:00:00Z")));
    assertThat(
            Judged.by(policy, new Repository(tree.artifact(), List.of(tree))).stream()
                .map(Judged::line)
                .toList())
        .isEqualTo(Stream.ofNullable(finding).toList());
  }
}
