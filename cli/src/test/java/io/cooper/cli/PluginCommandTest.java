package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginCommandTest {
  private static final String CRD =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: objectstores.barmancloud.cnpg.io}
      spec:
        group: barmancloud.cnpg.io
        scope: Namespaced
        names: {kind: ObjectStore, plural: objectstores}
        versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties:
                      retentionPolicy: {type: string, pattern: "%s"}
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: %smetrics-reader}
      rules: [{nonResourceURLs: [/metrics], verbs: [get]}]
      """;

  @TempDir private Path scratch;
  private Workspace workspace;

  @BeforeEach
  void aRepositoryWithAStore() {
    workspace =
        new Workspace(scratch.resolve("repository"))
            .write("plugin/manifest.yaml", CRD.formatted("^[0-9]+[dwm]$", ""))
            .write("plugin/kustomization.yaml", "resources: [manifest.yaml]\n")
            .write(
                "app/store.yaml",
                """
                apiVersion: barmancloud.cnpg.io/v1
                kind: ObjectStore
                metadata: {name: store, namespace: db}
                spec:
                  retentionPolicy: 4w
                """)
            .write(
                "app/kustomization.yaml",
                "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [store.yaml]\n")
            .commit();
  }

  private Run diff(String old, String fresh, String... more) {
    var arguments = new java.util.ArrayList<>(java.util.List.of("plugin", "diff", old, fresh));
    arguments.addAll(java.util.List.of("--repository", workspace.root().toString()));
    arguments.addAll(java.util.List.of(more));
    return Run.of(arguments.toArray(String[]::new));
  }

  @Test
  @Tag("S66")
  void what_was_committed_is_compared_with_what_is_there() {
    workspace.write("plugin/manifest.yaml", CRD.formatted("^[0-9]+[dwm]$", "barman-plugin-"));

    var run = diff("HEAD:plugin", workspace.root().resolve("plugin").toString());

    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(run.out())
        .contains("ClusterRole/barman-plugin-metrics-reader  was metrics-reader")
        .contains("kubectl delete clusterrole metrics-reader")
        .contains("1 object of kinds that the new set defines, 0 refused");
  }

  @Test
  @Tag("S68")
  void a_store_that_the_new_definition_refuses_fails_with_its_place() {
    workspace.write("new.yaml", CRD.formatted("^[0-9]+d$", ""));

    var run =
        diff(
            "HEAD:plugin/manifest.yaml",
            workspace.root().resolve("new.yaml").toString(),
            "--format",
            "json");

    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(1);
    var refused = run.json().mappings("refused").toList();
    assertThat(refused).hasSize(1);
    assertThat(refused.getFirst().text("file")).contains("app/store.yaml");
    assertThat(refused.getFirst().text("line")).contains("5");
    assertThat(refused.getFirst().flag("refusedBefore")).contains(false);
    assertThat(run.json().text("summary", "breaking")).contains("1");
  }

  @Test
  void the_report_fits_eighty_columns() throws IOException {
    var fixtures = Workspace.PROJECT.resolve("policies/src/test/resources/io/cooper/plugin");

    var run =
        diff(fixtures.resolve("old.yaml").toString(), fixtures.resolve("new.yaml").toString());

    assertThat(run.out().lines().skip(2))
        .filteredOn(
            line -> !line.strip().startsWith("kubectl") && !line.contains(fixtures.toString()))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void what_is_not_there_or_holds_nothing_is_one_clear_error() {
    var manifest = workspace.root().resolve("plugin/manifest.yaml").toString();
    workspace.write("empty.yaml", "# nothing\n").write("broken.yaml", "a: [\n");

    assertThat(diff("HEAD:plugin/nowhere.yaml", manifest))
        .satisfies(run -> {
          assertThat(run.status()).isEqualTo(2);
          assertThat(run.err()).contains("plugin/nowhere.yaml", "no such file or folder");
        });
    assertThat(diff("v9:plugin", manifest).err()).contains("v9");
    assertThat(diff(workspace.root().resolve("empty.yaml").toString(), manifest).err())
        .contains("no Kubernetes object");
    assertThat(diff(workspace.root().resolve("broken.yaml").toString(), manifest))
        .satisfies(run -> {
          assertThat(run.status()).isEqualTo(2);
          assertThat(run.err()).contains("broken.yaml:").doesNotContain("Exception");
        });
    assertThat(Run.of("plugin").status()).isEqualTo(2);
  }
}
