package io.cooper.flux.api;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import java.util.List;
import java.util.Optional;

/// A Flux `HelmRelease` (helm.toolkit.fluxcd.io), read leniently. Charts are never rendered here;
/// what a release installs is known only for the charts that `flux.graph` has a row for.
///
/// @param manifest the object as its Kustomization renders it
public record HelmRelease(Manifest manifest) {
  /// The API group of the kind.
  public static final String GROUP = "helm.toolkit.fluxcd.io";

  /// Whether an object is one.
  public static boolean isOne(Manifest manifest) {
    return manifest.is(GROUP, "HelmRelease");
  }

  /// Namespace and name.
  public NamespacedName id() {
    return new NamespacedName(manifest.namespace(), manifest.name());
  }

  /// `spec.dependsOn` in order; the entries name HelmReleases, never anything else.
  public List<Kustomization.Dependency> dependsOn() {
    return manifest
        .root()
        .mappings("spec", "dependsOn")
        .map(entry ->
            new Kustomization.Dependency(
                named(entry), entry.text("readyExpr"), manifest.placeOf(entry)))
        .toList();
  }

  /// `spec.chart.spec.chart`: the name of a chart, or its path where the source is a GitRepository.
  public Optional<String> chart() {
    return manifest.text("spec", "chart", "spec", "chart");
  }

  /// The object that the chart comes from: `spec.chartRef`, or `spec.chart.spec.sourceRef`.
  public Optional<Kustomization.SourceRef> source() {
    return source("spec", "chartRef").or(() -> source("spec", "chart", "spec", "sourceRef"));
  }

  private Optional<Kustomization.SourceRef> source(String... path) {
    return manifest
        .root()
        .mapping(path)
        .map(ref ->
            new Kustomization.SourceRef(
                ref.text("kind").orElse(""), named(ref), manifest.placeAt(path)));
  }

  /// The namespace that the chart's objects go to: `spec.targetNamespace`, else the release's own.
  public String targetNamespace() {
    return manifest.text("spec", "targetNamespace").orElse(manifest.namespace());
  }

  /// Whether Helm makes the target namespace: `spec.install.createNamespace`.
  public boolean createsNamespace() {
    return manifest.root().flag("spec", "install", "createNamespace").orElse(false);
  }

  /// Whether the chart's `crds/` folder is left out: `spec.install.crds: Skip`.
  public boolean skipsCrds() {
    return manifest.text("spec", "install", "crds").filter("Skip"::equals).isPresent();
  }

  /// `spec.suspend`; false where it is not set.
  public boolean suspended() {
    return manifest.root().flag("spec", "suspend").orElse(false);
  }

  /// An inline value of the chart, by the dotted name that the chart's documentation uses.
  public Optional<Value> value(String dotted) {
    return manifest
        .root()
        .mapping("spec", "values")
        .flatMap(values -> values.find(dotted.split("\\.", -1)));
  }

  private NamespacedName named(Mapping entry) {
    return new NamespacedName(
        entry.text("namespace").orElse(manifest.namespace()), entry.text("name").orElse(""));
  }

  @Override
  public String toString() {
    return id().toString();
  }
}
