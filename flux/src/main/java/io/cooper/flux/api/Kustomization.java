package io.cooper.flux.api;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A Flux `Kustomization` (kustomize.toolkit.fluxcd.io), read leniently: what a field should be is
/// for policies to say.
///
/// @param manifest the object as the cluster would receive it, that is as its parent renders it
public record Kustomization(Manifest manifest) {
  /// The API group of the kind.
  public static final String GROUP = "kustomize.toolkit.fluxcd.io";

  /// One entry of `spec.dependsOn`.
  ///
  /// @param id with the dependent's own namespace where the entry names none
  /// @param readyExpr a CEL expression that replaces Flux's own judgement
  /// @param place of the entry
  public record Dependency(NamespacedName id, Optional<String> readyExpr, Place place) {}

  /// One entry of `spec.healthChecks`.
  ///
  /// @param apiVersion `apps/v1` where the entry names none, as in Flux
  /// @param place of the entry
  public record HealthCheck(String apiVersion, String kind, NamespacedName id, Place place) {}

  /// `spec.sourceRef`, with the Kustomization's own namespace where it names none.
  public record SourceRef(String kind, NamespacedName id, Place place) {}

  /// One entry of `spec.postBuild.substituteFrom`.
  public record VariableSource(String kind, String name, boolean optional, Place place) {}

  /// Whether an object is one.
  public static boolean isOne(Manifest manifest) {
    return manifest.is(GROUP, "Kustomization");
  }

  /// Namespace and name.
  public NamespacedName id() {
    return new NamespacedName(manifest.namespace(), manifest.name());
  }

  /// `spec.path` without leading `./` and `/` and trailing `/`; empty for the root of the source.
  public String path() {
    return SourcePath.of(manifest.text("spec", "path").orElse(""));
  }

  /// `spec.sourceRef`, if there is one.
  public Optional<SourceRef> sourceRef() {
    return manifest
        .root()
        .mapping("spec", "sourceRef")
        .map(ref ->
            new SourceRef(
                ref.text("kind").orElse(""),
                named(ref, manifest.namespace()),
                manifest.placeAt("spec", "sourceRef")));
  }

  /// `spec.dependsOn` in order.
  public List<Dependency> dependsOn() {
    return entries("dependsOn")
        .map(entry ->
            new Dependency(
                named(entry, manifest.namespace()),
                entry.text("readyExpr"),
                manifest.placeOf(entry)))
        .toList();
  }

  /// `spec.healthChecks` in order.
  public List<HealthCheck> healthChecks() {
    return entries("healthChecks")
        .map(entry ->
            new HealthCheck(
                entry.text("apiVersion").orElse("apps/v1"),
                entry.text("kind").orElse(""),
                named(entry, manifest.namespace()),
                manifest.placeOf(entry)))
        .toList();
  }

  /// `spec.healthCheckExprs` in order.
  public List<Mapping> healthCheckExprs() {
    return entries("healthCheckExprs").toList();
  }

  /// `spec.postBuild.substituteFrom` in order.
  public List<VariableSource> substituteFrom() {
    return manifest
        .root()
        .mappings("spec", "postBuild", "substituteFrom")
        .map(entry ->
            new VariableSource(
                entry.text("kind").orElse(""),
                entry.text("name").orElse(""),
                entry.flag("optional").orElse(false),
                manifest.placeOf(entry)))
        .toList();
  }

  /// `spec.wait`; false where it is not set.
  public boolean waits() {
    return manifest.root().flag("spec", "wait").orElse(false);
  }

  /// `spec.prune`; false where it is not set.
  public boolean prunes() {
    return manifest.root().flag("spec", "prune").orElse(false);
  }

  /// `spec.suspend`; false where it is not set.
  public boolean suspended() {
    return manifest.root().flag("spec", "suspend").orElse(false);
  }

  /// Whether Flux looks at the health of anything before it calls this Kustomization Ready.
  /// `healthCheckExprs` alone do not: they only say how the objects of the other two are judged.
  public boolean checksHealth() {
    return waits() || entries("healthChecks").findAny().isPresent();
  }

  private Stream<Mapping> entries(String field) {
    return manifest.root().mappings("spec", field);
  }

  private static NamespacedName named(Mapping entry, String namespace) {
    return new NamespacedName(
        entry.text("namespace").orElse(namespace), entry.text("name").orElse(""));
  }

  @Override
  public String toString() {
    return id().toString();
  }
}
