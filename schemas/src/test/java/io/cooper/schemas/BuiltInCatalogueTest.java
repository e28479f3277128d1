package io.cooper.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.schemas.ReleasesInUse.InUse;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class BuiltInCatalogueTest {
  private static final String STORE = "barmancloud.cnpg.io/v1";
  private static final String CNPG = "postgresql.cnpg.io/v1";

  /// The kinds that the requirements name, and who makes them.
  @ParameterizedTest
  @Tag("S30")
  @CsvSource({
    "kustomize.toolkit.fluxcd.io/v1, Kustomization, FLUX",
    "source.toolkit.fluxcd.io/v1, GitRepository, FLUX",
    "source.toolkit.fluxcd.io/v1, HelmRepository, FLUX",
    "helm.toolkit.fluxcd.io/v2, HelmRelease, FLUX",
    "barmancloud.cnpg.io/v1, ObjectStore, BARMAN_PLUGIN",
    "postgresql.cnpg.io/v1, Cluster, CNPG",
    "postgresql.cnpg.io/v1, Backup, CNPG",
    "postgresql.cnpg.io/v1, ScheduledBackup, CNPG",
    "monitoring.coreos.com/v1, PrometheusRule, PROMETHEUS_OPERATOR",
    "external-secrets.io/v1, ExternalSecret, EXTERNAL_SECRETS",
    "cert-manager.io/v1, Certificate, CERT_MANAGER",
    "cert-manager.io/v1, Issuer, CERT_MANAGER",
    "apps/v1, Deployment, KUBERNETES",
    "v1, ConfigMap, KUBERNETES",
  })
  void a_kind_comes_with_the_release_that_says_so(String apiVersion, String kind, Product product) {
    var found = BuiltInCatalogue.newest().find(apiVersion, kind).orElseThrow();
    assertThat(found.from()).contains(KnownReleases.newest(product));
    assertThat(found.namespaced()).isTrue();
  }

  @Test
  void the_releases_that_were_promised_are_there() {
    assertThat(minors(Product.KUBERNETES)).containsExactly("1.33", "1.34", "1.35", "1.36");
    assertThat(minors(Product.FLUX)).containsExactly("2.6", "2.7", "2.8", "2.9");
    assertThat(minors(Product.CNPG))
        .containsExactly("1.25", "1.26", "1.27", "1.28", "1.29", "1.30");
    assertThat(minors(Product.BARMAN_PLUGIN)).hasSize(11).startsWith("0.5").endsWith("0.15");
  }

  private static List<String> minors(Product product) {
    return KnownReleases.of(product).stream().map(Release::minor).toList();
  }

  static Stream<Release> everyRelease() {
    return Stream.of(Product.values()).flatMap(product -> KnownReleases.of(product).stream());
  }

  @ParameterizedTest
  @MethodSource("everyRelease")
  void every_definition_that_a_release_reaches_can_be_read(Release release) {
    var catalogue = catalogueOf(release);
    var open = new ArrayDeque<URI>();
    catalogue
        .kinds()
        .filter(kind -> kind.from().equals(Optional.of(release)))
        .forEach(kind -> open.add(kind.definition()));
    assertThat(open).isNotEmpty();
    var seen = new HashSet<URI>();
    while (!open.isEmpty()) {
      var address = open.remove();
      if (seen.add(address)) {
        references(catalogue.schema(address)).forEach(to -> open.add(address.resolve(to)));
      }
    }
    assertThat(seen).hasSizeGreaterThanOrEqualTo(2);
  }

  private static Stream<String> references(JsonNode schema) {
    return schema.findValues("$ref").stream().filter(JsonNode::isString).map(JsonNode::asString);
  }

  private static BuiltInCatalogue catalogueOf(Release release) {
    return BuiltInCatalogue.of(
        new ReleasesInUse(
            Map.of(release.product(), List.of(new InUse(release, "the test", Optional.empty())))));
  }

  @Test
  @Tag("S68")
  void a_field_is_unknown_to_the_releases_before_it() {
    assertThat(sidecarFields("0.6.0")).contains("resources").doesNotContain("logLevel");
    assertThat(sidecarFields("0.7.0")).contains("resources", "logLevel");
  }

  private static Set<String> sidecarFields(String plugin) {
    var catalogue = catalogueOf(Release.of(Product.BARMAN_PLUGIN, plugin));
    var store = catalogue.find(STORE, "ObjectStore").orElseThrow();
    return Set.copyOf(
        catalogue
            .schema(store.definition())
            .at("/properties/spec/properties/instanceSidecarConfiguration/properties")
            .propertyNames());
  }

  @Test
  void a_kind_is_unknown_to_the_releases_before_it() {
    assertThat(catalogueOf(Release.of(Product.CNPG, "1.29.0")).find(CNPG, "DatabaseRole"))
        .isEmpty();
    assertThat(catalogueOf(Release.of(Product.CNPG, "1.30.0")).find(CNPG, "DatabaseRole"))
        .isPresent();
  }

  @Test
  void rules_defaults_and_list_types_survive() {
    var catalogue = BuiltInCatalogue.newest();
    var cluster = schema(catalogue, CNPG, "Cluster");
    assertThat(cluster.toString()).contains("x-kubernetes-validations", "x-kubernetes-list-type");
    assertThat(cluster.at("/properties/spec/properties/instances/default").asInt()).isEqualTo(1);
    assertThat(cluster.at("/properties/spec/required").toString()).contains("instances");
  }

  @Test
  void no_schema_has_words_for_people_but_a_field_may_be_called_description() {
    var catalogue = BuiltInCatalogue.newest();
    var priority = schema(catalogue, "scheduling.k8s.io/v1", "PriorityClass");
    assertThat(priority.has("description")).isFalse();
    assertThat(priority.at("/properties/description/type").asString()).isEqualTo("string");
  }

  private static JsonNode schema(Catalogue catalogue, String apiVersion, String kind) {
    return catalogue.schema(catalogue.find(apiVersion, kind).orElseThrow().definition());
  }

  @Test
  void metadata_of_a_custom_resource_is_that_of_kubernetes() {
    var catalogue = BuiltInCatalogue.newest();
    var cluster = catalogue.find(CNPG, "Cluster").orElseThrow().definition();
    var reference = catalogue.schema(cluster).at("/properties/metadata/$ref").asString();
    assertThat(catalogue.schema(cluster.resolve(reference)).at("/properties/labels").isObject())
        .isTrue();
  }

  @Test
  void cluster_wide_kinds_are_told_apart() {
    var catalogue = BuiltInCatalogue.newest();
    assertThat(catalogue.find("v1", "Namespace").orElseThrow().namespaced()).isFalse();
    for (var release : KnownReleases.of(Product.CERT_MANAGER)) {
      assertThat(
              catalogueOf(release)
                  .find("cert-manager.io/v1", "ClusterIssuer")
                  .orElseThrow()
                  .namespaced())
          .as(release.toString())
          .isFalse();
    }
  }

  @Test
  void a_version_that_is_still_served_brings_the_servers_own_warning() {
    assertThat(BuiltInCatalogue.newest().find("v1", "Endpoints").orElseThrow().deprecation())
        .contains("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
    var older = catalogueOf(Release.of(Product.FLUX, "2.7.0"));
    assertThat(
            older.find("helm.toolkit.fluxcd.io/v2beta2", "HelmRelease").orElseThrow().deprecation())
        .contains("v2beta2 HelmRelease is deprecated, upgrade to v2");
  }

  @ParameterizedTest
  @CsvSource({
    "policy/v1beta1, PodDisruptionBudget, Kubernetes 1.25.0, policy/v1",
    "batch/v1beta1, CronJob, Kubernetes 1.25.0, batch/v1",
    "autoscaling/v2beta2, HorizontalPodAutoscaler, Kubernetes 1.26.0, autoscaling/v2",
    "helm.toolkit.fluxcd.io/v2beta2, HelmRelease, Flux 2.8.0, helm.toolkit.fluxcd.io/v2",
    "source.toolkit.fluxcd.io/v1beta1, GitRepository, Flux 2.7.0, source.toolkit.fluxcd.io/v1",
    "external-secrets.io/v1beta1, ExternalSecret, the External Secrets operator 0.17.0,"
        + " external-secrets.io/v1",
  })
  void what_is_gone_is_told_with_the_release_that_removed_it(
      String apiVersion, String kind, String removedIn, String instead) {
    var catalogue = BuiltInCatalogue.newest();
    assertThat(catalogue.find(apiVersion, kind)).isEmpty();
    var end = catalogue.retirement(apiVersion, kind).orElseThrow();
    assertThat(end.removedIn()).map(Release::toString).contains(removedIn);
    assertThat(end.replacement()).contains(new Retirement.Replacement(instead, kind));
    assertThat(catalogue.find(instead, kind)).isPresent();
  }

  @Test
  void what_never_was_has_no_end() {
    assertThat(BuiltInCatalogue.newest().retirement("apps/v1", "Deploymnet")).isEmpty();
    assertThat(BuiltInCatalogue.newest().retirement("apps/v1", "Deployment")).isEmpty();
  }

  @Test
  @Tag("S56")
  void a_release_that_is_not_known_is_stood_in_for_and_says_so() {
    var newer = catalogueOf(Release.of(Product.CNPG, "1.42.0")).checked(Product.CNPG);
    assertThat(newer.release()).isEqualTo(KnownReleases.newest(Product.CNPG));
    assertThat(newer.isStandIn()).isTrue();
    var older = catalogueOf(Release.of(Product.CNPG, "1.20.0")).checked(Product.CNPG);
    assertThat(older.release().minor()).isEqualTo("1.25");
    assertThat(older.isStandIn()).isTrue();
    var candidate = catalogueOf(Release.of(Product.CNPG, "1.25.0-rc1")).checked(Product.CNPG);
    assertThat(candidate.release().minor()).isEqualTo("1.25");
    assertThat(candidate.isStandIn()).isFalse();
  }

  @Test
  void what_is_not_named_is_checked_against_the_newest() {
    var checked = BuiltInCatalogue.newest().checked(Product.KUBERNETES);
    assertThat(checked.release().minor()).isEqualTo("1.36");
    assertThat(checked.asked()).isEmpty();
    assertThat(checked.isStandIn()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.org/schema",
    "catalogue:/cnpg/1.0.0/io.cnpg.postgresql.v1.Cluster",
    "catalogue:/cnpg/1.30.0/io.cnpg.postgresql.v1.Klaster",
    "catalogue:/nothing",
  })
  void a_foreign_address_is_refused(URI address) {
    var catalogue = BuiltInCatalogue.newest();
    assertThatThrownBy(() -> catalogue.schema(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(address.toString());
  }
}
