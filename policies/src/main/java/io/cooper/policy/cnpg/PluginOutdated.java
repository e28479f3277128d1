package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.NOTICE;

import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.schemas.KnownReleases;
import io.cooper.schemas.Product;
import io.cooper.schemas.Release;
import io.cooper.schemas.ReleaseFacts;
import io.cooper.schemas.ReleaseFacts.Change;
import io.cooper.schemas.ReleaseFacts.Sort;
import io.cooper.schemas.ReleasesInUse.InUse;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
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
        Most releases of the plugin are installed by changing a version. Some need a step of their own: a right in a
        ClusterRole, roles of old names that have to be deleted, a field that moved. This notice lists them in order, from
        the release in use to the newest one that Cooper knows, so that an upgrade over many releases is prepared as a
        whole. A newer definition of ObjectStore comes with the manifest of a release; where it is kept in a file of its own,
        or a chart leaves it out, take it along.

        Every release also brings a new sidecar image, which rolls the Pods of all Clusters that use the plugin.
        """,
        "Upgrade the plugin, and take the listed steps.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.releases().byProduct().getOrDefault(Product.BARMAN_PLUGIN, List.of()).stream()
        .distinct()
        .flatMap(plugin ->
            placeOf(repository, plugin).flatMap(place -> finding(place, plugin)).stream());
  }

  /// Where the release is read; for one that was given, the installation that it is about.
  private static Optional<Place> placeOf(Repository repository, InUse plugin) {
    return plugin
        .place()
        .or(() ->
            Installs.in(repository)
                .flatMap(installs -> installs.plugins().stream())
                .findFirst()
                .map(install -> install.manifest().place()));
  }

  private static Optional<Finding> finding(Place place, InUse plugin) {
    var newest = KnownReleases.newest(Product.BARMAN_PLUGIN);
    var steps =
        ReleaseFacts.changes(plugin.release(), newest).stream()
            .filter(change -> change.sort() == Sort.STEP)
            .toList();
    return steps.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Finding.at(
                    place,
                    "%s (%s) is %s behind %s, with %s on the way"
                        .formatted(
                            plugin.release(),
                            plugin.source(),
                            count(releasesAfter(plugin.release()), "release"),
                            newest.version(),
                            count(steps.size(), "step")))
                .withRemedy(
                    "Upgrade, and on the way: %s."
                        .formatted(
                            steps.stream()
                                .map(PluginOutdated::step)
                                .collect(Collectors.joining("; ")))));
  }

  private static long releasesAfter(Release release) {
    return KnownReleases.of(Product.BARMAN_PLUGIN).stream()
        .filter(each -> each.compareTo(release) > 0)
        .count();
  }

  private static String step(Change change) {
    return "%s: %s (%s)"
        .formatted(change.release().version(), change.toDo().orElse(change.what()), change.what());
  }

  private static String count(long number, String word) {
    return number == 1 ? "one " + word : "%d %ss".formatted(number, word);
  }
}
