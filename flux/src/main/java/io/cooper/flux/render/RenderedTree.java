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
/// @param kustomizations breadth first from the entry, which is the first
public record RenderedTree(
    String entry, Artifact artifact, List<RenderedKustomization> kustomizations) {
  public RenderedTree {
    kustomizations = List.copyOf(kustomizations);
  }

  /// The Kustomization of a name, if it is reachable.
  public Optional<RenderedKustomization> find(NamespacedName id) {
    return kustomizations.stream().filter(each -> each.id().equals(id)).findFirst();
  }

  /// All objects of all Kustomizations.
  public Stream<Manifest> objects() {
    return kustomizations.stream().flatMap(each -> each.objects().stream());
  }
}
