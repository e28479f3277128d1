package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.schemas.Product;
import io.cooper.schemas.ReleaseFacts;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `cnpg/legacy-store`
public final class LegacyStore implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "cnpg/legacy-store",
        WARNING,
        "Backups go through the Barman Cloud plugin, not through the operator's built-in barmanObjectStore.",
        """
        The built-in support is deprecated since CloudNativePG %s. Its removal was announced for %s, and now for
        %s; an operator without it ignores or refuses the block, and the cluster is then without backups.

        A `Backup` or `ScheduledBackup` that names no method uses `barmanObjectStore`: after a move to the plugin it goes
        on trying the old way and fails.
        """
            .formatted(
                ReleaseFacts.deprecationOfInTreeBarman().release().minor(),
                earlier(),
                ReleaseFacts.removalOfInTreeBarman().release().minor()),
        "Describe the store as an ObjectStore, name it in spec.plugins, and set method: plugin on the schedules.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Databases.in(repository).flatMap(LegacyStore::check);
  }

  private static Stream<Finding> check(Databases databases) {
    return Stream.concat(
        databases.clusters().stream()
            .flatMap(cluster -> Stream.concat(own(cluster), external(cluster))),
        databases.backups().stream()
            .filter(backup -> !isUnfit(databases, backup))
            .flatMap(LegacyStore::method));
  }

  /// Where the Cluster has no such store, the method is what [BackupMethod] is about.
  private static boolean isUnfit(Databases databases, Manifest backup) {
    return databases
        .clusterOf(backup)
        .filter(cluster -> BackupMethod.isUnfit(backup, cluster))
        .isPresent();
  }

  /// Beside a plugin that archives, the store is what [TwoArchivers] is about.
  private static Stream<Finding> own(Manifest cluster) {
    if (Databases.pluginsOf(cluster).anyMatch(Databases.Plugin::archivesWal)) {
      return Stream.empty();
    }
    return cluster.find("spec", "backup", "barmanObjectStore").stream()
        .map(_ ->
            Finding.about(
                cluster,
                "Cluster %s backs up through the built-in barmanObjectStore, %s"
                    .formatted(cluster.name(), end()),
                "spec",
                "backup",
                "barmanObjectStore"));
  }

  private static Stream<Finding> external(Manifest cluster) {
    return cluster
        .root()
        .mappings("spec", "externalClusters")
        .flatMap(external -> external.get("barmanObjectStore").stream())
        .map(store ->
            Finding.at(
                    cluster.placeOf(store),
                    "Cluster %s reads another cluster's archive through the built-in barmanObjectStore, %s"
                        .formatted(cluster.name(), end()))
                .of(cluster));
  }

  private static Stream<Finding> method(Manifest backup) {
    var method = backup.text("spec", "method");
    if (method.isPresent() && !method.get().equals("barmanObjectStore")) {
      return Stream.empty();
    }
    var how =
        method.isPresent()
            ? "says method: barmanObjectStore"
            : "names no method, which means barmanObjectStore";
    return Stream.of(Finding.about(backup, "%s %s".formatted(backup.id(), how), "spec", "method"));
  }

  /// What upstream says of the removal today, and what it said before.
  private static String end() {
    return "which %s %s is to remove (announced for %s before)"
        .formatted(
            Product.CNPG.title(),
            ReleaseFacts.removalOfInTreeBarman().release().minor(),
            earlier());
  }

  private static String earlier() {
    return ReleaseFacts.earlierRemovalsOfInTreeBarman().stream()
        .map(fact -> fact.release().minor())
        .collect(Collectors.joining(" and "));
  }
}
