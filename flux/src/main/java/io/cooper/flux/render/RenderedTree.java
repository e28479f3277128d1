package io.cooper.flux.render;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Manifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Everything that one cluster would get: the entry's Kustomization and all that are reachable from
/// it, each with what it renders. Two entries are two universes; names resolve inside one only
/// (facts/flux.md 9.3). Safe for several threads.
public final class RenderedTree {
  private final String entry;
  private final Artifact artifact;
  private final List<RenderedKustomization> kustomizations;
  private final List<RenderedRelease> releases;
  private @Nullable Map<String, Group> groups;

  /// The objects of one API group, in the order of [#objects()].
  private record Group(List<Manifest> all, Map<String, List<Manifest>> byKind) {
    Group() {
      this(new ArrayList<>(), new HashMap<>());
    }

    void add(Manifest object) {
      all.add(object);
      byKind.computeIfAbsent(object.kind(), _ -> new ArrayList<>()).add(object);
    }
  }

  /// @param entry folder of the entry, such as `clusters/example`
  /// @param artifact the files it was rendered from
  /// @param kustomizations breadth first from the entry, which is the first; none where the cluster
  ///   gets charts and nothing else
  /// @param releases what its charts install, as far as somebody asked for that and helm could tell
  public RenderedTree(
      String entry,
      Artifact artifact,
      List<RenderedKustomization> kustomizations,
      List<RenderedRelease> releases) {
    this.entry = entry;
    this.artifact = artifact;
    this.kustomizations = List.copyOf(kustomizations);
    this.releases = List.copyOf(releases);
  }

  /// A tree whose charts nobody has looked into.
  public RenderedTree(String entry, Artifact artifact, List<RenderedKustomization> kustomizations) {
    this(entry, artifact, kustomizations, List.of());
  }

  /// Folder of the entry, such as `clusters/example`.
  public String entry() {
    return entry;
  }

  /// The files it was rendered from.
  public Artifact artifact() {
    return artifact;
  }

  /// Breadth first from the entry, which is the first; none where the cluster gets charts and
  /// nothing else.
  public List<RenderedKustomization> kustomizations() {
    return kustomizations;
  }

  /// What the charts install, as far as somebody asked for that and helm could tell.
  public List<RenderedRelease> releases() {
    return releases;
  }

  /// The same tree with what its charts install.
  public RenderedTree with(List<RenderedRelease> inflated) {
    return new RenderedTree(entry, artifact, kustomizations, inflated);
  }

  /// The Kustomization of a name, if it is reachable.
  public Optional<RenderedKustomization> find(NamespacedName id) {
    return kustomizations.stream().filter(each -> each.id().equals(id)).findFirst();
  }

  /// All objects of all Kustomizations, then those of the charts. Whoever wants some kinds only
  /// asks for these: there may be ten thousand objects, and there are a hundred who ask.
  public Stream<Manifest> objects() {
    return Stream.concat(
        kustomizations.stream().flatMap(each -> each.objects().stream()), charts());
  }

  /// Those of one API group, in the same order; the empty group is the core's.
  public Stream<Manifest> objects(String group) {
    var found = groups().get(group);
    return found == null ? Stream.empty() : found.all().stream();
  }

  /// Those of one API group and kind, in any version, in the same order.
  public Stream<Manifest> objects(String group, String kind) {
    var found = groups().get(group);
    return found == null ? Stream.empty() : found.byKind().getOrDefault(kind, List.of()).stream();
  }

  private synchronized Map<String, Group> groups() {
    var known = groups;
    if (known == null) {
      var made = new HashMap<String, Group>();
      objects()
          .forEach(object -> made.computeIfAbsent(object.group(), _ -> new Group()).add(object));
      groups = made;
      return made;
    }
    return known;
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
