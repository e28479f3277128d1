package io.cooper.flux.render.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.YamlReader;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S27")
class TemplateOutlineTest {
  private static final String DEPLOYMENT =
      """
      {{- /* A comment:
      kind: Secret */}}
      {{- if .Values.enabled }}
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: {{ include "web.name" . }}
        labels:
          {{- include "web.labels" . | nindent 4 }}
          app.kubernetes.io/part-of: shop
      spec:
        {{- if not .Values.autoscaling }}
        replicas: {{ .Values.replicas }}
        {{- end }}
        template:
          spec:
            containers:
            - name: {{ .Chart.Name }}
              image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
              args:
                - --flag
              resources:
                {{- toYaml .Values.resources | nindent 10 }}
            - name: sidecar
              image: envoy:1.31
      {{- end }}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: web
      data:
        script: |
          kind: Secret
          metadata: none
        other: x
      """;

  private static Manifest rendered(String yaml) {
    var root =
        YamlReader.ofRendered().read("out", yaml).manifests().findFirst().orElseThrow().root();
    var outline = TemplateOutline.of("web.yaml", DEPLOYMENT);
    return Manifest.rendered(root, () -> outline.find(Manifest.asWritten(root)));
  }

  private static int line(Manifest object, String... path) {
    return object.placeAt(path).line();
  }

  @Test
  void a_value_is_placed_on_its_line_of_the_template() {
    var deployment =
        rendered(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: release-web, labels: {a: b, app.kubernetes.io/part-of: shop}}
            spec:
              replicas: 3
              template:
                spec:
                  containers:
                  - {name: web, image: "nginx:1", resources: {limits: {memory: 1Mi}}}
                  - {name: sidecar, image: "envoy:1.31"}
            """);

    assertThat(deployment.place().line()).isEqualTo(4);
    assertThat(line(deployment, "spec", "replicas")).isEqualTo(13);
    assertThat(line(deployment, "metadata", "labels", "app.kubernetes.io/part-of")).isEqualTo(10);
    assertThat(line(deployment, "spec", "template", "spec", "containers", "1", "image"))
        .isEqualTo(25);
  }

  @Test
  void what_an_action_prints_is_placed_on_the_key_that_holds_it() {
    var deployment =
        rendered(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: release-web, labels: {made: up}}
            spec: {strategy: {}}
            """);

    assertThat(line(deployment, "metadata", "labels", "made")).isEqualTo(8);
    assertThat(line(deployment, "spec", "strategy")).isEqualTo(11);
  }

  @Test
  void the_object_of_the_same_kind_and_name_is_taken() {
    var config =
        rendered(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: web}
            data: {other: x}
            """);

    assertThat(config.place().line()).isEqualTo(28);
    assertThat(line(config, "data", "other")).isEqualTo(36);
  }

  @Test
  void a_template_without_objects_has_none() {
    var outline =
        TemplateOutline.of("x.tpl", "{{- define \"a\" -}}\n{{ .x }}\n{{ end }}\n]: [ {{ broken\n");

    assertThat(outline.find(rendered("apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n")))
        .isEqualTo(Optional.empty());
  }
}
