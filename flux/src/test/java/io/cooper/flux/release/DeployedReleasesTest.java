package io.cooper.flux.release;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.YamlReader;
import io.cooper.schemas.Product;
import io.cooper.schemas.ReleasesInUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeployedReleasesTest {
  @TempDir private Path repository;

  @ParameterizedTest
  @Tag("S56")
  @CsvSource({
    "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0, CNPG, 1.30.0",
    "ghcr.io/cloudnative-pg/cloudnative-pg:1.25.0-rc1, CNPG, 1.25.0-rc1",
    "mirror.local/ghcr.io/cloudnative-pg/cloudnative-pg:1.29.1-ubi9@sha256:00, CNPG, 1.29.1",
    "ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.11.0, BARMAN_PLUGIN, 0.11.0",
    "quay.io/jetstack/cert-manager-controller:v1.21.2, CERT_MANAGER, 1.21.2",
  })
  void an_image_tells_the_release(String image, Product product, String release) {
    var use = read(deployment(image)).of(product).orElseThrow();
    assertThat(use.release().version().getVersion()).isEqualTo(release);
    assertThat(use.source()).contains(image);
    assertThat(use.place().orElseThrow().line()).isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource({
    "ghcr.io/cloudnative-pg/cloudnative-pg:latest",
    "ghcr.io/cloudnative-pg/cloudnative-pg",
    "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.11.0",
    "ghcr.io/cloudnative-pg/plugin-barman-cloud-testing:main",
    "localhost:5000/cloudnative-pg/cloudnative-pg",
    "ghcr.io/cloudnative-pg/postgresql:18.1",
  })
  void what_leaves_room_for_doubt_tells_nothing(String image) {
    assertThat(read(deployment(image)).byProduct()).isEmpty();
  }

  private static String deployment(String image) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: it, namespace: there}
    spec:
      template:
        spec:
          containers:
            - image: %s
    """
        .formatted(image);
  }

  @ParameterizedTest
  @CsvSource({
    "cloudnative-pg, 0.28.1, CNPG, 1.29.1",
    "plugin-barman-cloud, 0.5.0, BARMAN_PLUGIN, 0.11.0",
    "cert-manager, v1.19.4, CERT_MANAGER, 1.19.4",
    "external-secrets, 0.20.4, EXTERNAL_SECRETS, 0.20.4",
  })
  void a_chart_whose_contents_are_known_tells_the_release(
      String chart, String version, Product product, String release) {
    var use = read(helmRelease(chart, version, "{}")).of(product).orElseThrow();
    assertThat(use.release().version().getVersion()).isEqualTo(release);
  }

  @ParameterizedTest
  @CsvSource({"cloudnative-pg, 0.99.0", "cloudnative-pg, '>=0.20'", "cert-manager, v1.x"})
  void a_chart_version_that_nobody_wrote_down_tells_nothing(String chart, String version) {
    assertThat(read(helmRelease(chart, version, "{}")).byProduct()).isEmpty();
  }

  @Test
  void an_image_among_the_values_wins_over_the_charts_own() {
    var use = read(helmRelease("cloudnative-pg", "0.28.1", "{image: {tag: 1.28.2}}"));
    assertThat(use.of(Product.CNPG).orElseThrow().release()).hasToString("CloudNativePG 1.28.2");
  }

  private static String helmRelease(String chart, String version, String values) {
    return """
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: it, namespace: there}
    spec:
      chart: {spec: {chart: %s, version: "%s"}}
      values: %s
    """
        .formatted(chart, version, values);
  }

  @Test
  void the_tag_of_an_oci_repository_is_the_charts_version() {
    var use =
        read(
            """
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata: {name: it, namespace: there}
            spec: {chartRef: {kind: OCIRepository, name: chart}}
            ---
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: OCIRepository
            metadata: {name: chart, namespace: there}
            spec: {url: oci://quay.io/jetstack/charts/cert-manager, ref: {tag: v1.20.3}}
            """);
    assertThat(use.of(Product.CERT_MANAGER).orElseThrow().release().minor()).isEqualTo("1.20");
  }

  @ParameterizedTest
  @CsvSource({"2.9.4, 2.9.4", "2.8.x, 2.8.0", "v2.7, 2.7.0"})
  void a_flux_instance_tells_its_distribution(String written, String release) {
    var use =
        read(
            """
            apiVersion: fluxcd.controlplane.io/v1
            kind: FluxInstance
            metadata: {name: flux, namespace: flux-system}
            spec: {distribution: {version: "%s"}}
            """
                .formatted(written));
    assertThat(use.of(Product.FLUX).orElseThrow().release().version().getVersion())
        .isEqualTo(release);
  }

  @Test
  void a_range_of_flux_releases_tells_nothing() {
    var use =
        read(
            """
            apiVersion: fluxcd.controlplane.io/v1
            kind: FluxInstance
            metadata: {name: flux, namespace: flux-system}
            spec: {distribution: {version: 2.x}}
            """);
    assertThat(use.byProduct()).isEmpty();
  }

  @Test
  void what_flux_installed_is_labelled() {
    var use =
        read(
            """
            apiVersion: v1
            kind: Namespace
            metadata:
              name: flux-system
              labels:
                app.kubernetes.io/part-of: flux
                app.kubernetes.io/version: v2.8.3
            """);
    assertThat(use.of(Product.FLUX).orElseThrow().release()).hasToString("Flux 2.8.3");
  }

  @Test
  void upgrades_of_kubernetes_tell_its_release_and_other_plans_do_not() {
    assertThat(plan("v1.34.1+k3s1").of(Product.KUBERNETES).orElseThrow().release().minor())
        .isEqualTo("1.34");
    assertThat(plan("v1.11.0").byProduct()).isEmpty();
  }

  private ReleasesInUse plan(String version) {
    return read(
        """
        apiVersion: upgrade.cattle.io/v1
        kind: Plan
        metadata: {name: it, namespace: there}
        spec: {version: %s}
        """
            .formatted(version));
  }

  @Test
  void talos_keeps_the_version_in_a_file() throws IOException {
    Files.writeString(repository.resolve("talconfig.yaml"), "kubernetesVersion: v1.35.2\n");
    var use = read("{}").of(Product.KUBERNETES).orElseThrow();
    assertThat(use.release()).hasToString("Kubernetes 1.35.2");
    assertThat(use.place().orElseThrow().toString()).isEqualTo("talconfig.yaml:1:20");
  }

  @Test
  void of_two_releases_the_newer_counts_and_both_are_kept() {
    var older = deployment("ghcr.io/cloudnative-pg/cloudnative-pg:1.28.0");
    var newer = deployment("ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0");
    var use = read(older + "---\n" + newer);
    assertThat(use.of(Product.CNPG).orElseThrow().release().minor()).isEqualTo("1.30");
    assertThat(use.byProduct().get(Product.CNPG)).hasSize(2);
  }

  private ReleasesInUse read(String yaml) {
    var objects = YamlReader.ofSources().read("it.yaml", yaml).manifests().toList();
    var kustomization =
        YamlReader.ofSources()
            .read("ks.yaml", "{apiVersion: v1, kind: Kustomization, metadata: {name: it}}")
            .manifests()
            .map(Kustomization::new)
            .findFirst()
            .orElseThrow();
    var rendered =
        new RenderedKustomization(
            kustomization,
            Optional.empty(),
            RenderedKustomization.State.RENDERED,
            objects,
            List.of(),
            false,
            Set.of());
    return DeployedReleases.of(
        List.of(new RenderedTree("", new Artifact(repository, files()), List.of(rendered))));
  }

  private List<String> files() {
    var names = repository.toFile().list();
    return names == null ? List.of() : List.of(names);
  }
}
