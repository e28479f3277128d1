package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.graph.DependencyGraph;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.cnpg.Installs.Install;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/plugin-versions`
public final class PluginVersions implements RepositoryPolicy {
  private static final String SIDECAR = "SIDECAR_IMAGE";

  @Override
  public About about() {
    return new About(
        "cnpg/plugin-versions",
        WARNING,
        "Plugin, sidecar, CRD and the value that names the version are of one release.",
        """
        A release of the plugin is two images and a CRD that were made and tested together: the plugin's own, the
        sidecar's (`SIDECAR_IMAGE`), and the ObjectStore's definition. The plugin writes the command line and the
        environment of the sidecar, so that two releases side by side may misunderstand each other, and only in the Pods of
        databases, at their next restart.

        A repository that keeps a chart of its own has the version in more places: the value
        `barmanCloudPlugin.version`, images written out in templates, and the untouched copy of the released manifest, whose
        file is named after its version. A half-done upgrade leaves them apart.
        """,
        "Write one version everywhere.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Stream.concat(
        repository.graphs().stream().flatMap(PluginVersions::inTree),
        ChartVersions.of(repository.artifact()).disagreements());
  }

  private static Stream<Finding> inTree(DependencyGraph graph) {
    return Installs.of(graph).plugins().stream()
        .flatMap(plugin ->
            plugin.release().isPresent()
                ? ofRelease(plugin).stream()
                : ofDeployment(graph, plugin).stream());
  }

  private static Optional<Finding> ofRelease(Install plugin) {
    var release = plugin.release().orElseThrow();
    var image = release.value("image.tag").flatMap(Value::text).filter(PluginVersions::isVersion);
    var sidecar = release.value("sidecarImage.tag");
    return sidecar
        .flatMap(Value::text)
        .filter(PluginVersions::isVersion)
        .filter(tag -> image.filter(other -> !same(other, tag)).isPresent())
        .map(tag ->
            apart(plugin.manifest(), sidecar.get(), tag, image.orElseThrow(), plugin.manifest()));
  }

  private static Optional<Finding> ofDeployment(DependencyGraph graph, Install plugin) {
    var container = plugin.container().orElseThrow();
    var version = container.text("image").map(Containers::tag).filter(PluginVersions::isVersion);
    return version.flatMap(own ->
        sidecar(graph, plugin, container)
            .filter(sidecar -> isVersion(sidecar.tag()) && !same(own, sidecar.tag()))
            .map(sidecar ->
                apart(sidecar.owner(), sidecar.at(), sidecar.tag(), own, plugin.manifest())));
  }

  private static Finding apart(
      Manifest owner, Value at, String sidecar, String plugin, Manifest workload) {
    return Finding.at(
            owner.placeOf(at),
            "The sidecar is of %s, the plugin (%s) of %s".formatted(sidecar, workload.id(), plugin))
        .of(owner)
        .withRemedy("Use the sidecar image of %s.".formatted(plugin));
  }

  /// The image that the plugin puts into database Pods.
  private record Sidecar(Manifest owner, Value at, String tag) {}

  private static Optional<Sidecar> sidecar(
      DependencyGraph graph, Install plugin, Mapping container) {
    return container
        .mappings("env")
        .filter(env -> env.text("name").filter(SIDECAR::equals).isPresent())
        .findFirst()
        .flatMap(env ->
            env.get("value")
                .flatMap(value -> sidecar(plugin.manifest(), value, value.text()))
                .or(() -> referred(graph, plugin, env)));
  }

  private static Optional<Sidecar> referred(DependencyGraph graph, Install plugin, Mapping env) {
    return Stream.of("secretKeyRef", "configMapKeyRef")
        .flatMap(kind -> env.mapping("valueFrom", kind).stream())
        .findFirst()
        .flatMap(reference ->
            graph
                .tree()
                .objects()
                .filter(object -> object.is("", "Secret") || object.is("", "ConfigMap"))
                .filter(object -> object.namespace().equals(plugin.namespace()))
                .filter(object -> reference.text("name").filter(object.name()::equals).isPresent())
                .findFirst()
                .flatMap(object -> stored(object, reference.text("key").orElse(SIDECAR))));
  }

  private static Optional<Sidecar> stored(Manifest object, String key) {
    return object
        .find("stringData", key)
        .flatMap(value -> sidecar(object, value, value.text()))
        .or(() ->
            object
                .find("data", key)
                .flatMap(value ->
                    sidecar(
                        object,
                        value,
                        object.kind().equals("Secret") ? decoded(value) : value.text())));
  }

  private static Optional<String> decoded(Value value) {
    try {
      return value
          .text()
          .map(text -> new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<Sidecar> sidecar(Manifest owner, Value at, Optional<String> image) {
    return image.map(name -> new Sidecar(owner, at, Containers.tag(name.strip())));
  }

  private static boolean isVersion(String tag) {
    return tag.matches("v?[0-9]+\\.[0-9]+\\.[0-9]+.*");
  }

  private static boolean same(String one, String other) {
    return one.replaceFirst("^v", "").equals(other.replaceFirst("^v", ""));
  }
}
