package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.problem.Nearest;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/store-missing`
public final class StoreMissing implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "cnpg/store-missing",
        ERROR,
        "A Cluster's store exists in the Cluster's own namespace.",
        """
        `barmanObjectName` names an ObjectStore in the namespace of the Cluster; there is no reference across namespaces.
        If it is not there, the plugin asks the operator to try again later, the whole reconciliation of that Cluster
        stops, and the Cluster goes on saying that it is healthy.
        """,
        "Add the ObjectStore to the Cluster's namespace, or correct the name.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Databases.in(repository)
        .flatMap(databases ->
            databases.clusters().stream()
                .flatMap(cluster ->
                    Stream.concat(
                            Databases.pluginsOf(cluster).filter(Databases.Plugin::enabled),
                            Databases.externalPluginsOf(cluster))
                        .filter(Databases.Plugin::isBarman)
                        .flatMap(plugin -> dangling(databases, cluster, plugin).stream())));
  }

  private static Optional<Finding> dangling(
      Databases databases, Manifest cluster, Databases.Plugin plugin) {
    var name = plugin.store();
    if (name.isEmpty()) {
      return Optional.of(
          Finding.at(
                  plugin
                      .values()
                      .get("parameters")
                      .map(cluster::placeOf)
                      .orElse(cluster.placeOf(plugin.values())),
                  "Cluster %s enables %s without parameters.barmanObjectName"
                      .formatted(cluster.name(), plugin.name()))
              .withRemedy("Name the ObjectStore in parameters.barmanObjectName.")
              .of(cluster));
    }
    if (Databases.named(databases.stores(), cluster.namespace(), name.get()).isPresent()) {
      return Optional.empty();
    }
    var finding =
        Finding.at(
                plugin
                    .values()
                    .find("parameters", "barmanObjectName")
                    .map(cluster::placeOf)
                    .orElseGet(cluster::place),
                "Cluster %s/%s uses ObjectStore %s, which nothing in namespace %s defines%s"
                    .formatted(
                        cluster.namespace(),
                        cluster.name(),
                        name.get(),
                        cluster.namespace(),
                        suggestion(databases, cluster, name.get())))
            .of(cluster);
    var meant =
        Nearest.only(name.get(), Databases.namesIn(databases.stores(), cluster.namespace()))
            .map(store ->
                finding.repairedBy(
                    "Name ObjectStore " + store,
                    cluster,
                    new YamlChange.Replace(plugin.path("parameters", "barmanObjectName"), store)))
            .orElse(finding.byHand("which store is meant, or should be added, is not clear"));
    return Optional.of(databases.complete() ? meant : meant.withSeverity(WARNING));
  }

  private static String suggestion(Databases databases, Manifest cluster, String name) {
    var elsewhere =
        databases.stores().stream()
            .filter(store -> store.name().equals(name))
            .map(Manifest::namespace)
            .findFirst();
    return elsewhere
        .map(" – it exists in namespace %s, where the Cluster cannot use it"::formatted)
        .orElseGet(
            () -> Nearest.hint(name, Databases.namesIn(databases.stores(), cluster.namespace())));
  }
}
