package io.cooper.policy.ignore;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.YamlReader;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A repository with the Kustomizations of one cluster, for policies to judge. Nothing is rendered:
/// these policies look at paths.
final class Judged {
  private final SourceTree source;
  private final List<RenderedKustomization> kustomizations = new ArrayList<>();

  Judged(SourceTree source) {
    this.source = source;
  }

  /// With a Kustomization `flux-system/NAME` of a path.
  Judged with(String name, String path) {
    var text =
        """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata:
          name: %s
          namespace: flux-system
        spec:
          path: ./%s
        """
            .formatted(name, path);
    var manifest =
        YamlReader.ofSources()
            .read("clusters/example/%s.yaml".formatted(name), text)
            .manifests()
            .findFirst()
            .orElseThrow();
    kustomizations.add(
        new RenderedKustomization(
            new Kustomization(manifest),
            Optional.empty(),
            RenderedKustomization.State.RENDERED,
            List.of(),
            List.of(),
            source.kustomizations().fileIn(path).isEmpty(),
            source.artifact().below(path)));
    return this;
  }

  Repository repository() {
    return new Repository(
        source, List.of(new RenderedTree("clusters/example", source.artifact(), kustomizations)));
  }

  /// The findings of a policy.
  List<Finding> by(RepositoryPolicy policy) {
    return policy.check(repository()).toList();
  }
}
