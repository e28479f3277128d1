package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Charts in `check`, `render` and `diff`, with helm and without.
@Tag("S27")
class ChartsTest {
  private static final String HOSTILE = "charts/web/templates/hostile.yaml";

  @TempDir private Path folder;
  private Workspace workspace = new Workspace(Path.of("."));

  @BeforeEach
  void a_repository_with_a_chart() throws IOException {
    workspace = new Workspace(Files.createDirectories(folder.resolve("repository")));
    workspace
        .copy(Workspace.PROJECT.resolve("test-fixtures/repositories/helm-chart-is-clean/files"), "")
        .commit();
  }

  private Run run(Map<String, String> environment, String command, String... arguments) {
    var all = new String[arguments.length + 2];
    all[0] = command;
    all[1] = workspace.root().toString();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return Run.with(environment, all);
  }

  private void change(String path, String before, String after) throws IOException {
    var file = workspace.root().resolve(path);
    var text = Files.readString(file);
    assertThat(text).contains(before);
    workspace.write(path, text.replace(before, after));
  }

  private void template(String text) {
    workspace.write(HOSTILE, text).git("add", "--all");
  }

  private static Map<String, String> withoutHelm() {
    var environment = new HashMap<>(System.getenv());
    environment.remove("HELM");
    environment.put("PATH", "/nonexistent");
    return environment;
  }

  @Test
  void without_helm_there_is_one_line_and_no_finding() {
    var run = run(withoutHelm(), "check");

    assertThat(run.status()).isZero();
    assertThat(run.err())
        .isEqualTo("cooper: charts not judged (1 of 1): no helm on the PATH for charts/web\n");
  }

  @Test
  void whoever_leaves_charts_out_hears_nothing_about_them() {
    var run = run(withoutHelm(), "check", "--helm", "off");

    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
  }

  @Test
  void a_chart_on_the_network_is_named_once_for_all_releases() throws IOException {
    for (int i = 0; i < 5; i++) {
      workspace.write(
          "apps/remote%d.yaml".formatted(i),
          """
          apiVersion: helm.toolkit.fluxcd.io/v2
          kind: HelmRelease
          metadata: {name: remote%d, namespace: default}
          spec:
            interval: 1h
            chart:
              spec:
                chart: redis
                version: 1.2.3
                sourceRef: {kind: HelmRepository, name: charts}
          """
              .formatted(i));
    }
    workspace.git("add", "--all");

    var run = run(withoutHelm(), "check");

    assertThat(run.err())
        .isEqualTo(
            "cooper: charts not judged (6 of 6): no helm on the PATH for charts/web; not in the repository: redis\n");
  }

  @Test
  void a_helm_that_is_none_is_a_missing_tool() {
    var environment = withoutHelm();
    environment.put("HELM", "/nonexistent/helm");

    var run = run(environment, "check");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.err()).contains("HELM names no executable file", "--helm off");
  }

  @Test
  @Tag("interop")
  void render_shows_charts_only_when_asked() {
    var helm = HelmBinary.environment();

    var plain = run(helm, "render", "--all");
    var inflated = run(helm, "render", "--all", "--helm");

    assertThat(plain.out()).contains("kind: HelmRelease").doesNotContain("kind: Deployment");
    assertThat(inflated.out()).startsWith(plain.out()).contains("kind: Deployment");
    assertThat(inflated.out().substring(plain.out().length()))
        .contains("namespace: default", "replicas: 2", "helm.toolkit.fluxcd.io/name: web");
  }

  @Test
  @Tag("interop")
  void render_writes_a_file_for_each_release() throws IOException {
    var helm = HelmBinary.environment();
    var output = folder.resolve("out");

    run(helm, "render", "--all", "--helm", "--output", output.toString());
    change("apps/web.yaml", "replicas: 2", "replicas: none");
    var failed = run(helm, "render", "--all", "--helm", "--output", output.toString());

    assertThat(Files.readString(output.resolve("default_web.helm.yaml"))).contains("Deployment");
    assertThat(failed.status()).isEqualTo(1);
    assertThat(Files.readString(output.resolve("default_web.helm.error")))
        .contains("apps/web.yaml:16", "got string, want integer");
  }

  @Test
  @Tag("interop")
  void a_diff_compares_what_charts_make_only_when_asked() throws IOException {
    var helm = HelmBinary.environment();
    change("apps/web.yaml", "replicas: 2", "replicas: 3");

    var plain = run(helm, "diff", "--against", "HEAD");
    var inflated = run(helm, "diff", "--against", "HEAD", "--helm");

    assertThat(plain.out()).contains("HelmRelease/default/web").doesNotContain("Deployment");
    assertThat(inflated.out()).contains("HelmRelease/default/web", "Deployment/default/web");
  }

  @Test
  @Tag("interop")
  void post_renderers_and_common_metadata_are_applied() throws IOException {
    var helm = HelmBinary.environment();
    workspace.write(
        "apps/web.yaml",
        Files.readString(workspace.root().resolve("apps/web.yaml"))
            + """
            targetNamespace: shop
            commonMetadata:
              labels: {team: blue}
            postRenderers:
              - kustomize:
                  patches:
                    - target: {kind: Deployment}
                      patch: |
                        - op: add
                          path: /spec/minReadySeconds
                          value: 7
                  images:
                    - name: registry.example.org/web
                      newTag: "2.0"
            """
                .indent(2));

    var run = run(helm, "render", "--all", "--helm");

    assertThat(run.err()).isEmpty();
    assertThat(run.out().substring(run.out().indexOf("kind: Deployment")))
        .contains(
            "name: shop-web",
            "namespace: shop",
            "team: blue",
            "minReadySeconds: 7",
            "registry.example.org/web:2.0");
  }

  @Test
  @Tag("interop")
  void a_post_renderer_that_kustomize_refuses_is_found_where_it_is_written() throws IOException {
    var helm = HelmBinary.environment();
    workspace.write(
        "apps/web.yaml",
        Files.readString(workspace.root().resolve("apps/web.yaml"))
            + """
            postRenderers:
              - kustomize:
                  patches:
                    - patch: |
                        apiVersion: v1
                        kind: Service
                        metadata: {name: nothing}
            """
                .indent(2));

    var run = run(helm, "check");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("apps/web.yaml", "a post-renderer is refused", "chart-failed");
  }

  @Test
  @Tag("interop")
  void a_second_check_reads_the_cache() throws IOException {
    var helm = HelmBinary.environment();
    var counting = folder.resolve("helm");
    Files.writeString(
        counting,
        "#!/bin/sh\necho $1 >>%s\nexec %s \"$@\"\n"
            .formatted(folder.resolve("runs"), helm.get("HELM")));
    assertThat(counting.toFile().setExecutable(true)).isTrue();
    helm.put("HELM", counting.toString());
    change("charts/web/values.yaml", "1.4.2", "1.4.2-" + System.nanoTime());

    run(helm, "check");
    run(helm, "check");

    assertThat(Files.readAllLines(folder.resolve("runs"))).containsOnlyOnce("template");
  }

  @Test
  @Tag("interop")
  void a_template_sees_neither_cluster_nor_network_nor_files_beside_the_chart() {
    var helm = HelmBinary.environment();
    helm.put("KUBECONFIG", "/nonexistent/kubeconfig");
    helm.put("HELM_NAMESPACE", "elsewhere");
    template(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: seen
        data:
          namespace: {{ .Release.Namespace }}
          lookup: {{ lookup "v1" "Secret" "" "" | toJson | quote }}
          host: {{ getHostByName "localhost" | quote }}
          file: {{ .Files.Get "../../apps/web.yaml" | quote }}
        """);

    var run = run(helm, "render", "--all", "--helm");

    assertThat(run.out())
        .contains("namespace: default\n  lookup: '{}'\n  host: \"\"\n  file: \"\"");
  }

  @Test
  @Tag("interop")
  void a_link_out_of_the_repository_is_not_part_of_the_chart() throws IOException {
    var helm = HelmBinary.environment();
    Files.writeString(folder.resolve("secret.yaml"), "leaked: text\n");
    Files.createSymbolicLink(
        workspace.root().resolve("charts/web/link.yaml"), folder.resolve("secret.yaml"));
    template(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: seen}
        data: {text: {{ .Files.Get "link.yaml" | quote }}}
        """);

    var run = run(helm, "render", "--all", "--helm");

    assertThat(run.out()).contains("name: seen").doesNotContain("leaked");
  }

  @Test
  @Tag("interop")
  void a_template_that_never_ends_is_given_up() {
    var helm = HelmBinary.environment();
    template("{{- range until 4000000000 }}x{{ end }}\n");

    var run = run(helm, "check");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("helm failed on charts/web", "chart-failed");
  }

  @Test
  @Tag("interop")
  void a_template_that_is_wrong_in_itself_is_found_on_its_line() {
    var helm = HelmBinary.environment();
    template("a: b\nc: {{ if }}\n");

    var parse = run(helm, "check", "--format", "github");
    template("kind: ConfigMap\n{{- if true }}\nmetadata: name: x\n{{- end }}\n");
    var yaml = run(helm, "check", "--format", "github");
    template("just: text\n");
    var noObject = run(helm, "check", "--format", "github");

    assertThat(parse.out()).contains("file=%s,line=2".formatted(HOSTILE));
    assertThat(yaml.out()).contains("file=%s,line=3".formatted(HOSTILE), "is no YAML");
    assertThat(noObject.out()).contains("file=%s,line=1".formatted(HOSTILE), "without apiVersion");
  }

  @Test
  @Tag("interop")
  void metadata_and_values_that_are_wrong_are_found_in_their_files() throws IOException {
    var helm = HelmBinary.environment();
    change("charts/web/values.yaml", "replicas: 1", "- a");
    var values = run(helm, "check", "--format", "github");
    change("charts/web/values.yaml", "- a", "replicas: 1");
    workspace.write("charts/web/Chart.yaml", "name: web\n");
    var metadata = run(helm, "check", "--format", "github");

    assertThat(values.status()).isEqualTo(1);
    assertThat(values.out()).contains("file=charts/web/values.yaml");
    assertThat(metadata.status()).isEqualTo(1);
    assertThat(metadata.out()).contains("file=charts/web/Chart.yaml");
  }
}
