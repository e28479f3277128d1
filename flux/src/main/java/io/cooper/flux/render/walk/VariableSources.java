package io.cooper.flux.render.walk;

import io.cooper.flux.render.substitute.Placeholder;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.YamlReader;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The ConfigMaps and Secrets that `substituteFrom` may name, by `Kind/namespace/name`.
///
/// A value that SOPS has encrypted is known by its key alone and has a placeholder. An object that
/// another one promises to make in the cluster, such as the Secret of an ExternalSecret, is known
/// by its name alone.
final class VariableSources {
  /// Stands for an admission webhook that writes `postBuild` into every Kustomization in the
  /// cluster.
  static final String WEBHOOK = "MutatingWebhook//kustomize-mutating-webhook";

  private static final String WEBHOOK_CHART = "/kustomize-mutating-webhook";

  private final Map<String, Manifest> objects = new HashMap<>();
  private final Set<String> promised = new HashSet<>();

  /// Reads a file of ConfigMaps and Secrets.
  ///
  /// @throws io.cooper.problem.ProblemException if it cannot be read
  static VariableSources read(Path file) {
    try {
      var parsed = YamlReader.ofSources().read(file.toString(), Files.readAllBytes(file));
      if (!parsed.faults().isEmpty()) {
        throw parsed.faults().getFirst().problem().asException();
      }
      var sources = new VariableSources();
      parsed.manifests().forEach(sources::add);
      return sources;
    } catch (IOException e) {
      throw new Problem(
              Code.BAD_USE,
              file.toString(),
              "cannot be read: " + e.getMessage(),
              "name a file of ConfigMaps and Secrets")
          .asException();
    }
  }

  static String key(String kind, String namespace, String name) {
    return kind + "/" + namespace + "/" + name;
  }

  /// Takes note of an object, if it is one that counts.
  void add(Manifest object) {
    if (object.is("", "ConfigMap") || object.is("", "Secret")) {
      objects.put(key(object.kind(), object.namespace(), object.name()), object);
    } else if (object.is("external-secrets.io", "ExternalSecret")) {
      var name = object.text("spec", "target", "name").orElse(object.name());
      promised.add(key("Secret", object.namespace(), name));
    } else if (object.is("bitnami.com", "SealedSecret")) {
      promised.add(key("Secret", object.namespace(), object.name()));
    } else if (isWebhook(object)) {
      promised.add(WEBHOOK);
    }
  }

  private static boolean isWebhook(Manifest object) {
    var chart =
        object.is("helm.toolkit.fluxcd.io", "HelmRelease")
            ? object.text("spec", "chart", "spec", "chart").map(name -> "/" + name)
            : object.is("source.toolkit.fluxcd.io", "OCIRepository")
                ? object.text("spec", "url")
                : Optional.<String>empty();
    return chart.filter(name -> name.endsWith(WEBHOOK_CHART)).isPresent();
  }

  void addAll(VariableSources others) {
    objects.putAll(others.objects);
    promised.addAll(others.promised);
  }

  /// The variables of an object, if it is known.
  Optional<Map<String, String>> find(String key) {
    return Optional.ofNullable(objects.get(key)).map(VariableSources::data);
  }

  /// Whether the cluster will make the object.
  boolean isPromised(String key) {
    return promised.contains(key);
  }

  private static Map<String, String> data(Manifest object) {
    var values = new TreeMap<String, String>();
    boolean secret = object.kind().equals("Secret");
    entries(object, "data")
        .forEach(
            (name, text) -> values.put(name, secret ? decoded(name, text) : plain(name, text)));
    if (secret) {
      entries(object, "stringData").forEach((name, text) -> values.put(name, plain(name, text)));
    }
    return values;
  }

  private static Map<String, String> entries(Manifest object, String field) {
    var found = new TreeMap<String, String>();
    object
        .root()
        .mapping(field)
        .ifPresent(mapping ->
            mapping
                .entries()
                .forEach(entry ->
                    found.put(
                        String.valueOf(entry.key().plain()), entry.value().text().orElse(""))));
    return found;
  }

  private static String plain(String name, String text) {
    return text.startsWith("ENC[") ? Placeholder.of(name) : text;
  }

  private static String decoded(String name, String text) {
    try {
      var decoded = new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
      return text.startsWith("ENC[") ? Placeholder.of(name) : plain(name, decoded);
    } catch (IllegalArgumentException _) {
      return Placeholder.of(name);
    }
  }

  /// Whether a document is encrypted by SOPS.
  static boolean isEncrypted(Mapping object) {
    return object.text("sops", "mac").isPresent();
  }
}
