package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

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

        An entry that has the new Cluster's own name needs no `serverName`.
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
        .flatMap(external ->
            external.plugin().stream()
                .filter(Databases.Plugin::isBarman)
                .filter(plugin -> plugin.statedServerName().isEmpty())
                .map(plugin ->
                    Finding.at(
                            manifest.placeOf(
                                plugin.values().get("parameters").orElse(plugin.values())),
                            "Cluster %s reads from external cluster %s without a serverName, and so looks below its own name, %s"
                                .formatted(manifest.name(), external.name(), manifest.name()))
                        .of(manifest)
                        .withRemedy(
                            "Add serverName: %s to the parameters, or whatever the old Cluster wrote under."
                                .formatted(external.name()))))
        .distinct()
        .limit(1);
  }
}
