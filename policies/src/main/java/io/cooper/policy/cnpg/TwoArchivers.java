package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.ManifestPolicy;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `cnpg/two-archivers`
public final class TwoArchivers implements ManifestPolicy {
  private static final String WHICH =
      "which archive is the one to restore from is known to its owner only";

  @Override
  public About about() {
    return new About(
        "cnpg/two-archivers",
        ERROR,
        "A Cluster has one WAL archiver.",
        """
        The operator's admission webhook refuses a Cluster with an enabled `isWALArchiver` plugin beside
        `spec.backup.barmanObjectStore`, and one with two such plugins. Flux then reports a failed dry run, and nothing
        of that Kustomization is applied.
        """,
        "Keep the plugin with isWALArchiver: true and remove the other archiver in the same"
            + " commit.");
  }

  @Override
  public Stream<Finding> check(Manifest manifest) {
    if (!manifest.is(Databases.CNPG, "Cluster")) {
      return Stream.empty();
    }
    var archivers = Databases.pluginsOf(manifest).filter(Databases.Plugin::archivesWal).toList();
    if (archivers.isEmpty()) {
      return Stream.empty();
    }
    var findings = Stream.<Finding>builder();
    manifest
        .find("spec", "backup", "barmanObjectStore")
        .ifPresent(_ ->
            findings.add(
                Finding.about(
                        manifest,
                        "Cluster %s archives through plugin %s and through barmanObjectStore"
                            .formatted(manifest.name(), archivers.getFirst().name()),
                        "spec",
                        "backup",
                        "barmanObjectStore")
                    .byHand(WHICH)));
    if (archivers.size() > 1) {
      var names =
          archivers.stream().map(Databases.Plugin::name).collect(Collectors.joining(" and "));
      findings.add(
          Finding.at(
                  manifest.placeOf(archivers.getLast().values()),
                  "Cluster %s has %d WAL archivers: %s"
                      .formatted(manifest.name(), archivers.size(), names))
              .of(manifest)
              .byHand(WHICH));
    }
    return findings.build();
  }
}
