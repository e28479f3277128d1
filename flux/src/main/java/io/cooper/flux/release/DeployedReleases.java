package io.cooper.flux.release;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.Kustomization.SourceRef;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import io.cooper.schemas.Product;
import io.cooper.schemas.Release;
import io.cooper.schemas.ReleasesInUse;
import io.cooper.schemas.ReleasesInUse.InUse;
import io.cooper.schemas.ShippedReleases;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads which releases a repository deploys.
///
/// Where several clusters of one repository differ, the newest comes first: it knows the most
/// fields.
public final class DeployedReleases {
  /// `2.7.x` names a minor version; `2.x` and `>=2.7` name none.
  private static final Pattern MINOR = Pattern.compile("v?(\\d+\\.\\d+)(?:\\.(?:x|\\*|\\d+))?");

  /// The chart that makes a FluxInstance of its values.
  private static final String FLUX_INSTANCE = "flux-instance";

  private static final String OCI = "OCIRepository";

  /// Files in which Talos clusters keep the version of their Kubernetes.
  private static final Set<String> TALOS = Set.of("talconfig.yaml", "talenv.yaml");

  private static final Comparator<InUse> NEWEST_FIRST =
      Comparator.comparing(InUse::release).reversed();

  private final Map<Product, List<InUse>> found = new EnumMap<>(Product.class);
  private final RenderedTree tree;

  private final Map<NamespacedName, Manifest> ociSources = new HashMap<>();

  private DeployedReleases(RenderedTree tree) {
    this.tree = tree;
    tree.objects("source.toolkit.fluxcd.io", OCI)
        .forEach(object ->
            ociSources.putIfAbsent(new NamespacedName(object.namespace(), object.name()), object));
  }

  /// What the manifests of these trees deploy.
  public static ReleasesInUse of(List<RenderedTree> trees) {
    var all = new EnumMap<Product, List<InUse>>(Product.class);
    for (var tree : trees) {
      new DeployedReleases(tree)
          .read()
          .forEach(
              (product, uses) -> all.computeIfAbsent(product, _ -> new ArrayList<>()).addAll(uses));
    }
    trees.stream()
        .map(RenderedTree::artifact)
        .distinct()
        .flatMap(DeployedReleases::ofTalos)
        .forEach(
            use -> all.computeIfAbsent(use.release().product(), _ -> new ArrayList<>()).add(use));
    // Sorting is stable: of equal releases the first that was read is named.
    all.values().forEach(uses -> uses.sort(NEWEST_FIRST));
    return new ReleasesInUse(all);
  }

  private Map<Product, List<InUse>> read() {
    tree.objects()
        .flatMap(this::of)
        .forEach(
            use -> found.computeIfAbsent(use.release().product(), _ -> new ArrayList<>()).add(use));
    return found;
  }

  private Stream<InUse> of(Manifest manifest) {
    return switch (manifest.kind()) {
      case "Deployment", "DaemonSet", "StatefulSet" -> images(manifest);
      case "HelmRelease" ->
          HelmRelease.isOne(manifest) ? chart(new HelmRelease(manifest)) : Stream.empty();
      case "FluxInstance" ->
          manifest.find("spec", "distribution", "version").stream()
              .flatMap(version -> distribution(manifest, version));
      case "KubernetesUpgrade" -> upgrade(manifest, "spec", "kubernetes", "version");
      case "Plan" -> plan(manifest);
      case "Namespace", "CustomResourceDefinition" -> label(manifest);
      default -> Stream.empty();
    };
  }

  private static Stream<InUse> images(Manifest workload) {
    return workload
        .root()
        .mappings("spec", "template", "spec", "containers")
        .flatMap(container -> container.get("image").stream())
        .flatMap(image ->
            image
                .text()
                .flatMap(text ->
                    ShippedReleases.ofImage(text)
                        .map(release ->
                            new InUse(
                                release,
                                "image %s of %s".formatted(text, workload.id()),
                                Optional.of(workload.placeOf(image)))))
                .stream());
  }

  private Stream<InUse> chart(HelmRelease release) {
    var chart = nameOfChart(release).orElse("");
    if (chart.equals(FLUX_INSTANCE)) {
      return release.value("instance.distribution.version").stream()
          .flatMap(version -> distribution(release.manifest(), version));
    }
    return ShippedReleases.productOfChart(chart)
        .flatMap(product -> ofValues(release, product))
        .or(() -> ofVersion(release, chart))
        .stream();
  }

  /// An image that the values name wins over the chart's own.
  private static Optional<InUse> ofValues(HelmRelease release, Product product) {
    return release
        .value("image.tag")
        .flatMap(tag ->
            tag.text()
                .flatMap(text -> ShippedReleases.ofTag(product, text))
                .map(found ->
                    new InUse(
                        found,
                        "image.tag of %s".formatted(release.manifest().id()),
                        Optional.of(release.manifest().placeOf(tag)))));
  }

  /// @param place is looked up late: for that the source file has to be read
  private record Versioned(String version, Supplier<Place> place) {}

  private Optional<InUse> ofVersion(HelmRelease release, String chart) {
    return versionOf(release)
        .flatMap(versioned ->
            ShippedReleases.ofChart(chart, versioned.version())
                .map(found ->
                    new InUse(
                        found,
                        "chart %s %s of %s"
                            .formatted(chart, versioned.version(), release.manifest().id()),
                        Optional.of(versioned.place().get()))));
  }

  private Optional<Versioned> versionOf(HelmRelease release) {
    return versioned(release.manifest(), "spec", "chart", "spec", "version")
        .or(() -> ociSource(release).flatMap(source -> versioned(source, "spec", "ref", "tag")));
  }

  private static Optional<Versioned> versioned(Manifest manifest, String... path) {
    return manifest.text(path).map(text -> new Versioned(text, () -> manifest.placeAt(path)));
  }

  private Optional<String> nameOfChart(HelmRelease release) {
    return release
        .chart()
        .or(() -> ociSource(release).flatMap(source -> source.text("spec", "url")))
        .map(name -> name.substring(name.lastIndexOf('/') + 1));
  }

  private Optional<Manifest> ociSource(HelmRelease release) {
    return release.source().filter(ref -> ref.kind().equals(OCI)).flatMap(this::find);
  }

  private Optional<Manifest> find(SourceRef ref) {
    return Optional.ofNullable(ociSources.get(ref.id()));
  }

  private static Stream<InUse> distribution(Manifest instance, Value version) {
    return version
        .text()
        .flatMap(DeployedReleases::minor)
        .map(found ->
            new InUse(
                Release.of(Product.FLUX, found),
                "distribution version of %s".formatted(instance.id()),
                Optional.of(instance.placeOf(version))))
        .stream();
  }

  /// The version itself, or the minor version of a range that stays within one.
  private static Optional<String> minor(String range) {
    var matcher = MINOR.matcher(range);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(range.matches("v?\\d+\\.\\d+\\.\\d+") ? range : matcher.group(1));
  }

  /// What `flux install` labels its objects with.
  private static Stream<InUse> label(Manifest object) {
    var labels = new String[] {"metadata", "labels", "app.kubernetes.io/version"};
    return object
        .text("metadata", "labels", "app.kubernetes.io/part-of")
        .filter("flux"::equals)
        .flatMap(_ -> object.text(labels))
        .flatMap(text -> ShippedReleases.ofTag(Product.FLUX, text))
        .map(release ->
            new InUse(
                release,
                "label app.kubernetes.io/version of %s".formatted(object.id()),
                Optional.of(object.placeAt(labels))))
        .stream();
  }

  private static Stream<InUse> upgrade(Manifest upgrade, String... path) {
    return upgrade
        .text(path)
        .flatMap(text -> ShippedReleases.ofTag(Product.KUBERNETES, text))
        .map(release ->
            new InUse(
                release,
                "%s of %s".formatted(String.join(".", path), upgrade.id()),
                Optional.of(upgrade.placeAt(path))))
        .stream();
  }

  /// A Plan can upgrade anything; those of k3s and RKE2 say so in their version.
  private static Stream<InUse> plan(Manifest plan) {
    boolean ofKubernetes =
        plan.group().equals("upgrade.cattle.io")
            && plan.text("spec", "version")
                .filter(version -> version.contains("+k3s") || version.contains("+rke2"))
                .isPresent();
    return ofKubernetes ? upgrade(plan, "spec", "version") : Stream.empty();
  }

  private static Stream<InUse> ofTalos(Artifact artifact) {
    return artifact.files().stream()
        .filter(file -> TALOS.contains(file.substring(file.lastIndexOf('/') + 1)))
        .flatMap(file -> ofTalos(artifact, file));
  }

  private static Stream<InUse> ofTalos(Artifact artifact, String file) {
    return YamlReader.ofSources().read(file, artifact.read(file)).documents().stream()
        .filter(Mapping.class::isInstance)
        .flatMap(document -> document.find("kubernetesVersion").stream())
        .flatMap(version -> ofTalos(version).stream());
  }

  private static Optional<InUse> ofTalos(Value version) {
    return version
        .text()
        .flatMap(text -> ShippedReleases.ofTag(Product.KUBERNETES, text))
        .map(release -> new InUse(release, "kubernetesVersion", Optional.of(version.place())));
  }
}
