package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.ManifestPolicy;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/store-credentials`
public final class StoreCredentials implements ManifestPolicy {
  private static final List<String> PROVIDERS =
      List.of("s3Credentials", "azureCredentials", "googleCredentials");
  private static final List<String> AZURE_WAYS =
      List.of("storageKey", "storageSasToken", "inheritFromAzureAD", "useDefaultAzureCredentials");

  @Override
  public About about() {
    return new About(
        "cnpg/store-credentials",
        ERROR,
        "An ObjectStore has exactly one complete way to log in.",
        """
        The plugin's CRD accepts any combination; what is missing shows only when the first backup runs, with an error
        that may speak of another provider. Valid are (facts: the rules of the operator's in-tree webhook):

        - S3: `accessKeyId` and `secretAccessKey`, or `inheritFromIAMRole: true`.
        - Azure: `connectionString` alone; or one of `storageKey`, `storageSasToken`, `inheritFromAzureAD`,
          `useDefaultAzureCredentials`, with `storageAccount` for the first two.
        - Google: `applicationCredentials`, or `gkeEnvironment: true`.
        """,
        "Reference a Secret with the keys, or say that the identity of the Pod is used.");
  }

  @Override
  public Stream<Finding> check(Manifest manifest) {
    if (!manifest.is(Databases.STORE_GROUP, "ObjectStore")) {
      return Stream.empty();
    }
    var configuration = manifest.root().mapping("spec", "configuration");
    if (configuration.isEmpty()) {
      return Stream.empty();
    }
    var present =
        PROVIDERS.stream().filter(each -> configuration.get().mapping(each).isPresent()).toList();
    if (present.isEmpty()) {
      return Stream.of(
          Finding.about(
              manifest,
              "ObjectStore %s has no credentials and does not inherit any"
                  .formatted(manifest.name()),
              "spec",
              "configuration"));
    }
    if (present.size() > 1) {
      return Stream.of(
          Finding.about(
              manifest,
              "ObjectStore %s has credentials of more than one provider: %s"
                  .formatted(manifest.name(), String.join(", ", present)),
              "spec",
              "configuration",
              present.getLast()));
    }
    var provider = present.getFirst();
    return configuration
        .get()
        .mapping(provider)
        .flatMap(credentials -> wrongWith(provider, credentials))
        .map(wrong ->
            Finding.about(
                manifest,
                "ObjectStore %s: %s %s".formatted(manifest.name(), provider, wrong),
                "spec",
                "configuration",
                provider))
        .stream();
  }

  private static Optional<String> wrongWith(String provider, Mapping credentials) {
    return switch (provider) {
      case "s3Credentials" -> wrongWithS3(credentials);
      case "azureCredentials" -> wrongWithAzure(credentials);
      default -> wrongWithGoogle(credentials);
    };
  }

  private static Optional<String> wrongWithS3(Mapping credentials) {
    boolean inherits = credentials.flag("inheritFromIAMRole").orElse(false);
    boolean id = has(credentials, "accessKeyId");
    boolean key = has(credentials, "secretAccessKey");
    if (inherits) {
      return id || key
          ? Optional.of("has keys beside inheritFromIAMRole, which ignores them")
          : Optional.empty();
    }
    if (id && key) {
      return Optional.empty();
    }
    if (!id && !key) {
      return Optional.of("has neither keys nor inheritFromIAMRole: true");
    }
    return Optional.of("lacks " + (id ? "secretAccessKey" : "accessKeyId"));
  }

  private static Optional<String> wrongWithAzure(Mapping credentials) {
    var ways = AZURE_WAYS.stream().filter(way -> has(credentials, way)).toList();
    if (has(credentials, "connectionString")) {
      return ways.isEmpty()
          ? Optional.empty()
          : Optional.of(
              "has %s beside connectionString, which stands alone".formatted(ways.getFirst()));
    }
    if (ways.size() != 1) {
      return Optional.of(
          ways.isEmpty()
              ? "has no connectionString and none of " + String.join(", ", AZURE_WAYS)
              : "has more than one way to log in: " + String.join(", ", ways));
    }
    boolean needsAccount = ways.getFirst().startsWith("storage");
    return needsAccount && !has(credentials, "storageAccount")
        ? Optional.of("has %s without storageAccount".formatted(ways.getFirst()))
        : Optional.empty();
  }

  private static Optional<String> wrongWithGoogle(Mapping credentials) {
    boolean environment = credentials.flag("gkeEnvironment").orElse(false);
    boolean file = has(credentials, "applicationCredentials");
    if (environment == file) {
      return Optional.of(
          file
              ? "has applicationCredentials beside gkeEnvironment: true"
              : "has neither applicationCredentials nor gkeEnvironment: true");
    }
    return Optional.empty();
  }

  /// A reference is there when it is a mapping; a flag when it is true.
  private static boolean has(Mapping credentials, String key) {
    return credentials.mapping(key).isPresent() || credentials.flag(key).orElse(false);
  }
}
