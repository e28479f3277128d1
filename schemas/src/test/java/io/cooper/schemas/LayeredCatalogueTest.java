package io.cooper.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.manifest.YamlReader;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayeredCatalogueTest {
  private static final String CRD =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: barrels.example.org}
      spec:
        group: example.org
        scope: Cluster
        names: {kind: Barrel, plural: barrels}
        versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                description: A barrel.
                properties:
                  spec:
                    type: object
                    properties:
                      staves: {type: integer, description: How many., minimum: 1}
          - name: v1alpha1
            served: true
            storage: false
            deprecated: true
            schema: {openAPIV3Schema: {type: object}}
          - name: v0
            served: false
            storage: false
            schema: {openAPIV3Schema: {type: object}}
      """;

  private static Definitions read(String yaml) {
    return CustomResources.of(YamlReader.ofSources().read("crd.yaml", yaml).manifests());
  }

  private static LayeredCatalogue over(Definitions... layers) {
    return LayeredCatalogue.of(BuiltInCatalogue.newest(), List.of(layers));
  }

  @Test
  @Tag("S21")
  void a_crd_of_the_repository_brings_its_kind() {
    var catalogue = over(read(CRD));
    var barrel = catalogue.find("example.org/v1", "Barrel").orElseThrow();
    assertThat(barrel.namespaced()).isFalse();
    assertThat(barrel.from()).isEmpty();
    var schema = catalogue.schema(barrel.definition());
    assertThat(schema.at("/properties/spec/properties/staves/minimum").asInt()).isEqualTo(1);
    var metadata = barrel.definition().resolve(schema.at("/properties/metadata/$ref").asString());
    assertThat(catalogue.schema(metadata).at("/properties/name/type").asString())
        .isEqualTo("string");
    assertThat(catalogue.kinds()).contains(barrel);
  }

  @Test
  void a_version_that_the_crd_does_not_serve_is_not_there() {
    var catalogue = over(read(CRD));
    assertThat(catalogue.find("example.org/v0", "Barrel")).isEmpty();
    assertThat(catalogue.find("example.org/v1alpha1", "Barrel").orElseThrow().deprecation())
        .contains("example.org/v1alpha1 Barrel is deprecated");
  }

  @Test
  @Tag("S68")
  void a_crd_of_the_repository_overrules_the_release() {
    var older =
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: objectstores.barmancloud.cnpg.io}
        spec:
          group: barmancloud.cnpg.io
          scope: Namespaced
          names: {kind: ObjectStore}
          versions:
            - name: v1
              served: true
              schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}
        """;
    var store = over(read(older)).find("barmancloud.cnpg.io/v1", "ObjectStore").orElseThrow();
    assertThat(store.from()).isEmpty();
    assertThat(over(read(older)).schema(store.definition()).at("/properties/spec").toString())
        .isEqualTo("{\"type\":\"object\"}");
    assertThat(over(read(older)).kinds().filter(kind -> kind.kind().equals("ObjectStore")))
        .containsExactly(store);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          schema: {}                        | version v1 of CustomResourceDefinition objectstores.barmancloud.cnpg.io has no schema
          schema: {openAPIV3Schema: object} | the schema of version v1 of CustomResourceDefinition objectstores.barmancloud.cnpg.io is no schema
          """)
  void a_crd_without_schema_is_told_and_the_release_counts(String schema, String told) {
    var definitions =
        read(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: objectstores.barmancloud.cnpg.io}
            spec:
              group: barmancloud.cnpg.io
              names: {kind: ObjectStore}
              versions:
                - name: v1
                  served: true
                  %s
            """
                .formatted(schema));
    assertThat(definitions.unusable()).extracting(Definitions.Unusable::what).containsExactly(told);
    assertThat(definitions.unusable().getFirst().place().line()).isGreaterThanOrEqualTo(8);
    assertThat(over(definitions).find("barmancloud.cnpg.io/v1", "ObjectStore").orElseThrow().from())
        .isPresent();
  }

  @Test
  void what_was_imported_from_a_crd_comes_back(@TempDir Path repository) throws IOException {
    var imported = importing("barrels.yaml", CRD);
    assertThat(imported)
        .extracting(ImportedSchemas.Imported::name)
        .containsExactly("example.org_Barrel.json");
    assertThat(imported.getFirst().text()).doesNotContain("How many.");
    write(repository, imported);

    var catalogue = over(ImportedSchemas.read(repository));
    var barrel = catalogue.find("example.org/v1", "Barrel").orElseThrow();
    assertThat(barrel.namespaced()).isFalse();
    assertThat(
            catalogue
                .schema(barrel.definition())
                .at("/properties/spec/properties/staves/type")
                .asString())
        .isEqualTo("integer");
    assertThat(catalogue.find("example.org/v1alpha1", "Barrel").orElseThrow().deprecation())
        .isPresent();
  }

  private static final String OPENAPI =
      """
      {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1.34.1"},
       "paths": {
         "/apis/apps/v1/namespaces/{namespace}/deployments": {"post": {"x-kubernetes-group-version-kind":
           {"group": "apps", "version": "v1", "kind": "Deployment"}}},
         "/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale": {"post": {"x-kubernetes-group-version-kind":
           {"group": "autoscaling", "version": "v1", "kind": "Scale"}}}},
       "components": {"schemas": {
         "io.k8s.api.apps.v1.Deployment": {"type": "object", "description": "words",
           "properties": {"spec": {"allOf": [{"$ref": "#/components/schemas/Spec"}], "description": "words"}},
           "x-kubernetes-group-version-kind": [{"group": "apps", "version": "v1", "kind": "Deployment"}]},
         "Spec": {"type": "object", "properties": {"description": {"type": "string"}}}}}}
      """;

  @Test
  void what_an_api_server_answered_comes_back_with_its_release(@TempDir Path repository)
      throws IOException {
    write(repository, importing("apps.json", OPENAPI));

    var catalogue = over(ImportedSchemas.read(repository));
    var deployment = catalogue.find("apps/v1", "Deployment").orElseThrow();
    assertThat(deployment.from()).map(Release::toString).contains("Kubernetes 1.34.1");
    assertThat(deployment.namespaced()).isTrue();
    var spec = catalogue.schema(deployment.definition()).at("/properties/spec/$ref").asString();
    assertThat(catalogue.schema(deployment.definition().resolve(spec)).toString())
        .isEqualTo("{\"type\":\"object\",\"properties\":{\"description\":{\"type\":\"string\"}}}");
    // What the same group serves beside it is still that of the release.
    assertThat(catalogue.find("apps/v1", "StatefulSet").orElseThrow().from())
        .contains(KnownReleases.newest(Product.KUBERNETES));
    assertThat(catalogue.find("autoscaling/v1", "Scale")).isEmpty();
  }

  private static List<ImportedSchemas.Imported> importing(String name, String text) {
    return ImportedSchemas.of(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void write(Path repository, List<ImportedSchemas.Imported> imported)
      throws IOException {
    var folder = Files.createDirectories(repository.resolve(ImportedSchemas.FOLDER));
    for (var each : imported) {
      Files.writeString(folder.resolve(each.name()), each.text());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"swagger": "2.0"}                                     | is OpenAPI v2
          {"paths": {"api/v1": {"serverRelativeURL": "/x"}}}     | is only the list
          {"openapi": "3.0.0"}                                   | names no kind
          {"openapi": "3.0.0", "components": {"schemas": {"A": 5}}} | definition A is no schema: the schema is 5, not a schema
          {"kind": "ConfigMap", "apiVersion": "v1"}              | holds neither
          just words                                             | holds neither
          {"broken":                                             | BAD_INPUT
          """)
  void what_cannot_be_imported_is_one_clear_error(String text, String told) {
    assertThatThrownBy(() -> importing("given.json", text))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("given.json")
        .hasMessageContaining(told);
  }

  @Test
  void a_crd_whose_schema_is_none_is_refused_with_the_path_to_the_fault() {
    var spoilt = CRD.replace("{type: integer, description: How many., minimum: 1}", "{type: 5}");
    assertThatThrownBy(() -> importing("crd.yaml", spoilt))
        .hasMessageContaining("crd.yaml:1:1")
        .hasMessageContaining("properties.spec.properties.staves.type is 5, not a name");
    var without = CRD.replace("schema: {openAPIV3Schema: {type: object}}", "schema: {}");
    assertThatThrownBy(() -> importing("crd.yaml", without)).hasMessageContaining("has no schema");
  }

  @Test
  void a_file_that_holds_no_imported_schemas_is_told_and_the_others_count(@TempDir Path repository)
      throws IOException {
    write(repository, importing("barrels.yaml", CRD));
    Files.writeString(repository.resolve(ImportedSchemas.FOLDER).resolve("a.json"), "[1, 2");
    Files.writeString(repository.resolve(ImportedSchemas.FOLDER).resolve("b.json"), "{}");

    var definitions = ImportedSchemas.read(repository);
    assertThat(definitions.unusable())
        .extracting(unusable -> unusable.place().file())
        .containsExactly(".cooper/schemas/a.json", ".cooper/schemas/b.json");
    assertThat(over(definitions).find("example.org/v1", "Barrel")).isPresent();
  }
}
