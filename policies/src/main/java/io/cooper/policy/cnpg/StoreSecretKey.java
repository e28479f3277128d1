package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
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

  /// A reference to one key of a Secret of the same namespace.
  ///
  /// @param name of the Secret
  /// @param key in it
  /// @param path of the key through the object that refers to it
  private record Reference(String name, String key, List<String> path) {}

  @Override
  public Stream<Finding> check(Repository repository) {
    return OneText.of(repository.trees().stream().flatMap(StoreSecretKey::check));
  }

  private static Stream<Finding> check(RenderedTree tree) {
    var users =
        Stream.of(Databases.STORE_GROUP, Databases.CNPG)
            .flatMap(tree::objects)
            .filter(object -> !references(object).isEmpty())
            .toList();
    if (users.isEmpty()) {
      return Stream.empty();
    }
    var secrets = new SecretKeys(tree);
    return users.stream()
        .flatMap(user ->
            references(user).stream()
                .flatMap(reference -> wrong(secrets, user, reference).stream()));
  }

  private static List<Reference> references(Manifest object) {
    var found = new ArrayList<Reference>();
    if (object.is(Databases.STORE_GROUP, "ObjectStore")) {
      inStore(object, List.of("spec", "configuration"), found);
      items(object, "spec", "instanceSidecarConfiguration", "env")
          .map(item -> and(item, "valueFrom", "secretKeyRef"))
          .filter(path ->
              !object.root().flag(and(path, "optional").toArray(String[]::new)).orElse(false))
          .forEach(path -> reference(object, path, found));
    } else if (object.is(Databases.CNPG, "Cluster")) {
      inStore(object, List.of("spec", "backup", "barmanObjectStore"), found);
      items(object, "spec", "externalClusters")
          .forEach(item -> inStore(object, and(item, "barmanObjectStore"), found));
    }
    return found;
  }

  private static Stream<List<String>> items(Manifest object, String... list) {
    return IntStream.range(0, (int) object.root().items(list).count())
        .mapToObj(i -> and(List.of(list), Integer.toString(i)));
  }

  private static List<String> and(List<String> path, String... more) {
    return Stream.concat(path.stream(), Stream.of(more)).toList();
  }

  private static void inStore(Manifest object, List<String> store, List<Reference> found) {
    for (var provider : PROVIDERS) {
      var path = and(store, provider);
      object.root().mapping(path.toArray(String[]::new)).stream()
          .flatMap(Mapping::keys)
          .forEach(key -> reference(object, and(path, key), found));
    }
    reference(object, and(store, "endpointCA"), found);
  }

  private static void reference(Manifest object, List<String> path, List<Reference> found) {
    object
        .root()
        .mapping(path.toArray(String[]::new))
        .ifPresent(values ->
            values
                .text("name")
                .ifPresent(name ->
                    values
                        .text("key")
                        .ifPresent(key -> found.add(new Reference(name, key, and(path, "key"))))));
  }

  private static Optional<Finding> wrong(SecretKeys secrets, Manifest user, Reference reference) {
    if (!secrets.makes(user.namespace(), reference.name())) {
      return secrets
          .generatedAs(user.namespace(), reference.name())
          .map(generated -> generated(user, reference, generated));
    }
    return secrets
        .of(user.namespace(), reference.name())
        .filter(keys -> !keys.contains(reference.key()))
        .map(keys -> missing(user, reference, keys));
  }

  private static Finding at(Manifest user, Reference reference, String message) {
    return Finding.about(user, message, reference.path().toArray(String[]::new));
  }

  private static Finding generated(Manifest user, Reference reference, String generated) {
    return at(
            user,
            reference,
            "%s refers to Secret %s, which kustomize generates as %s"
                .formatted(user.id(), reference.name(), generated))
        .withRemedy(
            "Set options.disableNameSuffixHash: true on the secretGenerator, or write the Secret"
                + " out.");
  }

  private static Finding missing(Manifest user, Reference reference, Set<String> keys) {
    var finding =
        at(
            user,
            reference,
            "%s refers to key %s of Secret %s, which has %s"
                .formatted(
                    user.id(),
                    reference.key(),
                    reference.name(),
                    keys.isEmpty() ? "no keys" : String.join(", ", keys)));
    var meant = keys.stream().filter(key -> isSame(key, reference.key())).toList();
    if (meant.size() != 1) {
      return finding.byHand("which key is meant is not clear");
    }
    return finding
        .withRemedy("Write key: %s, or rename the key in the Secret.".formatted(meant.getFirst()))
        .repairedBy(
            "Refer to the key that the Secret has",
            user,
            new YamlChange.Replace(reference.path(), meant.getFirst()));
  }

  /// Whether two keys are one but for a prefix such as `AWS_`, case and separators.
  private static boolean isSame(String one, String other) {
    var a = letters(one);
    var b = letters(other);
    return a.endsWith(b) || b.endsWith(a);
  }

  private static String letters(String key) {
    return key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }
}
