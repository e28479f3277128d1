package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("S30")
class ValidateCommandTest {
  private static final String CRD =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: webs.example.org}
      spec:
        group: example.org
        names: {kind: Web, plural: webs}
        scope: Namespaced
        versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties: {spec: {type: object, properties: {size: {type: integer}}}}
      """;

  private static final String WEB =
      """
      apiVersion: example.org/v1
      kind: Web
      metadata: {name: web}
      spec: {size: %s}
      """;

  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void a_mistake_is_one_line_with_its_place_and_a_remedy() throws IOException {
    var file =
        write(
            "a.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              port: [{port: 80}]
            """);
    var run = Run.of("validate", file.toString());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out().lines())
        .containsExactly(
            file
                + ":5:3: Service/web: unknown field spec.port – did you mean ports?; try: write `ports`, or remove the field",
            "1 objects in 1 files: 1 refused, 0 of unknown kinds");
  }

  @Test
  void the_releases_that_are_given_count() throws IOException {
    write(
        "role.yaml",
        """
        apiVersion: postgresql.cnpg.io/v1
        kind: DatabaseRole
        metadata: {name: app}
        spec: {name: app, cluster: {name: one}}
        """);
    assertThat(Run.of("validate", folder.toString()).out()).endsWith("0 of unknown kinds\n");
    var older =
        Run.of("validate", "--cluster-versions", "kubernetes=1.34,cnpg=1.28", folder.toString());
    assertThat(older.out()).endsWith("1 of unknown kinds\n");
    assertThat(older.err()).contains("postgresql.cnpg.io/v1 DatabaseRole (1)");
  }

  @Test
  void a_release_that_nobody_knows_is_stood_in_for_and_a_product_is_suggested() throws IOException {
    write("a.yaml", "{apiVersion: v1, kind: Namespace, metadata: {name: a}}");
    var unknown = Run.of("validate", "--cluster-versions", "kubernetes=1.99", folder.toString());
    assertThat(unknown.status()).isZero();
    assertThat(unknown.err())
        .contains("nothing is known of Kubernetes 1.99.0, so Kubernetes 1.36.3 stands in for it");
    var misspelt = Run.of("validate", "--cluster-versions", "kubernets=1.34", folder.toString());
    assertThat(misspelt.status()).isEqualTo(2);
    assertThat(misspelt.err()).contains("kubernets is no product").contains("kubernetes");
  }

  @Test
  void a_crd_among_the_files_defines_its_kind_whatever_the_order() throws IOException {
    write("a.yaml", WEB.formatted("big"));
    write("b.yaml", WEB.formatted("2"));
    write("z.yaml", CRD);
    var run = Run.of("validate", folder.toString());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("a.yaml:4:14: Web/web: spec.size has to be an integer")
        .doesNotContain("b.yaml")
        .endsWith("3 objects in 3 files: 1 refused, 0 of unknown kinds\n");
  }

  @Test
  void a_crd_is_judged_itself_and_its_lack_of_a_schema_is_told() throws IOException {
    var file = write("crd.yaml", CRD.replace("scope: Namespaced", "scop: Namespaced"));
    assertThat(Run.of("validate", file.toString()).out())
        .contains("unknown field spec.scop – did you mean scope?");
    write("crd.yaml", CRD.substring(0, CRD.indexOf("      schema:")));
    var bare = Run.of("validate", file.toString());
    assertThat(bare.status()).isEqualTo(1);
    assertThat(bare.out())
        .contains("version v1 of CustomResourceDefinition webs.example.org has no schema");
  }
}
