package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.cnpg.SecretKeys.Reference;
import io.cooper.problem.Nearest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// `cnpg/store-secret-key`
public final class StoreSecretKey implements RepositoryPolicy {
  private static final List<String> PROVIDERS =
      List.of("s3Credentials", "azureCredentials", "googleCredentials");

  @Override
  public About about() {
    return new About(
        "cnpg/store-secret-key",
        ERROR,
        "The Secret of a store has the keys that the store refers to.",
        """
        A store names a Secret of its own namespace and, for each part of the credentials, a key in it. The API server
        checks neither. With a key that is not there – `AWS_ACCESS_KEY_ID` in the Secret, `ACCESS_KEY_ID` in the store –
        every archived segment and every base backup fails with `missing key`, while the Cluster goes on saying that it
        is healthy and its volume fills with WAL.

        The keys are taken from what the repository shows: Secrets (also encrypted with SOPS, which leaves the keys
        readable), SealedSecrets, and the target of ExternalSecrets. Where something may add keys that nobody can see
        here, such as `dataFrom`, nothing is claimed. Values are never read or printed.

        A Secret of a `secretGenerator` gets a hash behind its name. kustomize writes the new name into Pods and other
        kinds that it knows, not into an ObjectStore: such a reference stays without its Secret.
        """,
        "Use the same key in the Secret and in the store.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return OneText.of(
        repository.trees().stream()
            .flatMap(tree -> check(tree, new Repairs(repository.artifact()))));
  }

  private static Stream<Finding> check(RenderedTree tree, Repairs repairs) {
    var users = tree.objects().filter(object -> references(object).findAny().isPresent()).toList();
    if (users.isEmpty()) {
      return Stream.empty();
    }
    var secrets = new SecretKeys(tree);
    return users.stream()
        .flatMap(user ->
            references(user)
                .flatMap(reference -> wrong(secrets, user, reference, repairs).stream()));
  }

  private static Stream<Reference> references(Manifest object) {
    if (object.is(Databases.STORE_GROUP, "ObjectStore")) {
      return Stream.concat(
          object.root().mapping("spec", "configuration").stream().flatMap(StoreSecretKey::inStore),
          object
              .root()
              .mappings("spec", "instanceSidecarConfiguration", "env")
              .flatMap(env -> env.mapping("valueFrom", "secretKeyRef").stream())
              .filter(reference -> !reference.flag("optional").orElse(false))
              .flatMap(reference -> Reference.of(reference).stream()));
    }
    if (object.is(Databases.CNPG, "Cluster")) {
      return Stream.concat(
              object.root().mapping("spec", "backup", "barmanObjectStore").stream(),
              object
                  .root()
                  .mappings("spec", "externalClusters")
                  .flatMap(external -> external.mapping("barmanObjectStore").stream()))
          .flatMap(StoreSecretKey::inStore);
    }
    return Stream.empty();
  }

  private static Stream<Reference> inStore(Mapping configuration) {
    return Stream.concat(
        PROVIDERS.stream()
            .flatMap(provider -> configuration.mapping(provider).stream())
            .flatMap(Mapping::entries)
            .map(Mapping.Entry::value)
            .filter(Mapping.class::isInstance)
            .map(Mapping.class::cast)
            .flatMap(reference -> Reference.of(reference).stream()),
        configuration.mapping("endpointCA").flatMap(Reference::of).stream());
  }

  private static Optional<Finding> wrong(
      SecretKeys secrets, Manifest user, Reference reference, Repairs repairs) {
    if (!secrets.makes(user.namespace(), reference.name())) {
      return secrets
          .generatedAs(user.namespace(), reference.name())
          .map(generated -> generated(user, reference, generated));
    }
    return secrets
        .of(user.namespace(), reference.name())
        .filter(keys -> !keys.contains(reference.key()))
        .map(keys -> missing(user, reference, keys, repairs));
  }

  private static Finding generated(Manifest user, Reference reference, String generated) {
    return at(
            user,
            reference.at(),
            "%s refers to Secret %s, which kustomize generates as %s"
                .formatted(user.id(), reference.name(), generated))
        .withRemedy(
            "Set options.disableNameSuffixHash: true on the secretGenerator, or write the Secret"
                + " out.");
  }

  private static Finding missing(
      Manifest user, Reference reference, Set<String> keys, Repairs repairs) {
    var finding =
        at(
            user,
            reference.at(),
            "%s refers to key %s of Secret %s, which has %s"
                .formatted(
                    user.id(),
                    reference.key(),
                    reference.name(),
                    keys.isEmpty() ? "no keys" : String.join(", ", keys)));
    return Nearest.to(reference.key(), keys)
        .map(key ->
            repairs.replacing(
                finding.withRemedy(
                    "Write key: %s, or rename the key in the Secret.".formatted(key)),
                "Refer to the key that the Secret has",
                reference.key(),
                key))
        .orElse(finding);
  }

  private static Finding at(Manifest user, Value value, String message) {
    return Finding.at(user.placeOf(value), message).of(user);
  }
}
