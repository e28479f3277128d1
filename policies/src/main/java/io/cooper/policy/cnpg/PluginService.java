package io.cooper.policy.cnpg;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The Service by which the operator finds a plugin (facts/cnpg-i.md 2.2).
///
/// @param manifest of the Service
record PluginService(Manifest manifest) {
  static final String NAME = "cnpg.io/pluginName";
  static final String CLIENT_SECRET = "cnpg.io/pluginClientSecret";
  static final String SERVER_SECRET = "cnpg.io/pluginServerSecret";
  static final String PORT = "cnpg.io/pluginPort";
  static final String SERVER_NAME = "cnpg.io/pluginServerName";

  /// What has to be there, the label first.
  static final List<String> KEYS = List.of(NAME, CLIENT_SECRET, SERVER_SECRET, PORT);

  /// Whether a Service has anything of a plugin's, at the right place or not.
  static boolean isAnnounced(Manifest service) {
    return Stream.of("labels", "annotations")
        .flatMap(where -> service.root().mapping("metadata", where).stream())
        .flatMap(Mapping::keys)
        .anyMatch(key -> key.startsWith("cnpg.io/plugin"));
  }

  /// Where a key belongs: `labels` or `annotations`.
  static String homeOf(String key) {
    return key.equals(NAME) ? "labels" : "annotations";
  }

  /// The text under a key where it belongs.
  Optional<String> text(String key) {
    return manifest.text("metadata", homeOf(key), key).filter(it -> !it.isEmpty());
  }

  /// The name that the plugin's certificate has to carry.
  String serverName() {
    return text(SERVER_NAME).orElse(manifest.name());
  }

  /// Whether the Service leads to the Pods of a workload.
  boolean leadsTo(Manifest workload) {
    var selector = manifest.root().mapping("spec", "selector");
    var labels = workload.root().mapping("spec", "template", "metadata", "labels");
    return manifest.namespace().equals(workload.namespace())
        && selector.filter(it -> it.size() > 0).isPresent()
        && selector
            .get()
            .entries()
            .allMatch(
                entry -> labels.flatMap(it -> it.text(entry.name())).equals(entry.value().text()));
  }
}
