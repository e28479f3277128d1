package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.Catalogue;
import io.cooper.schemas.Definitions;
import io.cooper.schemas.ImportedSchemas;
import io.cooper.schemas.KindSchema;
import io.cooper.schemas.KnownReleases;
import io.cooper.schemas.LayeredCatalogue;
import io.cooper.schemas.Product;
import io.cooper.schemas.Release;
import io.cooper.schemas.ReleasesInUse;
import io.cooper.schemas.ReleasesInUse.InUse;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The stored catalogue beside what a running API server answers. `KUBECONFIG` names the cluster.
@Tag("cluster")
class ClusterSchemasTest {
  private static final String META = "meta.v1";

  @TempDir private Path repository;

  @BeforeEach
  void thereIsACluster() {
    assumeTrue(System.getenv("KUBECONFIG") != null, "KUBECONFIG names no cluster");
  }

  @Test
  @Tag("S30")
  void the_catalogue_says_of_every_kind_what_the_api_server_says() {
    var run = Run.of("schemas", "import", "--cluster", "--path", repository.toString());
    assertThat(run.status()).as(run.err()).isZero();

    var cluster = LayeredCatalogue.of(BuiltInCatalogue.newest(), List.of(imported()));
    var kinds = cluster.kinds().filter(this::isImported).toList();
    assertThat(kinds).hasSizeGreaterThan(50);
    var release = kinds.getFirst().from().orElseThrow();
    assumeTrue(
        KnownReleases.standingFor(release).isSameMinor(release),
        "the catalogue holds no " + release);
    var stored = catalogueOf(release);
    for (var kind : kinds) {
      var known = stored.find(kind.apiVersion(), kind.kind());
      assertThat(known).as(kind.toString()).isPresent();
      assertThat(known.orElseThrow().namespaced()).isEqualTo(kind.namespaced());
      assertThat(reached(stored, known.orElseThrow())).isEqualTo(reached(cluster, kind));
    }
  }

  private Definitions imported() {
    return ImportedSchemas.read(repository);
  }

  private boolean isImported(KindSchema kind) {
    return kind.definition().getPath().startsWith("/imported-") && kind.from().isPresent();
  }

  private static BuiltInCatalogue catalogueOf(Release release) {
    return BuiltInCatalogue.of(
        new ReleasesInUse(
            Map.of(
                Product.KUBERNETES, List.of(new InUse(release, "the cluster", Optional.empty())))));
  }

  /// Every definition that a kind reaches, by name. Types that all groups share list the groups of
  /// one document only, so that list is left out.
  private static Map<String, JsonNode> reached(Catalogue catalogue, KindSchema kind) {
    var all = new TreeMap<String, JsonNode>();
    var open = new ArrayDeque<>(List.of(kind.definition()));
    while (!open.isEmpty()) {
      var address = open.remove();
      var name = address.getPath().substring(address.getPath().lastIndexOf('/') + 1);
      var schema = catalogue.schema(address);
      var compared = schema.deepCopy();
      if (name.contains(META)) {
        ((ObjectNode) compared).remove("x-kubernetes-group-version-kind");
      }
      if (all.put(name, compared) == null) {
        schema.findValues("$ref").stream()
            .filter(JsonNode::isString)
            .forEach(to -> open.add(address.resolve(to.asString())));
      }
    }
    return all;
  }
}
