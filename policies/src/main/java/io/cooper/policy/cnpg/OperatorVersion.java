package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.schemas.Product;
import io.cooper.schemas.Release;
import io.cooper.schemas.ReleaseFacts;
import io.cooper.schemas.ReleasesInUse.InUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/operator-version`
public final class OperatorVersion implements RepositoryPolicy {
  /// Releases of the plugin before this one ask for 1.25 (their README).
  private static final String PLUGIN_THAT_NEEDS_MORE = "0.4.0";

  private static final String FOR_OLD_PLUGINS = "1.25.0";

  /// `isWALArchiver` also came to 1.24 on the day of 1.25.1.
  private static final String WAL_ARCHIVER_BACKPORT = "1.24.3";

  private static final String AFTER_BACKPORT = "1.25.0-0";

  @Override
  public About about() {
    return new About(
        "cnpg/operator-version",
        ERROR,
        "The operator is a release that knows what the Clusters ask of it.",
        """
        - The Barman Cloud plugin needs CloudNativePG %s; releases of the plugin before 0.4 need 1.25.
        - `isWALArchiver` came with %s (and 1.24.3). The API server of an older operator's CRD does not know the
          field: Flux's dry run fails on it, or it is dropped and nobody says who archives.
        - %s is advised: %s. An operator in between is a notice.
        - A release candidate or beta is a warning: `1.25.0-rc1` is older than 1.25.0, and no proof that 1.25 is there.

        The release is read from the operator's image or the version of its chart, or given with `--cluster-versions`.
        Nothing is said about an operator that nobody here knows.
        """
            .formatted(
                ReleaseFacts.leastOperatorForPlugin().release().version(),
                ReleaseFacts.walArchiverByName().release().version(),
                ReleaseFacts.advisedOperatorForPlugin().release().version(),
                ReleaseFacts.advisedOperatorForPlugin().what()),
        "Upgrade the operator before Clusters use the feature.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var operators = repository.releases().byProduct().getOrDefault(Product.CNPG, List.of());
    if (operators.isEmpty()) {
      return Stream.empty();
    }
    var clusters = Databases.in(repository).flatMap(each -> each.clusters().stream()).toList();
    var plugin = repository.releases().of(Product.BARMAN_PLUGIN).map(InUse::release);
    return operators.stream()
        .distinct()
        .flatMap(operator -> check(operator, clusters, plugin).stream());
  }

  private static List<Finding> check(
      InUse operator, List<Manifest> clusters, Optional<Release> plugin) {
    var findings = new ArrayList<Finding>();
    var users = clusters.stream().filter(OperatorVersion::usesPlugin).toList();
    var advised = ReleaseFacts.advisedOperatorForPlugin();
    var lacking = lacking(operator.release(), users, plugin);
    if (!lacking.isEmpty()) {
      findings.add(
          at(
              operator,
              users.getFirst(),
              "%s (%s) is too old for %s"
                  .formatted(
                      operator.release(), operator.source(), String.join(" and ", lacking))));
    } else if (!users.isEmpty() && operator.release().compareTo(advised.release()) < 0) {
      findings.add(
          at(
                  operator,
                  users.getFirst(),
                  "%s (%s) is older than %s, which the plugin's project advises"
                      .formatted(
                          operator.release(), operator.source(), advised.release().version()))
              .withSeverity(NOTICE)
              .withRemedy(
                  "Upgrade the operator: since %s %s."
                      .formatted(advised.release().version(), advised.what())));
    }
    if (operator.release().isPreRelease()) {
      placeOf(operator, clusters)
          .map(place ->
              Finding.at(
                      place,
                      "%s (%s) is a pre-release".formatted(operator.release(), operator.source()))
                  .withSeverity(WARNING)
                  .withRemedy("Run a release where data counts."))
          .ifPresent(findings::add);
    }
    return findings;
  }

  private static boolean usesPlugin(Manifest cluster) {
    return Stream.concat(Databases.pluginsOf(cluster), Databases.externalPluginsOf(cluster))
        .anyMatch(plugin -> plugin.enabled() && plugin.isBarman());
  }

  /// Each feature that is used and that the operator does not have, with its first release.
  private static List<String> lacking(
      Release operator, List<Manifest> users, Optional<Release> plugin) {
    var lacking = new ArrayList<String>();
    if (users.isEmpty()) {
      return lacking;
    }
    var needed =
        plugin.filter(release -> !release.isAtLeast(PLUGIN_THAT_NEEDS_MORE)).isPresent()
            ? Release.of(Product.CNPG, FOR_OLD_PLUGINS)
            : ReleaseFacts.leastOperatorForPlugin().release();
    if (operator.compareTo(needed) < 0) {
      lacking.add(
          "%s, which needs %s"
              .formatted(
                  plugin.map(Release::toString).orElseGet(Product.BARMAN_PLUGIN::title),
                  needed.version()));
    }
    var archiver = ReleaseFacts.walArchiverByName().release();
    boolean backported =
        operator.isAtLeast(WAL_ARCHIVER_BACKPORT) && !operator.isAtLeast(AFTER_BACKPORT);
    if (operator.compareTo(archiver) < 0
        && !backported
        && users.stream().flatMap(Databases::pluginsOf).anyMatch(Databases.Plugin::archivesWal)) {
      lacking.add("isWALArchiver, which came with " + archiver.version());
    }
    return lacking;
  }

  private static Finding at(InUse operator, Manifest user, String message) {
    return operator
        .place()
        .map(place -> Finding.at(place, message))
        .orElseGet(() -> Finding.about(user, message, "spec", "plugins"));
  }

  private static Optional<Place> placeOf(InUse operator, List<Manifest> clusters) {
    return operator.place().or(() -> clusters.stream().findFirst().map(Manifest::place));
  }
}
