package io.cooper.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.YamlReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpgradeTest {
  private static final ManifestSet OLD = fixture("old.yaml");
  private static final ManifestSet NEW = fixture("new.yaml");
  private static final Upgrade UPGRADE = Upgrade.between(OLD, NEW);

  private static ManifestSet fixture(String name) {
    try (var in = UpgradeTest.class.getResourceAsStream(name)) {
      return set(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ManifestSet set(String name, String yaml) {
    return new ManifestSet(name, objects(name, yaml).toList());
  }

  private static Stream<Manifest> objects(String name, String yaml) {
    var read = YamlReader.ofSources().read(name, yaml);
    assertThat(read.faults()).isEmpty();
    return read.manifests();
  }

  private static Difference of(String id) {
    return UPGRADE.differences().stream()
        .filter(each -> each.id().toString().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError(id + " is not among " + UPGRADE.differences()));
  }

  private static List<String> part(String id, String title) {
    return of(id).parts().stream()
        .filter(part -> part.title().equals(title))
        .flatMap(part -> part.changes().stream())
        .map(change -> change.field() + change.breaking().map(" !! "::concat).orElse(""))
        .toList();
  }

  @Test
  @Tag("S66")
  void rights_are_compared_one_by_one_however_they_are_grouped() {
    assertThat(part("ClusterRole/plugin-barman-cloud", "rights"))
        .containsExactly(
            "clusters/finalizers.postgresql.cnpg.io: update (new)",
            "pods: get (gone)",
            "secrets: create, delete, get, list, watch → create, get, list, watch");
  }

  @Test
  @Tag("S66")
  void roles_of_another_name_are_told_from_new_ones_and_the_old_ones_have_to_be_deleted() {
    assertThat(of("ClusterRole/barman-plugin-metrics-reader"))
        .isInstanceOfSatisfying(
            Difference.Renamed.class,
            renamed -> {
              assertThat(renamed.before().name()).isEqualTo("metrics-reader");
              assertThat(renamed.parts()).isEmpty();
            });
    assertThat(UPGRADE.leftovers().stream().map(Upgrade::deletion))
        .containsExactly(
            "kubectl delete clusterrole metrics-reader",
            "kubectl delete role leader-election-role -n cnpg-system",
            "kubectl delete rolebinding leader-election-rolebinding -n cnpg-system",
            "kubectl delete certificate.cert-manager.io barman-cloud-legacy -n cnpg-system",
            "kubectl delete secret plugin-barman-cloud-8tfddg42gf -n cnpg-system");
  }

  @Test
  @Tag("S66")
  void a_binding_cannot_change_its_role_but_a_new_one_may_have_another() {
    assertThat(part("RoleBinding/cnpg-system/barman-plugin-leader-election-rolebinding", "fields"))
        .containsExactly("roleRef.name: leader-election-role → barman-plugin-leader-election-role");
    var binding =
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: a, namespace: b}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %s}
        """;
    var changed =
        Upgrade.between(set("old", binding.formatted("one")), set("new", binding.formatted("two")));
    assertThat(changed.breaking()).isEqualTo(1);
    assertThat(changed.leftovers()).isEmpty();
  }

  @Test
  @Tag("S67")
  void a_workload_is_compared_by_what_an_operator_asks_for() {
    var id = "Deployment/cnpg-system/barman-cloud";
    assertThat(of(id).parts().stream().map(Part::title))
        .containsExactly("image", "arguments", "environment", "resources", "probes");
    var container = "spec.template.spec.containers[barman-cloud].";
    assertThat(part(id, "arguments"))
        .containsExactly(
            container + "args[]: --leader-elect (gone)",
            container + "args[]: --log-level=debug → --log-level=info",
            container + "args[]: --client-cert=/client/tls.crt (new)");
    assertThat(part(id, "environment")).containsExactly(container + "env[ZONE].value: a → b");
  }

  @Test
  @Tag("S67")
  void a_generated_secret_is_one_and_the_same_and_only_its_image_is_shown() {
    var id = "Secret/cnpg-system/plugin-barman-cloud-7g4hf7b2mk";
    assertThat(part(id, "sidecar image"))
        .containsExactly(
            "SIDECAR_IMAGE: registry.example/sidecar:v0.7.0 → registry.example/sidecar:v0.8.0");
    assertThat(part(id, "fields")).containsExactly("data.OTHER: (hidden) → (hidden)");
  }

  @Test
  @Tag("S68")
  void a_definition_says_which_of_its_changes_break_objects() {
    assertThat(part("CustomResourceDefinition/objectstores.barmancloud.cnpg.io", "schema of v1"))
        .containsExactlyInAnyOrder(
            "spec.configuration.comment: string (gone) !! values that are set are dropped",
            "spec.configuration.jobs maximum: 32 → 8 !! objects that were sound may be refused",
            "spec.configuration.compression one of: bzip2, gzip, snappy → bzip2, gzip, lz4, snappy",
            "spec.configuration.maxParallel: integer (new)",
            "spec.retentionPolicy pattern: ^[1-9][0-9]*[dwm]$ (new) !! objects that were sound may be"
                + " refused",
            "status.lastBackupp: string (gone)",
            "status.lastBackup: string (new)");
    assertThat(UPGRADE.breaking()).isEqualTo(3);
  }

  @ParameterizedTest
  @Tag("S68")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {type: string}                         | {type: integer}                                 | true
          {type: integer}                        | {x-kubernetes-int-or-string: true}              | false
          {type: string, enum: [a, b]}           | {type: string, enum: [a]}                       | true
          {type: string}                         | {type: string, enum: [a]}                       | true
          {type: string, enum: [a]}              | {type: string}                                  | false
          {type: integer, minimum: 1}            | {type: integer, minimum: 2}                     | true
          {type: integer, minimum: 2}            | {type: integer, minimum: 1}                     | false
          {type: integer}                        | {type: integer, maximum: 9}                     | true
          {type: string, nullable: true}         | {type: string}                                  | true
          {type: string, default: a}             | {type: string, default: b}                      | false
          {type: array, items: {type: string}}   | {type: array, items: {type: integer}}           | true
          {type: string}                         | {type: string, x-kubernetes-validations: [{rule: self != 'a'}]} | true
          {type: object, properties: {a: {type: string}}} | {type: object, required: [a], properties: {a: {type: string}}} | true
          {type: object, additionalProperties: {type: string}} | {type: object, additionalProperties: {type: boolean}} | true
          {type: object, x-kubernetes-preserve-unknown-fields: true} | {type: object}             | true
          """)
  void a_change_of_a_schema_breaks_or_does_not(String before, String after, boolean breaks) {
    var upgrade = Upgrade.between(set("old", crd(before)), set("new", crd(after)));

    assertThat(upgrade.differences()).hasSize(1);
    assertThat(upgrade.breaking() > 0).isEqualTo(breaks);
  }

  private static String crd(String schema) {
    return """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: things.example.org}
    spec:
      group: example.org
      scope: Namespaced
      names: {kind: Thing, plural: things}
      versions:
        - name: v1
          served: true
          storage: true
          schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {x: %s}}}}}
    """
        .formatted(schema);
  }

  @Test
  @Tag("S68")
  void a_version_that_is_served_no_more_breaks_its_objects() {
    var upgrade =
        Upgrade.between(
            set("old", crd("{type: string}")),
            set("new", crd("{type: string}").replace("served: true", "served: false")));

    assertThat(upgrade.breaking()).isEqualTo(1);
  }

  @Test
  @Tag("S68")
  void stores_that_the_new_definition_refuses_are_named() {
    var store =
        """
        apiVersion: barmancloud.cnpg.io/v1
        kind: ObjectStore
        metadata: {name: %s, namespace: a}
        spec:
          retentionPolicy: %s
          configuration: {destinationPath: s3://a/b, jobs: %s}
        ---
        """;
    var fitness =
        Fitness.of(
            objects(
                "stores.yaml",
                store.formatted("sound", "30d", "4")
                    + store.formatted("many", "30d", "16")
                    + store.formatted("always", "30d", "64")
                    + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"),
            UPGRADE);

    assertThat(fitness.judged()).isEqualTo(3);
    assertThat(fitness.refused())
        .extracting(each -> each.object().name())
        .containsExactly("many", "always");
    assertThat(fitness.refused().getFirst().violation().path())
        .containsExactly("spec", "configuration", "jobs");
  }

  @Test
  void a_set_is_no_different_from_itself() {
    assertThat(Upgrade.between(OLD, OLD).differences()).isEmpty();
    assertThat(Upgrade.between(NEW, NEW).leftovers()).isEmpty();
  }
}
