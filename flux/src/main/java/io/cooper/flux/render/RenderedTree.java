package io.cooper.flux.render;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Everything that one cluster would get: the entry's Kustomization and all that are reachable from
/// it, each with what it renders. Two entries are two universes; names resolve inside one only
/// (facts/flux.md 9.3).
///
/// @param entry folder of the entry, such as `clusters/example`
/// @param artifact the files it was rendered from
/// @param kustomizations breadth first from the entry, which is the first; none where the cluster
///   gets charts and nothing else
/// @param releases what its charts install, as far as somebody asked for that and helm could tell
public record RenderedTree(
    String entry,
    Artifact artifact,
    List<RenderedKustomization> kustomizations,
    List<RenderedRelease> releases) {
  public RenderedTree {
    kustomizations = List.copyOf(kustomizations);
    releases = List.copyOf(releases);
  }

  /// A tree whose charts nobody has looked into.
  public RenderedTree(String entry, Artifact artifact, List<RenderedKustomization> kustomizations) {
    this(entry, artifact, kustomizations, List.of());
  }

  /// The same tree with what its charts install.
  public RenderedTree with(List<RenderedRelease> inflated) {
    return new RenderedTree(entry, artifact, kustomizations, inflated);
  }

  /// The Kustomization of a name, if it is reachable.
  public Optional<RenderedKustomization> find(NamespacedName id) {
    return kustomizations.stream().filter(each -> each.id().equals(id)).findFirst();
  }

  /// All objects of all Kustomizations, then those of the charts.
  public Stream<Manifest> objects() {
    return Stream.concat(
        kustomizations.stream().flatMap(each -> each.objects().stream()), charts());
  }

  /// The objects of the charts alone.
  public Stream<Manifest> charts() {
    return releases.stream().flatMap(each -> each.objects().stream());
  }

  /// What became of a HelmRelease, if somebody has looked into its chart.
  public Optional<RenderedRelease> release(NamespacedName id) {
    return releases.stream()
        .filter(each -> each.release().isPresent() && each.id().equals(id))
        .findFirst();
  }
}
