package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.ManifestPolicy;
import java.util.List;
import java.util.stream.Stream;

/// `cnpg/saved-from-cluster`
public final class SavedFromCluster implements ManifestPolicy {
  private static final List<String> SERVER_FIELDS = List.of("uid", "resourceVersion", "generation");

  @Override
  public About about() {
    return new About(
        "cnpg/saved-from-cluster",
        WARNING,
        "Databases and stores in Git carry no fields that the API server writes.",
        """
        `kubectl get cluster … -o yaml` prints what somebody wrote together with what the server and the operator added:
        `uid`, `resourceVersion`, `generation`, `managedFields`, `status`. Saved as it is – before a migration, for
        the way back – it is no manifest that can be applied again: the server refuses `managedFields`, and a
        `resourceVersion` of yesterday is a conflict. The defaults that it contains pin the behaviour of the old release.

        Mind the name of such a file too: `pre-migration-backup.yaml` is what a pattern such as `*backup*.yaml` hides.
        """,
        "Remove metadata.uid, resourceVersion, generation, creationTimestamp, managedFields and status.");
  }

  @Override
  public Stream<Finding> check(Manifest manifest) {
    if (!manifest.group().equals(Databases.CNPG)
        && !manifest.group().equals(Databases.STORE_GROUP)) {
      return Stream.empty();
    }
    if (manifest.find("metadata", "managedFields").isPresent()) {
      return Stream.of(
          found(manifest, "managedFields, which the API server refuses", "managedFields")
              .withSeverity(ERROR));
    }
    return SERVER_FIELDS.stream()
        .filter(field -> manifest.text("metadata", field).isPresent())
        .limit(1)
        .map(field -> found(manifest, "metadata." + field, field));
  }

  private static Finding found(Manifest manifest, String what, String field) {
    return Finding.about(
        manifest,
        "%s was saved from a cluster: it has %s".formatted(manifest.id(), what),
        "metadata",
        field);
  }
}
