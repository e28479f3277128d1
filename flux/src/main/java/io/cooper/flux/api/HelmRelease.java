package io.cooper.flux.api;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A Flux `HelmRelease` (helm.toolkit.fluxcd.io), read leniently. Charts are not rendered here; see
/// `flux.render.helm`.
///
/// @param manifest the object as its Kustomization renders it
public record HelmRelease(Manifest manifest) {
  /// The API group of the kind.
  public static final String GROUP = "helm.toolkit.fluxcd.io";

  /// Kind of the objects.
  public static final String KIND = "HelmRelease";

  /// The longest name that Helm allows.
  private static final int NAME = 53;

  /// One entry of `spec.valuesFrom`.
  ///
  /// @param kind `ConfigMap` or `Secret`
  /// @param name of the object, which lies in the release's own namespace
  /// @param key of its data; `values.yaml` where the entry names none
  /// @param targetPath where in the values one single value goes, as in `helm --set`; empty where
  ///   the data is a whole file of values
  /// @param literal whether that value is taken as it is, whatever characters it has
  /// @param optional whether the object and the key may be absent
  /// @param place of the entry
  public record ValuesSource(
      String kind,
      String name,
      String key,
      Optional<String> targetPath,
      boolean literal,
      boolean optional,
      Place place) {}

  /// Whether an object is one.
  public static boolean isOne(Manifest manifest) {
    return manifest.is(GROUP, KIND);
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
    return text("spec", "targetNamespace").orElse(manifest.namespace());
  }

  /// The name of Helm's release, cut as helm-controller does where it is too long for Helm.
  public String releaseName() {
    var name =
        text("spec", "releaseName")
            .orElseGet(() ->
                text("spec", "targetNamespace")
                    .map(namespace -> namespace + "-" + manifest.name())
                    .orElseGet(manifest::name));
    return name.length() <= NAME ? name : name.substring(0, NAME - 13) + "-" + hash(name);
  }

  private Optional<String> text(String... path) {
    return manifest.text(path).filter(text -> !text.isEmpty());
  }

  private static String hash(String name) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(name.getBytes(StandardCharsets.UTF_8)))
          .substring(0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// `spec.valuesFrom` in order.
  public List<ValuesSource> valuesFrom() {
    return manifest
        .root()
        .mappings("spec", "valuesFrom")
        .map(entry ->
            new ValuesSource(
                entry.text("kind").orElse(""),
                entry.text("name").orElse(""),
                entry.text("valuesKey").filter(key -> !key.isEmpty()).orElse("values.yaml"),
                entry.text("targetPath").filter(path -> !path.isEmpty()),
                entry.flag("literal").orElse(false),
                entry.flag("optional").orElse(false),
                manifest.placeOf(entry)))
        .toList();
  }

  /// Whether Helm makes the target namespace: `spec.install.createNamespace`.
  public boolean createsNamespace() {
    return manifest.root().flag("spec", "install", "createNamespace").orElse(false);
  }

  /// Whether the chart's `crds/` folder is left out: `spec.install.crds: Skip`.
  public boolean skipsCrds() {
    return manifest.text("spec", "install", "crds").filter("Skip"::equals).isPresent();
  }

  /// Whether the chart's `crds/` folder is applied when the release is installed or upgraded.
  public boolean appliesCrds() {
    return !skipsCrds()
        || text("spec", "upgrade", "crds").filter(policy -> !policy.equals("Skip")).isPresent();
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
