package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.ManifestPolicy;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/restore-server-name`
public final class RestoreServerName implements ManifestPolicy {
  @Override
  public About about() {
    return new About(
        "cnpg/restore-server-name",
        ERROR,
        "Who restores through the plugin says under which server name the old Cluster wrote.",
        """
        An archive lies in a folder that is named after the server. Without `serverName` in the parameters of
        `externalClusters[].plugin`, the plugin looks below the name of the *new* Cluster: there is nothing yet, and the
        restore ends with `no target backup found`. The built-in `barmanObjectStore` used the name of the external entry
        instead, so that a move to the plugin without this parameter changes where it looks.

        An entry that has the new Cluster's own name needs no `serverName`. For the source of a replica cluster that can
        also stream (`connectionParameters`) it is a warning: the archive is needed only where streaming falls behind.
        """,
        "Set parameters.serverName of the entry to the server name of the old Cluster, by default its name.");
  }

  @Override
  public Stream<Finding> check(Manifest manifest) {
    if (!manifest.is(Databases.CNPG, "Cluster")) {
      return Stream.empty();
    }
    return Stream.of(Databases.recoverySourceOf(manifest), Databases.replicaSourceOf(manifest))
        .flatMap(Optional::stream)
        .filter(external -> !external.name().equals(manifest.name()))
        .flatMap(external -> unnamed(manifest, external).stream())
        .limit(1);
  }

  private static Optional<Finding> unnamed(Manifest cluster, Databases.External external) {
    return external
        .plugin()
        .filter(Databases.Plugin::isBarman)
        .filter(plugin -> plugin.statedServerName().isEmpty())
        .map(plugin ->
            Finding.at(
                    cluster.placeOf(plugin.values().get("parameters").orElse(plugin.values())),
                    "Cluster %s reads from external cluster %s without a serverName, and so looks below its own name, %s"
                        .formatted(cluster.name(), external.name(), cluster.name()))
                .of(cluster)
                .withRemedy(
                    "Add serverName: %s to the parameters, or whatever the old Cluster wrote under."
                        .formatted(external.name())))
        .map(finding ->
            external.canStream() && Databases.recoverySourceOf(cluster).isEmpty()
                ? finding.withSeverity(WARNING)
                : finding);
  }
}
