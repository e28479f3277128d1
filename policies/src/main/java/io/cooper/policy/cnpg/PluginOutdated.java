package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.NOTICE;

import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.schemas.Product;
import io.cooper.schemas.ReleasesInUse.InUse;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/plugin-outdated`
public final class PluginOutdated implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "cnpg/plugin-outdated",
        NOTICE,
        "The plugin is not so old that an upgrade takes more than a new version.",
        """
        Most releases of the plugin are installed by changing a version. Some need a step of their own: a newer CRD, a
        right in a ClusterRole, roles of old names that have to be deleted, a field that moved. This notice lists them in
        order, from the release in use to the newest one that Cooper knows, so that an upgrade over many releases is
        prepared as a whole.

        Every release also brings a new sidecar image, which rolls the Pods of all Clusters that use the plugin.
        """,
        "Upgrade the plugin, and take the listed steps.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.releases().byProduct().getOrDefault(Product.BARMAN_PLUGIN, List.of()).stream()
        .distinct()
        .flatMap(plugin -> finding(repository, plugin).stream());
  }

  private static Optional<Finding> finding(Repository repository, InUse plugin) {
    var steps = PluginReleases.stepsFrom(plugin.release());
    if (steps.isEmpty()) {
      return Optional.empty();
    }
    var place =
        plugin
            .place()
            .or(() ->
                Installs.in(repository)
                    .flatMap(installs -> installs.plugins().stream())
                    .findFirst()
                    .map(install -> install.manifest().place()));
    return place.map(at ->
        Finding.at(
                at,
                "%s (%s) is %d releases behind %s, with %d step%s on the way"
                    .formatted(
                        plugin.release(),
                        plugin.source(),
                        PluginReleases.behind(plugin.release()),
                        PluginReleases.newest().version(),
                        steps.size(),
                        steps.size() == 1 ? "" : "s"))
            .withRemedy("Upgrade, and on the way: " + String.join("; ", steps) + "."));
  }
}
