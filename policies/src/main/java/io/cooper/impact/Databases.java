package io.cooper.impact;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Databases that restart: because they change themselves, or because the operator, a plugin, a
/// store or a catalogue of images changes under them.
final class Databases {
  private static final String CNPG = "postgresql.cnpg.io";
  private static final String STORES = "barmancloud.cnpg.io";
  private static final String BARMAN = "barman-cloud.cloudnative-pg.io";

  private final RenderedTree before;
  private final RenderedTree after;
  private final List<Manifest> clusters;

  Databases(RenderedTree before, RenderedTree after) {
    this.before = before;
    this.after = after;
    // Those that run already: one that is new has nothing to restart.
    var old = clusters(before).map(Manifest::id).toList();
    this.clusters = clusters(after).filter(cluster -> old.contains(cluster.id())).toList();
  }

  private static Stream<Manifest> clusters(RenderedTree tree) {
    return tree.objects(CNPG, "Cluster");
  }

  Stream<Effect> effects(List<ObjectChange> changes) {
    var changed =
        changes.stream()
            .filter(ObjectChange.Changed.class::isInstance)
            .map(ObjectChange.Changed.class::cast)
            .filter(each -> !each.fields().isEmpty())
            .toList();
    var effects = new ArrayList<Effect>();
    for (var each : changed) {
      if (each.after().is(CNPG, "Cluster")) {
        DatabaseChange.effects(each).forEach(effects::add);
      } else {
        below(each).forEach(effects::add);
      }
    }
    charts().forEach(effects::add);
    changes.stream()
        .filter(ObjectChange.Removed.class::isInstance)
        .map(ObjectChange.Removed.class::cast)
        .flatMap(this::withoutPlugin)
        .forEach(effects::add);
    return effects.stream();
  }

  /// The operator loads a Cluster's plugins before it does anything else for it (facts/cnpg-i.md
  /// 2).
  private Stream<Effect> withoutPlugin(ObjectChange.Removed removed) {
    var plugin = removed.object().text("metadata", "labels", "cnpg.io/pluginName");
    return plugin.isEmpty() || !removed.object().is("", "Service") || !removed.fate().deleted()
        ? Stream.of()
        : clusters.stream()
            .filter(cluster -> DatabaseChange.plugins(cluster).containsKey(plugin.get()))
            .map(cluster ->
                new Effect(
                    Effect.Weight.DOWNTIME,
                    cluster.id(),
                    "uses plugin %s, which goes: without it the operator does nothing for this Cluster, failover included"
                        .formatted(plugin.get())));
  }

  /// What a change of something else means for the databases that use it.
  private Stream<Effect> below(ObjectChange.Changed changed) {
    var object = changed.after();
    if (object.is("apps", "Deployment")) {
      return deployment(changed);
    }
    if (object.is(STORES, "ObjectStore")) {
      return store(changed);
    }
    boolean catalog = object.is(CNPG, "ImageCatalog") || object.is(CNPG, "ClusterImageCatalog");
    return catalog && changed.touches("spec.images")
        ? restarts(
            cluster ->
                cluster
                        .text("spec", "imageCatalogRef", "name")
                        .filter(object.name()::equals)
                        .isPresent()
                    && usesChangedImage(cluster, changed),
            "another image in %s %s".formatted(object.kind(), object.name()))
        : Stream.of();
  }

  private static boolean usesChangedImage(Manifest cluster, ObjectChange.Changed changed) {
    var major = cluster.text("spec", "imageCatalogRef", "major");
    return !image(changed.before(), major).equals(image(changed.after(), major));
  }

  private static Optional<String> image(Manifest catalog, Optional<String> major) {
    return catalog
        .root()
        .mappings("spec", "images")
        .filter(each -> each.text("major").equals(major))
        .findFirst()
        .flatMap(each -> each.text("image"));
  }

  private Stream<Effect> deployment(ObjectChange.Changed changed) {
    var object = changed.after();
    if (isOperator(object) && !images(changed.before()).equals(images(object))) {
      return operator("a new operator, %s".formatted(String.join(", ", images(object))));
    }
    var old = sidecar(changed.before());
    var fresh = sidecar(object);
    if (old.isEmpty() || fresh.isEmpty() || FieldDiff.isSame(old.get(), fresh.get())) {
      return Stream.of();
    }
    return restarts(
        cluster -> DatabaseChange.plugins(cluster).containsKey(pluginOf(object)),
        "a new sidecar of plugin %s".formatted(pluginOf(object)));
  }

  private static boolean isOperator(Manifest deployment) {
    return deployment.name().equals("cnpg-controller-manager")
        || deployment
            .text("metadata", "labels", "app.kubernetes.io/name")
            .filter("cloudnative-pg"::equals)
            .isPresent();
  }

  private static List<String> images(Manifest deployment) {
    return containers(deployment).flatMap(each -> each.text("image").stream()).toList();
  }

  private static Stream<Mapping> containers(Manifest deployment) {
    return deployment.root().mappings("spec", "template", "spec", "containers");
  }

  /// The image that the plugin injects (facts/cnpg-i.md 3.4).
  private static Optional<Value> sidecar(Manifest deployment) {
    return containers(deployment)
        .flatMap(each -> each.mappings("env"))
        .filter(each -> each.text("name").filter("SIDECAR_IMAGE"::equals).isPresent())
        .map(Value.class::cast)
        .findFirst();
  }

  /// The name under which the Deployment's Service announces itself.
  private String pluginOf(Manifest deployment) {
    var labels = deployment.root().mapping("spec", "template", "metadata", "labels");
    return after
        .objects("", "Service")
        .filter(service -> service.namespace().equals(deployment.namespace()))
        .filter(service -> selects(service, labels))
        .flatMap(service -> service.text("metadata", "labels", "cnpg.io/pluginName").stream())
        .findFirst()
        .orElse(BARMAN);
  }

  private static boolean selects(Manifest service, Optional<Mapping> labels) {
    return service
        .root()
        .mapping("spec", "selector")
        .filter(selector ->
            selector
                .entries()
                .allMatch(entry ->
                    labels.flatMap(own -> own.text(entry.name())).equals(entry.value().text())))
        .isPresent();
  }

  private Stream<Effect> store(ObjectChange.Changed changed) {
    var object = changed.after();
    Predicate<Manifest> uses =
        cluster ->
            cluster.namespace().equals(object.namespace())
                && DatabaseChange.plugins(cluster).values().stream()
                    .anyMatch(plugin ->
                        plugin
                            .text("parameters", "barmanObjectName")
                            .filter(object.name()::equals)
                            .isPresent());
    if (changed.touches(
        "spec.instanceSidecarConfiguration.resources",
        "spec.instanceSidecarConfiguration.env",
        "spec.configuration.endpointCA")) {
      return restarts(uses, "another sidecar, as ObjectStore %s wants it".formatted(object.name()));
    }
    return changed.touches("spec.configuration.destinationPath")
        ? clusters.stream()
            .filter(uses)
            .map(cluster ->
                new Effect(
                    Effect.Weight.NOTE,
                    cluster.id(),
                    "archives to another place from now on: until its next base backup nothing"
                        + " there can be restored"))
        : Stream.of();
  }

  /// Charts of the operator and of the plugin, by the version that they are at.
  private Stream<Effect> charts() {
    return releases(after)
        .flatMap(release -> {
          var then = releases(before).filter(each -> each.id().equals(release.id())).findFirst();
          var old = then.flatMap(each -> version(each, before));
          var fresh = version(release, after);
          if (old.isEmpty() || fresh.isEmpty() || old.equals(fresh)) {
            return Stream.<Effect>of();
          }
          var from = "chart %s %s → %s".formatted(chart(release, after), old.get(), fresh.get());
          return switch (chart(release, after)) {
            case "cloudnative-pg" -> operator("a new operator, " + from);
            case "plugin-barman-cloud" ->
                restarts(
                    cluster -> DatabaseChange.plugins(cluster).containsKey(BARMAN),
                    "a new sidecar, " + from);
            default -> Stream.<Effect>of();
          };
        });
  }

  private static Stream<HelmRelease> releases(RenderedTree tree) {
    return tree.objects(HelmRelease.GROUP, HelmRelease.KIND).map(HelmRelease::new);
  }

  private static Optional<Manifest> sourceOf(HelmRelease release, RenderedTree tree) {
    return release
        .source()
        .flatMap(ref ->
            tree.objects("source.toolkit.fluxcd.io", ref.kind())
                .filter(object ->
                    object.namespace().equals(ref.id().namespace())
                        && object.name().equals(ref.id().name()))
                .findFirst());
  }

  private static String chart(HelmRelease release, RenderedTree tree) {
    return release
        .chart()
        .or(() ->
            sourceOf(release, tree)
                .flatMap(source -> source.text("spec", "url"))
                .map(url -> url.substring(url.lastIndexOf('/') + 1)))
        .orElse("");
  }

  private static Optional<String> version(HelmRelease release, RenderedTree tree) {
    return release
        .manifest()
        .text("spec", "chart", "spec", "version")
        .or(() ->
            sourceOf(release, tree)
                .flatMap(source ->
                    Stream.of("digest", "tag", "semver")
                        .flatMap(field -> source.text("spec", "ref", field).stream())
                        .findFirst()));
  }

  /// A new operator brings a new instance manager: into new Pods, unless it may replace itself.
  private Stream<Effect> operator(String reason) {
    boolean inPlace =
        after
            .objects()
            .anyMatch(object ->
                object
                        .text("data", "ENABLE_INSTANCE_MANAGER_INPLACE_UPDATES")
                        .filter("true"::equals)
                        .isPresent()
                    || object
                        .text(
                            "spec",
                            "values",
                            "config",
                            "data",
                            "ENABLE_INSTANCE_MANAGER_INPLACE_UPDATES")
                        .filter("true"::equals)
                        .isPresent());
    return inPlace ? Stream.of() : restarts(_ -> true, reason);
  }

  private Stream<Effect> restarts(Predicate<Manifest> which, String reason) {
    return clusters.stream()
        .filter(which)
        .filter(cluster ->
            cluster.mark("cnpg.io/reconcilePodSpec").filter("disabled"::equals).isEmpty())
        .map(cluster ->
            DatabaseChange.restart(
                cluster, DatabaseChange.instances(cluster), List.of(reason), false));
  }
}
