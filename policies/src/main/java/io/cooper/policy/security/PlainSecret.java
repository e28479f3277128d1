package io.cooper.policy.security;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.ManifestPolicy;
import io.cooper.policy.Severity;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `security/plain-secret`
public final class PlainSecret implements ManifestPolicy {
  private static final Set<String> WORKLOADS =
      Set.of("Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicaSet");

  /// Parts of Secrets that everybody may see.
  private static final Set<String> PUBLIC_KEYS =
      Set.of("ca.crt", "tls.crt", "ca.pem", "known_hosts");

  @Override
  public About about() {
    return new About(
        "security/plain-secret",
        ERROR,
        "No credential stands readable in Git.",
        """
        Whoever can read the repository, its clones, its history or a backup of any of them has the credential, and
        taking it out later does not take it back. Base64 is no encryption.

        Judged is what is written in the files, not what Flux makes of it: a variable `${…}`, a value that SOPS has
        encrypted, and words such as `changeme` are no credentials. Keys of a Secret whose name does not tell whether
        their value is one are a notice. In all other objects only what its own form gives away is found: access keys
        of AWS, private keys, tokens; and variables of containers that are called like credentials and have a value.
        No message shows a value.
        """,
        "Encrypt the file with SOPS, or let an ExternalSecret fetch the value; then replace the credential, because it is known.");
  }

  @Override
  public Stream<Finding> check(Manifest manifest) {
    if (!isSuspect(manifest)) {
      return Stream.empty();
    }
    var written = manifest.written().filter(document -> document.get("sops").isEmpty());
    if (written.isEmpty()) {
      return Stream.empty();
    }
    var document = written.get();
    if (manifest.is("", "Secret") && isOf(document, "Secret")) {
      return secret(manifest, document);
    }
    return Stream.concat(
        inForm(manifest, document),
        WORKLOADS.contains(manifest.kind()) ? variables(manifest, document) : Stream.empty());
  }

  /// Whether the object as it is rendered gives a reason to look up what somebody wrote, which is
  /// dear: the file has to be read again.
  private static boolean isSuspect(Manifest manifest) {
    return manifest.is("", "Secret")
        || holdsForm(manifest.root())
        || (WORKLOADS.contains(manifest.kind())
            && variables(manifest, manifest.root()).findAny().isPresent());
  }

  private static boolean holdsForm(Value value) {
    return switch (value) {
      case Mapping mapping -> mapping.entries().anyMatch(entry -> holdsForm(entry.value()));
      case Sequence sequence -> sequence.items().stream().anyMatch(PlainSecret::holdsForm);
      case Scalar scalar -> scalar.text().flatMap(Credentials::inForm).isPresent();
    };
  }

  /// An object that a generator has made originates from a file of another kind.
  private static boolean isOf(Mapping document, String kind) {
    return document.text("kind").filter(kind::equals).isPresent();
  }

  /// One entry of a Secret.
  private record Entry(String key, Value value, String text) {
    boolean isCertain() {
      return Credentials.isSecretName(key)
          || key.equals("tls.key")
          || key.startsWith(".dockerconfig")
          || Credentials.inForm(text).isPresent();
    }
  }

  private static Stream<Finding> secret(Manifest manifest, Mapping document) {
    var entries =
        Stream.concat(entries(document, "stringData", false), entries(document, "data", true))
            .filter(entry -> !PUBLIC_KEYS.contains(entry.key()))
            .filter(entry -> !Credentials.standsIn(entry.text()))
            .toList();
    var certain = entries.stream().filter(Entry::isCertain).toList();
    if (entries.isEmpty()) {
      return Stream.empty();
    }
    var shown = certain.isEmpty() ? entries : certain;
    return Stream.of(
        found(
            manifest,
            shown.getFirst().value().place(),
            "%s stands in Git as anybody can read it: %s".formatted(manifest.id(), keys(shown)),
            certain.isEmpty() ? NOTICE : ERROR));
  }

  private static String keys(List<Entry> entries) {
    return entries.stream().map(Entry::key).collect(Collectors.joining(", "));
  }

  private static Stream<Entry> entries(Mapping document, String field, boolean encoded) {
    return document.mapping(field).stream()
        .flatMap(Mapping::entries)
        .flatMap(entry ->
            entry
                .value()
                .text()
                .filter(text -> !Credentials.standsIn(text))
                .map(text ->
                    new Entry(
                        entry.name(), entry.value(), encoded ? Credentials.decoded(text) : text))
                .stream());
  }

  private static Stream<Finding> inForm(Manifest manifest, Mapping document) {
    return scalars(document)
        .flatMap(scalar ->
            scalar
                .text()
                .flatMap(Credentials::inForm)
                .map(what ->
                    found(
                        manifest,
                        scalar.place(),
                        "%s holds %s".formatted(manifest.id(), what),
                        ERROR))
                .stream());
  }

  private static Stream<Scalar> scalars(Value value) {
    return switch (value) {
      case Mapping mapping -> mapping.entries().flatMap(entry -> scalars(entry.value()));
      case Sequence sequence -> sequence.items().stream().flatMap(PlainSecret::scalars);
      case Scalar scalar -> Stream.of(scalar);
    };
  }

  private static Stream<Finding> variables(Manifest manifest, Mapping document) {
    return PodSpec.of(manifest.kind(), document)
        .map(PodSpec::containers)
        .orElse(Stream.empty())
        .flatMap(container ->
            container
                .values()
                .mappings("env")
                .flatMap(variable -> variable(manifest, container, variable)));
  }

  private static Stream<Finding> variable(
      Manifest manifest, PodSpec.Container container, Mapping variable) {
    var name = variable.text("name").orElse("");
    var value = variable.text("value").orElse("");
    if (!Credentials.isSecretName(name)
        || Credentials.standsIn(value)
        || value.startsWith("/")
        || Credentials.inForm(value).isPresent()) {
      return Stream.empty();
    }
    return Stream.of(
        found(
                manifest,
                variable.get("value").map(Value::place).orElseGet(variable::place),
                "container %s of %s has the value of %s in its spec"
                    .formatted(container.name(), manifest.id(), name),
                WARNING)
            .withRemedy("Take it from a Secret: valueFrom.secretKeyRef."));
  }

  private static Finding found(Manifest manifest, Place place, String message, Severity severity) {
    return Finding.at(place, message).of(manifest).withSeverity(severity);
  }
}
