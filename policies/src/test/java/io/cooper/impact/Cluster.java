package io.cooper.impact;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.YamlReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A cluster written down by hand: an entry that renders Kustomizations, which render objects.
final class Cluster {
  private final List<RenderedKustomization> kustomizations = new ArrayList<>();
  private final List<Manifest> entry = new ArrayList<>();

  /// A Kustomization `flux-system/NAME` and what it renders.
  Cluster with(String name, String spec, String... documents) {
    return with(name, spec, RenderedKustomization.State.RENDERED, documents);
  }

  /// A Kustomization in another state.
  Cluster with(String name, String spec, RenderedKustomization.State state, String... documents) {
    var flux =
        objects(
                """
                apiVersion: kustomize.toolkit.fluxcd.io/v1
                kind: Kustomization
                metadata: {name: %s, namespace: flux-system}
                spec: {path: ./%s, %s}
                """
                    .formatted(name, name, spec))
            .getFirst();
    entry.add(flux);
    kustomizations.add(
        rendered(flux, Optional.of("entry"), state, objects(String.join("---\n", documents))));
    return this;
  }

  RenderedTree tree() {
    return tree(RenderedKustomization.State.RENDERED);
  }

  RenderedTree tree(RenderedKustomization.State stateOfEntry) {
    var flux =
        objects(
                """
                apiVersion: kustomize.toolkit.fluxcd.io/v1
                kind: Kustomization
                metadata: {name: entry, namespace: flux-system}
                spec: {path: ./clusters/one, prune: true}
                """)
            .getFirst();
    boolean rendered = stateOfEntry == RenderedKustomization.State.RENDERED;
    var all = new ArrayList<RenderedKustomization>();
    all.add(rendered(flux, Optional.empty(), stateOfEntry, rendered ? entry : List.of()));
    all.addAll(rendered ? kustomizations : List.of());
    return new RenderedTree("clusters/one", new Artifact(Path.of("."), List.of()), all);
  }

  static List<Manifest> objects(String text) {
    var file = YamlReader.ofSources().read("objects.yaml", text);
    if (!file.faults().isEmpty()) {
      throw new AssertionError(file.faults());
    }
    return file.manifests().toList();
  }

  private static RenderedKustomization rendered(
      Manifest flux,
      Optional<String> parent,
      RenderedKustomization.State state,
      List<Manifest> objects) {
    return new RenderedKustomization(
        new Kustomization(flux),
        parent.map(name -> new NamespacedName("flux-system", name)),
        state,
        objects,
        List.of(),
        false,
        Set.of());
  }
}
