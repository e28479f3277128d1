package io.cooper.policy.cnpg;

import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Which keys the Secrets of one cluster have or will have, as far as the repository tells: Secrets
/// (plain ones and those that SOPS encrypts, whose keys stay readable), ExternalSecrets and
/// SealedSecrets. Values are never looked at.
final class SecretKeys {
  private static final String EXTERNAL = "external-secrets.io";
  private static final String SEALED = "bitnami.com";
  private static final String ONE_PASSWORD = "onepassword.com";
  private static final String VAULT = "secrets.hashicorp.com";
  private static final String INFISICAL = "secrets.infisical.com";

  /// A Secret of a namespace.
  private record Name(String namespace, String name) {}

  /// What is known of one Secret.
  private static final class Known {
    private final Set<String> keys = new TreeSet<>();
    private boolean more;
  }

  private final Map<Name, Known> secrets = new HashMap<>();
  private final Set<String> everywhere = new HashSet<>();

  /// Collects what a tree tells.
  SecretKeys(RenderedTree tree) {
    Stream.of("", EXTERNAL, SEALED, ONE_PASSWORD, VAULT, INFISICAL)
        .flatMap(tree::objects)
        .forEach(this::collect);
  }

  /// The keys of a Secret; empty if nothing in the repository makes it, or if what makes it may add
  /// keys that cannot be seen.
  Optional<Set<String>> of(String namespace, String name) {
    return Optional.ofNullable(secrets.get(new Name(namespace, name)))
        .filter(known -> !known.more)
        .map(known -> known.keys);
  }

  /// Whether something in the repository makes a Secret, whatever its keys.
  boolean makes(String namespace, String name) {
    return secrets.containsKey(new Name(namespace, name)) || everywhere.contains(name);
  }

  /// The Secret that kustomize generated under a name with the hash of its content behind it.
  Optional<String> generatedAs(String namespace, String name) {
    return secrets.keySet().stream()
        .filter(each -> each.namespace().equals(namespace))
        .map(Name::name)
        .filter(each -> each.matches(java.util.regex.Pattern.quote(name) + "-[a-z0-9]{10}"))
        .sorted()
        .findFirst();
  }

  /// The names of the Secrets of a namespace.
  Set<String> names(String namespace) {
    var names = new TreeSet<String>();
    secrets.keySet().stream()
        .filter(each -> each.namespace().equals(namespace))
        .forEach(each -> names.add(each.name()));
    return names;
  }

  private void collect(Manifest object) {
    if (object.is("", "Secret")) {
      keys(object, object.name(), "data");
      keys(object, object.name(), "stringData");
    } else if (object.is(EXTERNAL, "ExternalSecret")) {
      external(object);
    } else if (object.is(EXTERNAL, "ClusterExternalSecret")) {
      object.text("spec", "externalSecretName").ifPresent(everywhere::add);
      object
          .text("spec", "externalSecretSpec", "target", "name")
          .or(() -> Optional.of(object.name()))
          .ifPresent(everywhere::add);
    } else if (object.is(SEALED, "SealedSecret")) {
      var name = object.text("spec", "template", "metadata", "name").orElse(object.name());
      keys(object, name, "spec", "encryptedData");
      keys(object, name, "spec", "template", "data");
    } else {
      operator(object);
    }
  }

  /// Secrets that other operators make from a store of theirs: the name is known, the keys are not.
  private void operator(Manifest object) {
    if (object.is(ONE_PASSWORD, "OnePasswordItem")) {
      known(object, object.name()).more = true;
    } else if (object.group().equals(VAULT) || object.is(INFISICAL, "InfisicalSecret")) {
      Stream.of(
              object.text("spec", "destination", "name"),
              object.text("spec", "managedSecretReference", "secretName"))
          .flatMap(Optional::stream)
          .forEach(name -> known(object, name).more = true);
    }
  }

  private void external(Manifest object) {
    var secret = known(object, object.text("spec", "target", "name").orElse(object.name()));
    var template = object.root().mapping("spec", "target", "template");
    boolean merges =
        template
            .flatMap(it -> it.text("mergePolicy"))
            .filter(policy -> policy.equals("Merge"))
            .isPresent();
    template.flatMap(it -> it.mapping("data")).stream()
        .flatMap(Mapping::keys)
        .forEach(secret.keys::add);
    boolean replaced =
        template
                .filter(it -> it.find("data").isPresent() || hasItems(it, "templateFrom"))
                .isPresent()
            && !merges;
    if (!replaced) {
      object
          .root()
          .mappings("spec", "data")
          .flatMap(entry -> entry.text("secretKey").stream())
          .forEach(secret.keys::add);
    }
    secret.more |=
        template.filter(it -> hasItems(it, "templateFrom")).isPresent()
            || (!replaced && hasItems(object.root(), "spec", "dataFrom"))
            || object
                .text("spec", "target", "creationPolicy")
                .filter(policy -> !policy.equals("Owner"))
                .isPresent();
  }

  private static boolean hasItems(Mapping mapping, String... path) {
    return mapping.items(path).findAny().isPresent();
  }

  private void keys(Manifest object, String name, String... path) {
    var secret = known(object, name);
    object.root().mapping(path).stream().flatMap(Mapping::keys).forEach(secret.keys::add);
  }

  private Known known(Manifest object, String name) {
    return secrets.computeIfAbsent(new Name(object.namespace(), name), _ -> new Known());
  }
}
