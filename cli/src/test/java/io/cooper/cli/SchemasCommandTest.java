package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemasCommandTest {
  @TempDir private Path repository;

  @Test
  @Tag("S30")
  void the_list_names_kind_group_versions_and_the_release_it_came_from() {
    var run = Run.of("schemas", "list");
    assertThat(run.status()).isZero();
    assertThat(run.out().lines())
        .anyMatch(line -> line.matches("Cluster +postgresql.cnpg.io +v1 +CloudNativePG 1\\.30\\.0"))
        .anyMatch(
            line -> line.matches("HorizontalPodAutoscaler +autoscaling +v1, v2 +Kubernetes .*"))
        .anyMatch(line -> line.matches("Endpoints +- +v1 \\(deprecated\\) +Kubernetes .*"));
  }

  @Test
  @Tag("S30")
  void the_list_as_json_names_the_modules_too() {
    var json = Run.of("schemas", "list", "--release", "cnpg=1.28", "--format", "json").json();
    assertThat(
            json.mappings("releases").filter(row -> row.text("product").orElse("").equals("cnpg")))
        .singleElement()
        .satisfies(row -> {
          assertThat(row.text("release").orElse("")).startsWith("1.28.");
          assertThat(row.items("from").flatMap(item -> item.text().stream()))
              .allMatch(
                  module -> module.startsWith("github.com/cloudnative-pg/cloudnative-pg@v1.28."));
        });
    assertThat(json.mappings("kinds").flatMap(row -> row.text("kind").stream()))
        .contains("ScheduledBackup", "Kustomization")
        .doesNotContain("DatabaseRole");
  }

  @Test
  @Tag("S68")
  void the_fields_of_a_kind_are_shown_as_a_release_knows_them() {
    var newest = Run.of("schemas", "show", "ObjectStore");
    assertThat(newest.out())
        .startsWith("barmancloud.cnpg.io/v1 ObjectStore of the Barman Cloud plugin 0.15.0")
        .contains("destinationPath  string  required", "logLevel  string  default \"info\"  enum");
    var older = Run.of("schemas", "show", "ObjectStore", "--release", "plugin=0.6.0");
    assertThat(older.out()).contains("destinationPath").doesNotContain("logLevel");
  }

  @Test
  void a_schema_as_json_stands_alone() {
    var run = Run.of("schemas", "show", "v1/ConfigMap", "--format", "json");
    var meta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    assertThat(run.json().find("properties", "data", "additionalProperties", "type")).isPresent();
    assertThat(run.json().find("$defs", meta, "properties", "labels")).isPresent();
    assertThat(run.out()).contains("\"#/$defs/" + meta + "\"");
  }

  @Test
  void a_misspelt_kind_is_answered_with_the_nearest() {
    var run = Run.of("schemas", "show", "Clustr");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("did you mean Cluster?");
    assertThat(Run.of("schemas", "show", "apps/v1/Deploymnet").err())
        .contains("did you mean apps/v1/Deployment?");
  }

  @Test
  void a_kind_of_several_groups_has_to_be_named_in_full() {
    var run = Run.of("schemas", "show", "Event");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("events.k8s.io/v1/Event, v1/Event");
  }

  @Test
  void a_product_that_is_none_is_answered_with_the_nearest() {
    var run = Run.of("schemas", "list", "--release", "kubernets=1.34");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("kubernets is no product", "did you mean kubernetes?");
    assertThat(Run.of("schemas", "list", "--release", "cnpg=new").err())
        .contains("new of cnpg is no version", "cnpg: 1.30");
  }

  @Test
  void an_imported_kind_is_listed_and_shown() throws IOException {
    var crd = repository.resolve("crd.yaml");
    Files.writeString(
        crd,
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: barrels.example.org}
        spec:
          group: example.org
          names: {kind: Barrel}
          versions:
            - {name: v1, served: true, schema: {openAPIV3Schema: {type: object, properties: {staves: {type: integer}}}}}
        """);
    var here = repository.toString();

    var run = Run.of("schemas", "import", crd.toString(), "--path", here);
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .isEqualTo(".cooper/schemas/example.org_Barrel.json: example.org/v1 Barrel%n".formatted());
    assertThat(Run.of("schemas", "list", "--path", here).out().lines())
        .anyMatch(line -> line.matches("Barrel +example.org +v1 +imported"));
    assertThat(Run.of("schemas", "show", "Barrel", "--path", here).out())
        .contains("staves  integer");
  }

  @Test
  void nothing_is_written_when_one_of_several_files_is_wrong() throws IOException {
    var wrong = Files.writeString(repository.resolve("wrong.yaml"), "kind: [");
    var run = Run.of("schemas", "import", wrong.toString(), "--path", repository.toString());
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("wrong.yaml:");
    assertThat(repository.resolve(".cooper")).doesNotExist();
    assertThat(Run.of("schemas", "import").err()).contains("nothing to import");
  }
}
