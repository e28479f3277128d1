package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.graph.DependencyGraph;
import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.cnpg.Installs.Install;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/plugin-resources`
public final class PluginResources implements RepositoryPolicy {
  /// A base backup of 38 MB was seen to need 254 MiB (facts/cnpg-i.md 12).
  private static final long SIDECAR_NEEDS = 256L << 20;

  private static final String[] SIDECAR = {"spec", "instanceSidecarConfiguration", "resources"};

  @Override
  public About about() {
    return new About(
        "cnpg/plugin-resources",
        WARNING,
        "The plugin and its sidecars have memory limits that fit what they do.",
        """
        Neither the released manifest nor the chart of the plugin sets limits, and sidecars have those of
        `spec.instanceSidecarConfiguration.resources` of the ObjectStore, or none. Without a limit a sidecar that grows
        takes memory from the database beside it, and on a full node the kernel chooses who dies.

        The two roles differ. The plugin itself only answers the operator and lives on 128Mi. The sidecar in the database
        Pod reads, compresses and sends base backups: 254 MiB were measured for a database of 38 MB, so that a sidecar with
        the plugin's 128Mi is killed in every backup, and archives no WAL until it is back.

        A missing limit is a notice, one below 256Mi on a sidecar a warning.
        """,
        "Set limits.memory: 128Mi is enough for the plugin, a sidecar needs 256Mi or more.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return OneText.of(repository.graphs().stream().flatMap(PluginResources::check));
  }

  private static Stream<Finding> check(DependencyGraph graph) {
    return Stream.concat(
        graph
            .tree()
            .objects(Databases.STORE_GROUP, "ObjectStore")
            .flatMap(store -> sidecar(store).stream()),
        Installs.of(graph).plugins().stream().flatMap(plugin -> plugin(plugin).stream()));
  }

  private static Optional<Finding> sidecar(Manifest store) {
    var limit = store.text(SIDECAR[0], SIDECAR[1], SIDECAR[2], "limits", "memory");
    if (limit.isEmpty()) {
      return Optional.of(
          Finding.about(
                  store,
                  "%s sets no memory limit for the sidecars in database Pods".formatted(store.id()),
                  SIDECAR)
              .withSeverity(NOTICE)
              .withRemedy(
                  "Set spec.instanceSidecarConfiguration.resources.limits.memory, for example to"
                      + " 512Mi."));
    }
    return limit
        .flatMap(Quantity::bytes)
        .filter(bytes -> bytes < SIDECAR_NEEDS)
        .map(_ ->
            Finding.about(
                    store,
                    "%s limits sidecars to %s of memory, in which a base backup does not fit"
                        .formatted(store.id(), limit.get()),
                    SIDECAR[0],
                    SIDECAR[1],
                    SIDECAR[2],
                    "limits",
                    "memory")
                .withRemedy("Allow 256Mi at least; 512Mi leaves room for larger databases."));
  }

  private static Optional<Finding> plugin(Install plugin) {
    return plugin.release().isPresent() ? release(plugin) : deployment(plugin);
  }

  private static Optional<Finding> release(Install plugin) {
    boolean limited =
        plugin.release().flatMap(release -> release.value("resources.limits.memory")).isPresent();
    return limited || plugin.hasOtherValues()
        ? Optional.empty()
        : Optional.of(
            unlimited(plugin.manifest(), "spec", "values", "resources")
                .withRemedy("Set resources.limits.memory in the values, for example to 128Mi."));
  }

  private static Optional<Finding> deployment(Install plugin) {
    return plugin
        .container()
        .filter(container -> container.text("resources", "limits", "memory").isEmpty())
        .map(container ->
            Finding.at(
                    plugin.manifest().placeOf(container.get("resources").orElse(container)),
                    unlimited(plugin.manifest()).message())
                .of(plugin.manifest())
                .withSeverity(NOTICE)
                .withRemedy("Set resources.limits.memory, for example to 128Mi."));
  }

  private static Finding unlimited(Manifest plugin, String... path) {
    return Finding.about(
            plugin, "%s runs the plugin without a memory limit".formatted(plugin.id()), path)
        .withSeverity(NOTICE);
  }
}
