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
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// `cnpg/backup-cluster-missing`
public final class BackupClusterMissing implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "cnpg/backup-cluster-missing",
        ERROR,
        "A Backup or ScheduledBackup names a Cluster of its own namespace.",
        """
        `spec.cluster.name` is required: without it the API server refuses the object. If the Cluster does not exist, the
        operator creates Backups that wait for ever, and nothing is backed up.
        """,
        "Set spec.cluster.name to a Cluster in the same namespace.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Databases.in(repository)
        .flatMap(
            databases -> databases.backups().stream().flatMap(backup -> check(databases, backup)));
  }

  private static Stream<Finding> check(Databases databases, Manifest backup) {
    var name = backup.text("spec", "cluster", "name");
    if (name.isEmpty()) {
      return Stream.of(
          repaired(
              databases,
              backup,
              Finding.about(
                  backup,
                  "%s does not say which Cluster it backs up".formatted(backup.id()),
                  "spec",
                  "cluster"),
              only -> new YamlChange.Put(List.of("spec", "cluster"), "name", only)));
    }
    if (databases.clusterOf(backup).isPresent()) {
      return Stream.empty();
    }
    var finding =
        Finding.about(
            backup,
            "%s backs up Cluster %s, which nothing in namespace %s defines%s"
                .formatted(
                    backup.id(),
                    name.get(),
                    backup.namespace(),
                    Nearest.hint(
                        name.get(), Databases.namesIn(databases.clusters(), backup.namespace()))),
            "spec",
            "cluster",
            "name");
    // A chart may bring the Cluster, and a Kustomization that does not render here may hold it.
    return Stream.of(
        databases.complete() && !databases.clusters().isEmpty()
            ? repaired(
                databases,
                backup,
                finding,
                only -> new YamlChange.Replace(List.of("spec", "cluster", "name"), only))
            : finding.withSeverity(WARNING));
  }

  private static Finding repaired(
      Databases databases, Manifest backup, Finding finding, Function<String, YamlChange> change) {
    var here = Databases.namesIn(databases.clusters(), backup.namespace());
    return databases.complete() && here.size() == 1
        ? finding.repairedBy(
            "Name Cluster %s, the only one in namespace %s"
                .formatted(here.getFirst(), backup.namespace()),
            backup,
            change.apply(here.getFirst()))
        : finding.byHand(
            here.isEmpty()
                ? "there is no Cluster in namespace %s".formatted(backup.namespace())
                : "there are %d Clusters in namespace %s"
                    .formatted(here.size(), backup.namespace()));
  }
}
