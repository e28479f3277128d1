package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.ManifestPolicy;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// `cnpg/store-retention`
public final class StoreRetention implements ManifestPolicy {
  /// facts/cnpg-i.md 9.1: the CRD's own pattern.
  private static final Pattern WINDOW = Pattern.compile("[1-9][0-9]*[dwm]");

  @Override
  public About about() {
    return new About(
        "cnpg/store-retention",
        WARNING,
        "An ObjectStore says how long backups are kept.",
        """
        Without `spec.retentionPolicy` nothing is ever removed: the bucket grows, and with it the time to list it. The
        policy is a recovery window such as `30d`: every instant in it stays restorable.
        """,
        "Set spec.retentionPolicy, for example \"30d\".");
  }

  @Override
  public Stream<Finding> check(Manifest manifest) {
    if (!manifest.is(Databases.STORE_GROUP, "ObjectStore")) {
      return Stream.empty();
    }
    var policy = manifest.text("spec", "retentionPolicy");
    if (policy.isEmpty()) {
      return Stream.of(
          Finding.about(
                  manifest,
                  "ObjectStore %s has no retentionPolicy".formatted(manifest.name()),
                  "spec")
              .byHand(
                  "how long backups must be kept is a decision, and a shorter time than needed"
                      + " deletes them"));
    }
    return WINDOW.matcher(policy.get()).matches()
        ? Stream.empty()
        : Stream.of(
            Finding.about(
                    manifest,
                    "ObjectStore %s has retentionPolicy %s, which the API refuses"
                        .formatted(manifest.name(), policy.get()),
                    "spec",
                    "retentionPolicy")
                .withSeverity(ERROR)
                .withRemedy("Write a number of days, weeks or months: 30d, 4w, 6m."));
  }
}
