package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The move to the plugin, on a copy of this project's own example whose second database still uses
/// the built-in store.
class MigrateCommandTest {
  private static final String CLUSTER = "apps/grafana/cluster.yaml";
  private static final String STORE = "apps/grafana/objectstore.yaml";
  private static final String SCHEDULE = "apps/grafana/schedule.yaml";
  private static final String LISTING = "apps/grafana/kustomization.yaml";

  private static final String BUILT_IN =
      """
        # Every night, off site.
        backup:
          target: prefer-standby
          barmanObjectStore:
            # The bucket of the family.
            destinationPath: s3://grafana-postgres-backup-home-ops/grafana-postgresql
            serverName: grafana
            s3Credentials:
              inheritFromIAMRole: true
            wal:
              compression: gzip # a third

              maxParallel: 2
          retentionPolicy: "14d"
      """
          .indent(2)
          .replaceAll("(?m)^ {4}", "  ");

  @TempDir private Path scratch;
  private Workspace example;

  @BeforeEach
  void copyTheExample() throws IOException {
    example = new Workspace(scratch.resolve("example"));
    for (var tree : List.of("clusters", "infrastructure", "apps")) {
      example.copy(Workspace.PROJECT.resolve(tree), tree + "/");
    }
    example.write(".sops.yaml", Files.readAllBytes(Workspace.PROJECT.resolve(".sops.yaml")));
    var cluster = text(CLUSTER);
    example.write(
        CLUSTER,
        cluster.substring(0, cluster.indexOf("  plugins:"))
            + BUILT_IN
            + cluster.substring(cluster.indexOf("\n", cluster.indexOf("barmanObjectName:")) + 1));
    var schedule = text(SCHEDULE);
    example.write(SCHEDULE, schedule.substring(0, schedule.indexOf("  method:")));
    example.write(LISTING, text(LISTING).replace("  - objectstore.yaml\n", ""));
    Files.delete(example.root().resolve(STORE));
    example.commit();
  }

  private String text(String path) throws IOException {
    return Files.readString(example.root().resolve(path));
  }

  private Run migrate(String command, String... more) {
    var arguments = new ArrayList<>(List.of("migrate", command, example.root().toString()));
    arguments.addAll(List.of(more));
    return Run.of(arguments.toArray(String[]::new));
  }

  private Manifest object(String path) throws IOException {
    return YamlReader.ofSources().read(path, text(path)).manifests().findFirst().orElseThrow();
  }

  @Test
  @Tag("S100")
  @Tag("S145")
  void a_repository_is_moved_at_once_and_is_clean_afterwards() throws IOException {
    var run = migrate("write");

    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(text(STORE))
        .isEqualTo(
            """
            # Not pruned, like its Cluster, which could not archive without it.
            apiVersion: barmancloud.cnpg.io/v1
            kind: ObjectStore
            metadata:
              name: grafana-postgresql
              namespace: grafana
              annotations:
                kustomize.toolkit.fluxcd.io/prune: disabled
            spec:
              configuration:
                # The bucket of the family.
                destinationPath: s3://grafana-postgres-backup-home-ops/grafana-postgresql
                s3Credentials:
                  inheritFromIAMRole: true
                wal:
                  compression: gzip # a third

                  maxParallel: 2
              retentionPolicy: "14d"
            """);
    assertThat(text(CLUSTER))
        .endsWith(
            """
              # Every night, off site.
              backup:
                target: prefer-standby
              plugins:
                - name: barman-cloud.cloudnative-pg.io
                  isWALArchiver: true
                  parameters:
                    barmanObjectName: grafana-postgresql
                    serverName: grafana
            """);
    assertThat(text(LISTING)).endsWith("  - objectstore.yaml\n");
    assertThat(text(SCHEDULE))
        .endsWith(
            "  method: plugin\n  pluginConfiguration:\n    name: barman-cloud.cloudnative-pg.io\n");
    example.git("add", "--all");
    var check = Run.of("check", example.root().toString(), "--fail-on", "warning");
    assertThat(check.status()).as(check.out()).isZero();
    assertThat(migrate("validate").out()).contains("nothing of the built-in store left, 0 errors");
    assertThat(migrate("write").out()).contains("No Cluster uses the built-in store");
  }

  @Test
  @Tag("S145")
  void what_is_left_of_the_built_in_store_is_named() throws IOException {
    assertThat(migrate("validate"))
        .satisfies(run -> {
          assertThat(run.status()).isEqualTo(1);
          assertThat(run.out()).containsPattern("left +" + CLUSTER + ":\\d+").contains("2 pieces");
        });
    migrate("write");
    assertThat(migrate("validate"))
        .as("the new file is not in Git yet")
        .satisfies(run -> {
          assertThat(run.status()).isEqualTo(1);
          assertThat(run.out()).contains(STORE);
        });
    example.git("add", "--all");
    example.write(SCHEDULE, text(SCHEDULE).replace("method: plugin", "method: barmanObjectStore"));

    var run = migrate("validate");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains(SCHEDULE, "1 piece of");
  }

  @Test
  void the_difference_is_one_that_git_applies_and_nothing_is_written() throws IOException {
    var before = text(CLUSTER);

    var dry = migrate("write", "--dry-run");

    assertThat(dry.status()).isZero();
    assertThat(text(CLUSTER)).isEqualTo(before);
    assertThat(example.root().resolve(STORE)).doesNotExist();
    example.write("../change.patch", dry.out());
    example.git("apply", "../change.patch");
    var applied = Map.of(CLUSTER, text(CLUSTER), STORE, text(STORE), LISTING, text(LISTING));
    example.git("checkout", "--", ".");
    Files.delete(example.root().resolve(STORE));
    migrate("write");
    for (var file : applied.entrySet()) {
      assertThat(text(file.getKey())).isEqualTo(file.getValue());
    }
  }

  @Test
  @Tag("S141")
  void a_snapshot_is_tracked_applicable_and_not_applied() throws IOException {
    example.write(".gitignore", "*backup*.yaml\npre-*.yaml\n");

    var run = migrate("snapshot");

    assertThat(run.status()).as(run.err()).isZero();
    var file = "migration/grafana-grafana-postgresql.yaml";
    example.git("add", "migration");
    assertThat(example.git("ls-files", "migration")).isEqualTo(file + "\n");
    var saved = object(file);
    assertThat(saved.find("spec").map(Value::plain))
        .isEqualTo(object(CLUSTER).find("spec").map(Value::plain));
    assertThat(saved.find("status")).isEmpty();
    assertThat(saved.find("metadata", "labels")).isEmpty();
    assertThat(saved.root().mapping("metadata").orElseThrow().keys())
        .containsExactlyInAnyOrder("name", "namespace", "annotations");
    assertThat(Run.of("validate", example.root().resolve(file).toString()).status()).isZero();
    var rendered = Run.of("render", example.root().toString(), "--all").out();
    assertThat(rendered.split("destinationPath: s3://grafana", -1)).as("rendered once").hasSize(2);
  }

  @Test
  @Tag("S141")
  void a_snapshot_that_git_would_hide_or_flux_would_apply_is_refused() throws IOException {
    example.write(".gitignore", "migration/\n");
    assertThat(migrate("snapshot"))
        .satisfies(run -> {
          assertThat(run.status()).isEqualTo(2);
          assertThat(run.err()).contains("hidden by", ".gitignore:1", "--output");
        });
    Files.delete(example.root().resolve(LISTING));
    assertThat(migrate("snapshot", "--output", "apps/grafana/old").err())
        .contains("would be applied");
    assertThat(migrate("snapshot", "--output", "../elsewhere").status()).isEqualTo(2);
    assertThat(example.root().resolve("../elsewhere")).doesNotExist();
  }

  @Test
  @Tag("S149")
  void a_plan_goes_through_the_five_things_to_look_at_before() {
    var first = migrate("plan");
    assertThat(first.status()).isEqualTo(1);
    assertThat(first.out())
        .containsPattern("OK +ignore rules")
        .containsPattern("OK +manifests")
        .containsPattern("OK +definition")
        .containsPattern("LOOK +object store")
        .containsPattern("FAIL +saved")
        .contains(
            "spec.backup.retentionPolicy\n    → ObjectStore/grafana-postgresql spec.retentionPolicy");
    migrate("snapshot");
    example.git("add", "--all");

    var second = migrate("plan");

    assertThat(second.status()).as(second.out()).isZero();
    example.write(".gitignore", "*backup*.yaml\n");
    var third = migrate("plan");
    assertThat(third.status()).isEqualTo(1);
    assertThat(third.out()).containsPattern("FAIL +ignore rules");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          instances: 2 | instances: 1 | one-instance | 1
          instances: 2 | instances: 2\\n  plugins:\\n    - {name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: x}} | two-archivers | 1
          instances: 2 | instances: 2\\n  plugins:\\n    - {name: barman-cloud.cloudnative-pg.io, enabled: false} | plugin-entry | 1
          serverName: grafana | '"serverName": grafana' | - | 0
          inheritFromIAMRole: true | &c\\n        inheritFromIAMRole: true | - | 0
          """)
  void what_is_not_safe_is_refused_with_its_reason(
      String before, String after, String obstacle, int status) throws IOException {
    var text = text(CLUSTER).replace(before, after.replace("\\n", "\n"));
    example.write(CLUSTER, text);

    var run = migrate("write");

    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(status);
    if (status != 0) {
      assertThat(run.out()).contains("refused " + CLUSTER).contains(obstacle + ":");
      assertThat(text(CLUSTER)).isEqualTo(text);
      assertThat(example.root().resolve(STORE)).doesNotExist();
    }
  }

  @Test
  void one_instance_says_what_it_costs_and_can_be_accepted() throws IOException {
    example.write(CLUSTER, text(CLUSTER).replace("instances: 2", "instances: 1"));

    assertThat(migrate("write").out()).contains("restarts it", "--accept one-instance");
    assertThat(migrate("write", "--accept", "two-archivers").err())
        .contains("nothing that can be accepted", "one-instance");
    assertThat(migrate("write", "--accept", "one-instance").status()).isZero();
    assertThat(example.root().resolve(STORE)).exists();
  }

  @Test
  void a_patch_that_decides_about_the_store_is_not_overruled() throws IOException {
    example.write(
        LISTING,
        text(LISTING)
            + """
            patches:
              - patch: |-
                  apiVersion: postgresql.cnpg.io/v1
                  kind: Cluster
                  metadata: {name: grafana-postgresql, namespace: grafana}
                  spec: {backup: {retentionPolicy: 60d}}
            """);

    var run = migrate("write");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("not-as-written", "spec.backup");
    assertThat(example.root().resolve(STORE)).doesNotExist();
  }

  @Test
  void the_new_file_has_a_name_that_no_rule_hides() throws IOException {
    example.write(".gitignore", "*objectstore*.yaml\n");
    assertThat(migrate("write", "--dry-run").out())
        .contains("+++ b/apps/grafana/grafana-postgresql-store.yaml");
    example.write(".gitignore", "*store*.yaml\n");

    var run = migrate("write");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("hidden-file", "cooper explain apps/grafana/");
  }

  @Test
  void a_store_that_the_plugin_in_use_does_not_know_is_refused() throws IOException {
    example.write(
        CLUSTER,
        text(CLUSTER).replace("      wal:\n", "      data: {compression: zip}\n      wal:\n"));

    var run = migrate("write");

    assertThat(run.status()).as(run.out()).isEqualTo(1);
    assertThat(run.out()).contains("store-refused", "spec.configuration.data.compression");
    assertThat(example.root().resolve(STORE)).doesNotExist();
  }

  @Test
  @Tag("S100")
  void a_cluster_that_reads_another_ones_archive_shares_its_store_and_names_the_server()
      throws IOException {
    example.write(
        CLUSTER,
        text(CLUSTER)
            + """
              externalClusters:
                - name: origin
                  # Before the move to this house.
                  barmanObjectStore:
                    destinationPath: s3://grafana-postgres-backup-home-ops/grafana-postgresql
                    s3Credentials: {inheritFromIAMRole: true}
                    wal: {compression: gzip, maxParallel: 2}
                - name: elsewhere
                  connectionParameters: {host: db.example.org}
                  barmanObjectStore: {destinationPath: "s3://other", serverName: old, s3Credentials: {inheritFromIAMRole: true}}
            """);

    var run = migrate("write", "--store-name", "house");

    assertThat(run.status()).as(run.out() + run.err()).isZero();
    var externals = object(CLUSTER).root().mappings("spec", "externalClusters").toList();
    assertThat(externals.getFirst().plain())
        .isEqualTo(
            Map.of(
                "name",
                "origin",
                "plugin",
                Map.of(
                    "name",
                    "barman-cloud.cloudnative-pg.io",
                    "parameters",
                    Map.of("barmanObjectName", "house", "serverName", "origin"))));
    assertThat(externals.get(1).text("plugin", "parameters", "barmanObjectName"))
        .contains("elsewhere");
    assertThat(externals.get(1).text("plugin", "parameters", "serverName")).contains("old");
    assertThat(externals.get(1).mapping("connectionParameters")).isPresent();
    var other = object("apps/grafana/elsewhere-objectstore.yaml");
    assertThat(other.text("spec", "configuration", "destinationPath")).contains("s3://other");
    assertThat(other.find("spec", "configuration", "serverName")).isEmpty();
    assertThat(text(LISTING)).contains("- objectstore.yaml", "- elsewhere-objectstore.yaml");
    example.git("add", "--all");
    assertThat(migrate("validate").status()).isZero();
  }

  @Test
  void a_variable_stays_a_variable() throws IOException {
    example.write(
        CLUSTER,
        text(CLUSTER).replace("s3://grafana-postgres-backup-home-ops", "s3://${BUCKET:=house}"));

    var run = migrate("write");

    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(text(STORE)).contains("destinationPath: s3://${BUCKET:=house}/grafana-postgresql");
  }

  @Test
  @Tag("S141")
  void two_entries_that_make_a_cluster_otherwise_do_not_share_a_snapshot() throws IOException {
    for (var each : List.of("one", "two")) {
      example
          .write("stages/%s/kustomization.yaml".formatted(each), "resources: [cluster.yaml]\n")
          .write(
              "stages/%s/cluster.yaml".formatted(each), text(CLUSTER) + "  # %s\n".formatted(each));
    }
    example.write("stages/two/cluster.yaml", text("stages/two/cluster.yaml").replace("14d", "30d"));
    example.git("add", "--all");

    var both = migrate("snapshot", "--entry", "stages/one", "--entry", "stages/two");

    assertThat(both.status()).isEqualTo(2);
    assertThat(both.err()).contains("two entries", "--entry");
    assertThat(example.root().resolve("migration")).doesNotExist();
    assertThat(migrate("snapshot", "--entry", "stages/two", "--output", "saved/two").status())
        .isZero();
    assertThat(text("saved/two/grafana-grafana-postgresql.yaml")).contains("retentionPolicy: 30d");
  }

  @Test
  void wrong_use_is_one_clear_error() {
    assertThat(Run.of("migrate").status()).isEqualTo(2);
    assertThat(migrate("write", "--cluster", "grafana/grafana").err())
        .contains("did you mean grafana/grafana-postgresql?");
    assertThat(migrate("write", "--store-name", "Not A Name").status()).isEqualTo(2);
    assertThat(migrate("write", "--rev", "HEAD").err()).contains("no working tree");
  }

  @Test
  void a_repository_without_the_plugin_is_refused_unless_it_is_known_to_be_elsewhere()
      throws IOException {
    var core = "clusters/example/infrastructure/core.yaml";
    example.write(
        core,
        text(core)
            .replace(
                "path: ./infrastructure/cnpg-barman-plugin",
                "path: ./infrastructure/cnpg-operator"));

    assertThat(migrate("write", "--dry-run").err()).contains("no-plugin");
    assertThat(migrate("write", "--dry-run", "--accept", "no-plugin").status()).isZero();
  }
}
