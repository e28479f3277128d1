package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.ManifestPolicy;
import java.util.stream.Stream;

/// `cnpg/restore-not-archiving`
public final class RestoreNotArchiving implements ManifestPolicy {
  @Override
  public About about() {
    return new About(
        "cnpg/restore-not-archiving",
        WARNING,
        "A restored Cluster archives its own WAL.",
        """
        `externalClusters[].plugin` only reads. A Cluster that is restored through it and has no plugin of its own in
        `spec.plugins` runs, but nothing that happens from then on is backed up: the day after a disaster is the
        day without a backup.

        The same goes for a replica cluster: the day it is promoted, it has to have an archive of its own.

        A Cluster that exists for a drill alone may well do without; say so with a suppression.
        """,
        "Add the plugin with isWALArchiver: true to spec.plugins, with a serverName other than the old one.");
  }

  @Override
  public Stream<Finding> check(Manifest manifest) {
    if (!manifest.is(Databases.CNPG, "Cluster")
        || manifest.find("spec", "backup", "barmanObjectStore").isPresent()
        || Databases.pluginsOf(manifest).anyMatch(Databases.Plugin::enabled)) {
      return Stream.empty();
    }
    boolean restored =
        Databases.recoverySourceOf(manifest).flatMap(Databases.External::plugin).isPresent();
    boolean follows =
        Databases.replicaSourceOf(manifest).flatMap(Databases.External::plugin).isPresent();
    return restored || follows
        ? Stream.of(
            Finding.about(
                manifest,
                "Cluster %s %s through a plugin and archives nothing itself"
                    .formatted(manifest.name(), follows ? "follows another one" : "is restored"),
                "spec",
                "plugins"))
        : Stream.empty();
  }
}
