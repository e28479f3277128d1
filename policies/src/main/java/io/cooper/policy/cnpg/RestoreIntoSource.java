package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/restore-into-source`
public final class RestoreIntoSource implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "cnpg/restore-into-source",
        ERROR,
        "A restored Cluster does not write into the archive that it was restored from.",
        """
        One store may be read and written, as long as the server names differ. With one store and one server name the
        new Cluster finds an archive that is not empty and refuses to archive: `Expected empty archive`.

        With that check switched off (`cnpg.io/skipEmptyWalArchiveCheck: enabled`) it is a warning. The new Cluster then
        writes its timeline among the segments of the old one: a restore to the latest state follows the new one, and an
        old instance that still runs somewhere writes into the same archive.

        The same goes for a replica cluster, which reads the archive of its source and writes its own.
        """,
        "Give the new Cluster another serverName in spec.plugins, such as its name with a -v2.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return OneText.of(
        Databases.in(repository)
            .flatMap(databases ->
                databases.clusters().stream()
                    .flatMap(cluster -> check(databases, cluster).stream())));
  }

  private static Optional<Finding> check(Databases databases, Manifest cluster) {
    return Stream.of(Databases.recoverySourceOf(cluster), Databases.replicaSourceOf(cluster))
        .flatMap(Optional::stream)
        .filter(external -> isSaid(cluster, external))
        .flatMap(external ->
            external.plugin().stream()
                .filter(Databases.Plugin::isBarman)
                .flatMap(plugin -> databases.archiveOf(plugin).stream())
                .flatMap(archive -> writingTo(databases, cluster, archive).stream())
                .map(own ->
                    Finding.at(
                            cluster.placeOf(own.at()),
                            "Cluster %s reads from %s (external cluster %s) and archives into the same folder"
                                .formatted(
                                    cluster.name(),
                                    databases.archiveOf(own).orElseThrow(),
                                    external.name()))
                        .of(cluster)))
        .map(finding -> skipsCheck(cluster) ? finding.withSeverity(WARNING) : finding)
        .findFirst();
  }

  /// Who has switched the check off knows what he does, and does it at his own risk.
  private static boolean skipsCheck(Manifest cluster) {
    return cluster
        .text("metadata", "annotations", "cnpg.io/skipEmptyWalArchiveCheck")
        .filter("enabled"::equals)
        .isPresent();
  }

  /// Without a server name the entry looks below the new name by mistake: what [RestoreServerName]
  /// is about.
  private static boolean isSaid(Manifest cluster, Databases.External external) {
    return external.name().equals(cluster.name())
        || external.plugin().flatMap(Databases.Plugin::statedServerName).isPresent();
  }

  private static Optional<Databases.Plugin> writingTo(
      Databases databases, Manifest cluster, Archive archive) {
    return Databases.pluginsOf(cluster)
        .filter(Databases.Plugin::enabled)
        .filter(Databases.Plugin::isBarman)
        .filter(plugin -> databases.archiveOf(plugin).equals(Optional.of(archive)))
        .findFirst();
  }
}
