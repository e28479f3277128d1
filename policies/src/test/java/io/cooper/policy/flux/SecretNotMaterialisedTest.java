package io.cooper.policy.flux;

import static io.cooper.flux.TestTree.kustomization;
import static io.cooper.flux.TestTree.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S91")
class SecretNotMaterialisedTest {
  private static final String EXTERNAL =
      object("external-secrets.io/v1", "ExternalSecret", "db", "s3")
          + """
          spec:
            target: {name: s3-keys}
          """;

  private static final String STORE =
      object("barmancloud.cnpg.io/v1", "ObjectStore", "db", "backups")
          + """
          spec:
            configuration:
              s3Credentials:
                accessKeyId: {name: s3-keys, key: id}
                secretAccessKey: {name: s3-keys, key: secret}
          """;

  private static TestTree tree(String[] secrets, String... database) {
    return TestTree.entry(kustomization("secrets", secrets) + kustomization("database", database))
        .with("secrets", EXTERNAL)
        .with("database", STORE);
  }

  private static List<String> found(TestTree tree) {
    return Judged.by(new SecretNotMaterialised(), tree).stream().map(Judged::line).toList();
  }

  private static final String AFTER = "dependsOn: [{name: secrets}]";

  @Test
  void a_dependency_that_does_not_look_at_the_external_secret_is_found() {
    assertThat(found(tree(new String[] {}, AFTER)))
        .containsExactly(
            "warning flux-system.yaml:7 flux-system/secrets is Ready as soon as"
                + " ExternalSecret/db/s3 is applied, and ObjectStore/db/backups needs the Secret"
                + " s3-keys that it makes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wait: true",
        "healthChecks: [{apiVersion: external-secrets.io/v1, kind: ExternalSecret, name: s3,"
            + " namespace: db}]",
        "healthChecks: [{apiVersion: v1, kind: Secret, name: s3-keys, namespace: db}]"
      })
  void a_gate_that_waits_for_the_secret_is_enough(String gate) {
    assertThat(found(tree(new String[] {gate}, AFTER))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "healthChecks: [{apiVersion: external-secrets.io/v1, kind: ExternalSecret, name: other,"
            + " namespace: db}]",
        "healthChecks: [{apiVersion: external-secrets.io/v1, kind: SecretStore, name: s3,"
            + " namespace: db}]",
        "healthChecks: [{apiVersion: v1, kind: Secret, name: s3-keys, namespace: elsewhere}]",
        "wait: false"
      })
  void a_gate_that_waits_for_something_else_is_none(String gate) {
    assertThat(found(tree(new String[] {gate}, AFTER))).hasSize(1);
  }

  @Test
  void expressions_that_never_run_are_found_once() {
    var tree =
        tree(
            new String[] {
              "healthCheckExprs:",
              "  - {apiVersion: external-secrets.io/v1, kind: ExternalSecret, current: 'true'}"
            },
            AFTER);

    assertThat(
            List.of(
                    new SecretNotMaterialised(),
                    new DependencyUnhealthy(),
                    new HealthCheckMissing())
                .stream()
                .flatMap(policy -> Judged.by(policy, tree).stream()))
        .hasSize(1);
  }

  @Test
  void a_workload_beside_it_that_nobody_checks_is_one_finding() {
    var tree =
        tree(new String[] {}, AFTER)
            .with("secrets", EXTERNAL + object("apps/v1", "Deployment", "db", "proxy"));

    assertThat(found(tree)).isEmpty();
    assertThat(Judged.by(new DependencyUnhealthy(), tree)).hasSize(1);
  }

  @Test
  void a_dependency_with_its_own_judgement_is_believed() {
    assertThat(
            found(
                tree(
                    new String[] {},
                    "dependsOn: [{name: secrets, readyExpr: 'dep.status.ready'}]")))
        .isEmpty();
  }

  @Test
  void a_store_that_waits_for_nobody_is_a_notice() {
    assertThat(found(tree(new String[] {"wait: true"})))
        .singleElement()
        .asString()
        .startsWith("notice flux-system.yaml:19 ObjectStore/db/backups needs the Secret s3-keys,")
        .contains("flux-system/database does not wait for secrets");
  }

  @Test
  void what_stands_in_one_kustomization_matters_to_those_that_wait_for_it() {
    var both = kustomization("database") + kustomization("app", "dependsOn: [{name: database}]");

    assertThat(found(TestTree.entry(both).with("database", EXTERNAL + STORE))).hasSize(1);
    assertThat(found(TestTree.entry(kustomization("database")).with("database", EXTERNAL + STORE)))
        .isEmpty();
    assertThat(
            found(
                TestTree.entry(
                        both.replaceFirst("  prune: true\n", "  prune: true\n  wait: true\n"))
                    .with("database", EXTERNAL + STORE)))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bootstrap: {initdb: {secret: {name: s3-keys}}}",
        "superuserSecret: {name: s3-keys}",
        "certificates: {serverTLSSecret: s3-keys}",
        "managed: {roles: [{name: app, passwordSecret: {name: s3-keys}}]}",
        "externalClusters: [{name: old, password: {name: s3-keys, key: password}}]"
      })
  void a_cluster_refers_to_secrets_in_many_ways(String spec) {
    var cluster =
        object("postgresql.cnpg.io/v1", "Cluster", "db", "pg") + "spec:\n  " + spec + "\n";

    assertThat(found(tree(new String[] {}, AFTER).with("database", cluster))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plugins: [{name: s3-keys, enabled: true}]",
        "externalClusters: [{name: s3-keys, connectionParameters: {host: a}}]",
        "bootstrap: {initdb: {database: s3-keys}}"
      })
  void a_name_that_happens_to_be_the_same_is_no_reference(String spec) {
    var cluster =
        object("postgresql.cnpg.io/v1", "Cluster", "db", "pg") + "spec:\n  " + spec + "\n";

    assertThat(found(tree(new String[] {}, AFTER).with("database", cluster))).isEmpty();
  }

  @Test
  void an_external_secret_of_another_namespace_is_not_meant() {
    assertThat(
            found(
                tree(new String[] {}, AFTER)
                    .with("secrets", EXTERNAL.replace("namespace: db", "namespace: other"))))
        .isEmpty();
  }
}
