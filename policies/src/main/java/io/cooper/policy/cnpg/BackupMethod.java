package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Proposal;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/backup-method`
public final class BackupMethod implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "cnpg/backup-method",
        ERROR,
        "A Backup or ScheduledBackup uses a method that its Cluster is set up for.",
        """
        `method` chooses who takes the backup: `plugin` a plugin that the Cluster enables, `volumeSnapshot` the storage
        class of `spec.backup.volumeSnapshot`, `barmanObjectStore` the operator itself with the store in
        `spec.backup.barmanObjectStore`. Where the Cluster lacks that section, every Backup fails at once, for
        example with `no barmanObjectStore section defined on the target cluster`.

        No method at all means `barmanObjectStore`. That is how schedules go on failing after a Cluster was moved to the
        plugin, and how the test backup after a rollback fails when the old section is not back yet.
        """,
        "Set method: plugin with pluginConfiguration.name where the Cluster uses the plugin.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Databases.in(repository)
        .flatMap(databases ->
            databases.backups().stream()
                .flatMap(backup ->
                    databases
                        .clusterOf(backup)
                        .flatMap(cluster -> unfit(backup, cluster))
                        .stream()));
  }

  /// Whether a Backup asks for the built-in method of a Cluster that is not set up for it.
  static boolean isUnfit(Manifest backup, Manifest cluster) {
    return unfit(backup, cluster).isPresent();
  }

  private static Optional<Finding> unfit(Manifest backup, Manifest cluster) {
    var method = backup.text("spec", "method");
    return switch (method.orElse("barmanObjectStore")) {
      case "barmanObjectStore" ->
          cluster.find("spec", "backup", "barmanObjectStore").isPresent()
              ? Optional.empty()
              : Optional.of(builtIn(backup, cluster, method));
      case "volumeSnapshot" ->
          cluster.find("spec", "backup", "volumeSnapshot").isPresent()
              ? Optional.empty()
              : Optional.of(
                  Finding.about(
                          backup,
                          "%s wants volume snapshots, but Cluster %s has no spec.backup.volumeSnapshot"
                              .formatted(backup.id(), cluster.name()),
                          "spec",
                          "method")
                      .withRemedy(
                          "Add spec.backup.volumeSnapshot with a className to the Cluster."));
      default -> Optional.empty();
    };
  }

  private static Finding builtIn(Manifest backup, Manifest cluster, Optional<String> method) {
    var said = method.isPresent() ? "says" : "names no method, which means";
    var plugin =
        Databases.pluginsOf(cluster).filter(Databases.Plugin::enabled).map(Databases.Plugin::name);
    var name = plugin.findFirst();
    var finding =
        Finding.about(
            backup,
            "%s %s barmanObjectStore, but Cluster %s %s"
                .formatted(
                    backup.id(),
                    said,
                    cluster.name(),
                    name.map("backs up through plugin %s"::formatted).orElse("has no such store")),
            "spec",
            "method");
    return name.filter(Databases.BARMAN_PLUGIN::equals)
        .map(_ -> throughPlugin(finding, backup, method))
        .orElseGet(() -> finding.byHand("how the Cluster is to be backed up is not clear"));
  }

  private static Finding throughPlugin(Finding finding, Manifest backup, Optional<String> method) {
    var changes = new ArrayList<Proposal.Change>();
    changes.add(
        new Proposal.Change(
            backup,
            method.isPresent()
                ? new YamlChange.Replace(List.of("spec", "method"), "plugin")
                : new YamlChange.Put(List.of("spec"), "method", "plugin")));
    if (backup.find("spec", "pluginConfiguration", "name").isEmpty()) {
      changes.add(
          new Proposal.Change(
              backup,
              new YamlChange.Put(
                  List.of("spec", "pluginConfiguration"), "name", Databases.BARMAN_PLUGIN)));
    }
    return finding.withRepair(new Proposal("Back up through the plugin", changes));
  }
}
