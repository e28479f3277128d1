package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.ManifestPolicy;
import java.util.stream.Stream;

/// `cnpg/no-wal-archiver`
public final class NoWalArchiver implements ManifestPolicy {
  @Override
  public About about() {
    return new About(
        "cnpg/no-wal-archiver",
        ERROR,
        "A Cluster that uses the backup plugin archives its WAL through it.",
        """
        `isWALArchiver` is false unless it is set. The plugin is then loaded, base backups may even complete, but no WAL
        segment ever reaches the store: there is no point-in-time recovery, and a base backup without its WAL does not
        restore.
        """,
        "Set isWALArchiver: true on the plugin.");
  }

  @Override
  public Stream<Finding> check(Manifest manifest) {
    if (!manifest.is(Databases.CNPG, "Cluster")
        || manifest.find("spec", "backup", "barmanObjectStore").isPresent()
        || Databases.pluginsOf(manifest).anyMatch(Databases.Plugin::archivesWal)) {
      return Stream.empty();
    }
    return Databases.pluginsOf(manifest)
        .filter(Databases.Plugin::isBarman)
        .filter(Databases.Plugin::enabled)
        .limit(1)
        .map(plugin -> {
          var finding =
              Finding.at(
                      plugin
                          .values()
                          .get("isWALArchiver")
                          .map(manifest::placeOf)
                          .orElse(manifest.placeOf(plugin.values())),
                      "Cluster %s enables %s but nothing archives WAL: point-in-time recovery is impossible"
                          .formatted(manifest.name(), plugin.name()))
                  .of(manifest);
          return plugin.values().get("isWALArchiver").isPresent()
              ? finding.byHand("isWALArchiver: false was written on purpose")
              : finding.repairedBy(
                  "Archive WAL through the plugin",
                  manifest,
                  new YamlChange.Put(plugin.path(), "isWALArchiver", true));
        });
  }
}
