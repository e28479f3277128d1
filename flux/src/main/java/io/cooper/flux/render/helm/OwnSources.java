package io.cooper.flux.render.helm;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.Kustomization.SourceRef;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.walk.RepositoryAddress;
import io.cooper.manifest.Manifest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Which source objects of a tree are this repository: those that its own Kustomizations come from,
/// and those with the same address.
final class OwnSources {
  private static final String GROUP = "source.toolkit.fluxcd.io";

  private record Key(String kind, String namespace, String name) {
    static Key of(SourceRef ref) {
      return new Key(ref.kind(), ref.id().namespace(), ref.id().name());
    }
  }

  private final Map<Key, Manifest> sources = new HashMap<>();
  private final Set<Key> own = new HashSet<>();
  private final Set<String> addresses = new HashSet<>();

  /// @param remotes addresses under which the repository is known
  OwnSources(RenderedTree tree, Set<String> remotes) {
    tree.kustomizations().stream()
        .flatMap(each -> each.objects().stream())
        .filter(object -> object.group().equals(GROUP))
        .forEach(object ->
            sources.put(new Key(object.kind(), object.namespace(), object.name()), object));
    tree.kustomizations().stream()
        .filter(OwnSources::isRead)
        .map(RenderedKustomization::kustomization)
        .flatMap(flux -> flux.sourceRef().stream())
        .map(Key::of)
        .forEach(own::add);
    Stream.concat(
            remotes.stream(),
            own.stream()
                .flatMap(key -> find(key).stream())
                .flatMap(source -> source.text("spec", "url").stream()))
        .map(RepositoryAddress::normalised)
        .forEach(addresses::add);
  }

  /// Whether the Kustomization was built from the artifact of this repository.
  private static boolean isRead(RenderedKustomization each) {
    return each.state() != State.EXTERNAL
        && each.problems().stream()
            .noneMatch(problem -> problem.kind() == RenderProblem.Kind.SOURCE_MISSING);
  }

  private Optional<Manifest> find(Key key) {
    return Optional.ofNullable(sources.get(key));
  }

  /// The object of a reference, if the tree renders it.
  Optional<Manifest> find(SourceRef ref) {
    return find(Key.of(ref));
  }

  /// Whether a reference leads to this repository.
  boolean isOwn(SourceRef ref) {
    return own.contains(Key.of(ref))
        || (ref.kind().equals("GitRepository")
            && find(ref)
                .flatMap(source -> source.text("spec", "url"))
                .map(RepositoryAddress::normalised)
                .filter(addresses::contains)
                .isPresent());
  }

  /// A reference of a HelmChart object, with its own namespace.
  static Optional<SourceRef> sourceOf(Manifest chart) {
    return new Kustomization(chart).sourceRef();
  }
}
