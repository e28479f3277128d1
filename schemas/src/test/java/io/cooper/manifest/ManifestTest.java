package io.cooper.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManifestTest {
  private static final String WRITTEN =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        template:
          spec:
            containers:
              - name: proxy
                image: envoy:1
              - name: web
                image: nginx:1
                args: [--a, --b]
                env:
                  - {name: X, value: "1"}
        ports: {80: http, on: x}
      """;

  private static Mapping written() {
    return (Mapping) YamlReader.ofSources().read("a.yaml", WRITTEN).documents().getFirst();
  }

  private static Manifest rendered(String text) {
    var root = (Mapping) YamlReader.ofRendered().read("out", text).documents().getFirst();
    return Manifest.rendered(root, () -> Optional.of(written()));
  }

  private static Place at(int line, int column) {
    return new Place("a.yaml", line, column);
  }

  @Test
  void an_item_that_moved_is_found_by_its_name() {
    var manifest =
        rendered(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: prod}
            spec:
              template:
                spec:
                  containers:
                  - image: nginx:2
                    name: web
                    args: [--c, --b]
                    ports: [{containerPort: 80}]
                  - image: busybox
                    name: added
            """);
    var containers = manifest.find("spec", "template", "spec", "containers").orElseThrow();
    assertThat(manifest.placeOf(containers.find("0", "image").orElseThrow())).isEqualTo(at(12, 18));
    assertThat(manifest.placeOf(containers.find("0", "args", "1").orElseThrow()))
        .as("a scalar at its old index")
        .isEqualTo(at(13, 23));
    assertThat(manifest.placeOf(containers.find("0", "ports", "0", "containerPort").orElseThrow()))
        .as("a value that a patch added stands at its container")
        .isEqualTo(at(11, 11));
    assertThat(manifest.placeOf(containers.find("1", "image").orElseThrow()))
        .as("a container that a patch added stands at the list")
        .isEqualTo(at(8, 7));
    assertThat(manifest.placeAt("metadata", "namespace")).isEqualTo(at(3, 1));
    assertThat(manifest.placeAt("spec", "template", "spec", "containers", "0", "image"))
        .isEqualTo(at(12, 18));
    assertThat(manifest.place()).isEqualTo(at(1, 1));
  }

  @Test
  void a_scalar_that_moved_is_found_by_its_text() {
    var manifest =
        rendered(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              template: {spec: {containers: [{name: web, args: [--new, --a, --b]}]}}
            """);
    assertThat(manifest.placeAt("spec", "template", "spec", "containers", "0", "args", "1"))
        .isEqualTo(at(13, 18));
  }

  @Test
  void keys_that_are_numbers_or_booleans_lead_to_their_values() {
    var root =
        (Mapping)
            new YamlReader(Dialect.KUBERNETES, YamlReader.Limits.SOURCE)
                .read("k.yaml", "apiVersion: v1\nkind: X\n0x10:\n  on: &v\n    1.50: here\n")
                .documents()
                .getFirst();
    var manifest = Manifest.asWritten(root);
    var value = root.find("16", "true", "1.5").orElseThrow();
    assertThat(manifest.placeOf(value)).isEqualTo(new Place("k.yaml", 5, 11));
    assertThat(root.keys()).containsExactly("apiVersion", "kind", "16");
    assertThat(root.entries().map(entry -> entry.key().source()))
        .containsExactly("apiVersion", "kind", "0x10");
  }

  @Test
  void without_an_origin_places_are_those_of_the_render() {
    var root =
        (Mapping)
            YamlReader.ofRendered()
                .read("out", "apiVersion: v1\nkind: X\nspec:\n  a: 1\n")
                .documents()
                .getFirst();
    var manifest = Manifest.rendered(root, Optional::empty);
    assertThat(manifest.placeAt("spec", "a")).isEqualTo(Place.startOf("out"));
  }

  @Test
  void a_list_counts_as_its_items_each_with_its_own_place() {
    var file =
        YamlReader.ofSources()
            .read(
                "l.yaml",
                """
                apiVersion: v1
                kind: List
                items:
                  - apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: a}
                  - apiVersion: v1
                    kind: ConfigMapList
                    items:
                      - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
                      - not an object
                ---
                apiVersion: rbac.example/v1
                kind: AllowList
                metadata: {name: no-items}
                ---
                - a list is no object
                """);
    assertThat(file.faults()).isEmpty();
    assertThat(file.manifests().map(Manifest::toString))
        .containsExactly("ConfigMap/a", "ConfigMap/b", "AllowList/no-items");
    assertThat(file.manifests().map(Manifest::place))
        .containsExactly(
            new Place("l.yaml", 4, 5), new Place("l.yaml", 10, 9), new Place("l.yaml", 13, 1));
  }

  @Test
  void a_map_with_many_keys_finds_each_of_them_and_nothing_else() {
    var text = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      text.append("key-").append(i).append(": ").append(i).append('\n');
    }
    var map =
        (Mapping) YamlReader.ofSources().read("m.yaml", text.toString()).documents().getFirst();
    assertThat(map.size()).isEqualTo(1000);
    for (int i = 0; i < 1000; i++) {
      assertThat(map.get("key-" + i).map(Value::plain)).contains((long) i);
      assertThat(map.placeOfKey("key-" + i)).contains(new Place("m.yaml", i + 1, 1));
      assertThat(map.get("other-" + i)).isEmpty();
    }
  }
}
