package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.schemas.Product;
import io.cooper.schemas.ReleaseFacts;
import io.cooper.schemas.ReleasesInUse.InUse;
import java.util.Optional;
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
        The built-in support is deprecated since CloudNativePG %s. Its removal was announced for %s, and is announced for
        %s now (%s). With an operator of that release or a later one this is an error: the block is refused or ignored,
        and the Cluster is without backups.

        A `Backup` or `ScheduledBackup` that names no method uses `barmanObjectStore`: after a move to the plugin it goes
        on trying the old way and fails. A `spec.backup.retentionPolicy` that stays behind has no effect: the plugin keeps
        what `spec.retentionPolicy` of the ObjectStore says.
        """
            .formatted(
                ReleaseFacts.deprecationOfInTreeBarman().release().minor(),
                earlier(),
                ReleaseFacts.removalOfInTreeBarman().release().minor(),
                ReleaseFacts.removalOfInTreeBarman().what()),
        "Describe the store as an ObjectStore, name it in spec.plugins, and set method: plugin on the schedules.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var operator =
        repository
            .releases()
            .of(Product.CNPG)
            .filter(each ->
                each.release().compareTo(ReleaseFacts.removalOfInTreeBarman().release()) >= 0);
    return Databases.in(repository)
        .flatMap(databases ->
            Stream.concat(
                builtIn(databases)
                    .map(finding -> operator.map(each -> gone(finding, each)).orElse(finding)),
                databases.clusters().stream().flatMap(cluster -> leftBehind(cluster).stream())));
  }

  private static Stream<Finding> builtIn(Databases databases) {
    return Stream.concat(
        databases.clusters().stream()
            .flatMap(cluster -> Stream.concat(own(cluster), external(cluster))),
        databases.backups().stream()
            .filter(backup -> !isUnfit(databases, backup))
            .flatMap(LegacyStore::method));
  }

  private static Finding gone(Finding finding, InUse operator) {
    var told =
        new Finding(
            finding.place(),
            "%s – %s (%s) does not have it any more"
                .formatted(finding.message(), operator.release(), operator.source()),
            finding.remedy(),
            finding.severity(),
            finding.object(),
            finding.kustomization(),
            finding.repair());
    return told.withSeverity(ERROR);
  }

  /// What remains of the built-in store after a move to the plugin.
  private static Optional<Finding> leftBehind(Manifest cluster) {
    boolean moved =
        cluster.find("spec", "backup", "barmanObjectStore").isEmpty()
            && Databases.pluginsOf(cluster).anyMatch(Databases.Plugin::archivesWal);
    return moved && cluster.find("spec", "backup", "retentionPolicy").isPresent()
        ? Optional.of(
            Finding.about(
                    cluster,
                    "Cluster %s has a retentionPolicy of the built-in store, which the plugin does not read"
                        .formatted(cluster.name()),
                    "spec",
                    "backup",
                    "retentionPolicy")
                .withRemedy("Move it to spec.retentionPolicy of the ObjectStore."))
        : Optional.empty();
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
