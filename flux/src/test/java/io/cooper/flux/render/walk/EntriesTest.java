package io.cooper.flux.render.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.api.NamespacedName;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("S251")
@Tag("S18")
class EntriesTest {
  private final Repositories repository;

  EntriesTest(@TempDir Path folder) {
    repository = new Repositories(folder);
  }

  private java.util.List<String> folders() {
    return Entries.of(Reference.artifact(repository.root())).stream().map(Entry::folder).toList();
  }

  private static String kustomization(String name, String path) {
    return """
    ---
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: {name: %s, namespace: flux-system}
    spec: {path: %s, sourceRef: {kind: GitRepository, name: flux-system}}
    """
        .formatted(name, path);
  }

  @Test
  void bootstrap_names_the_entry_and_its_source() {
    repository.file(
        "clusters/one/flux-system/gotk-sync.yaml",
        """
        apiVersion: source.toolkit.fluxcd.io/v1
        kind: GitRepository
        metadata: {name: flux-system, namespace: flux-system}
        spec: {url: "https://example.com/a/b", ignore: "/docs"}
        """
            + kustomization("flux-system", "./clusters/one"));

    var entry = Entries.at(Reference.artifact(repository.root()), "./clusters/one/");

    assertThat(folders()).containsExactly("clusters/one");
    assertThat(entry.source().orElseThrow().text("spec", "ignore")).contains("/docs");
    assertThat(entry.kustomization().id())
        .isEqualTo(new NamespacedName("flux-system", "flux-system"));
  }

  @Test
  void the_values_of_the_instance_chart_name_the_entry() {
    repository
        .file("kubernetes/flux/cluster/ks.yaml", kustomization("apps", "./kubernetes/apps"))
        .file("kubernetes/apps/kustomization.yaml", "resources: []\n")
        .file(
            "kubernetes/apps/flux/helmrelease.yaml",
            """
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata: {name: flux-instance}
            spec:
              values:
                instance:
                  sync:
                    kind: GitRepository
                    url: https://example.com/a/b.git
                    path: kubernetes/flux/cluster
            """);

    assertThat(folders()).containsExactly("kubernetes/flux/cluster");
    assertThat(Entries.at(Reference.artifact(repository.root()), "kubernetes/flux/cluster").url())
        .contains("https://example.com/a/b.git");
  }

  @Test
  void a_templated_repository_without_bootstrap_files_is_recognised() {
    repository
        .file(
            "kubernetes/apps/web/helmrelease.yaml",
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\n")
        .file("kubernetes/clusters/do-nyc3-prod/kustomization.yaml", "resources:\n  - apps\n")
        .file(
            "kubernetes/clusters/do-nyc3-prod/apps/kustomization.yaml",
            "resources:\n  - web.yaml\n")
        .file(
            "kubernetes/clusters/do-nyc3-prod/apps/web.yaml",
            kustomization("web", "./kubernetes/apps/web"));

    assertThat(folders()).containsExactly("kubernetes/clusters/do-nyc3-prod");
  }

  @Test
  void what_another_kustomization_reaches_is_no_entry() {
    repository
        .file("clusters/a/apps.yaml", kustomization("apps", "./apps"))
        .file("clusters/b/apps.yaml", kustomization("apps", "./apps"))
        .file("apps/more.yaml", kustomization("more", "./more"))
        .file("more/x.yaml", Repositories.configMap("x", "y"));

    assertThat(folders()).containsExactly("clusters/a", "clusters/b");
  }

  @Test
  void without_flux_objects_every_kustomization_that_nothing_refers_to_is_judged() {
    repository
        .file("base/kustomization.yaml", "resources: [x.yaml]\n")
        .file("base/x.yaml", Repositories.configMap("x", "y"))
        .file("overlays/a/kustomization.yaml", "resources: [../../base]\n")
        .file("overlays/b/kustomization.yml", "resources: [../../base]\n");

    assertThat(folders()).containsExactly("overlays/a", "overlays/b");
  }

  @Test
  void a_repository_with_neither_has_no_entry() {
    repository.file("README.md", "nothing\n").file("values.yaml", "a: b\n");

    assertThat(folders()).isEmpty();
  }
}
