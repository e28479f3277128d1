package io.cooper.flux.render;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One release of a chart and what became of it.
///
/// @param id namespace and name: of the HelmRelease, or where there is none, of the release itself
/// @param release the object that asks for it; empty where a repository has charts and values for
///   each cluster, and no Flux objects
/// @param owner the Kustomization that renders that object
/// @param chart the folder or the archive of the chart, such as `charts/web`; for a chart that is
///   not in the repository, its name
/// @param title for messages: `HelmRelease apps/web`, or the chart and the file of its values
/// @param state whether there are objects, and if not, why
/// @param objects what Helm would install, each with its namespace; none if the release would fail
/// @param problems what stood in the way, or is worth knowing
/// @param filesRead every file of the artifact that the chart was made of
public record RenderedRelease(
    NamespacedName id,
    Optional<HelmRelease> release,
    Optional<NamespacedName> owner,
    String chart,
    String title,
    State state,
    List<Manifest> objects,
    List<RenderProblem> problems,
    Set<String> filesRead) {

  /// How the render ended.
  public enum State {
    /// The objects are those that Helm would install.
    RENDERED,
    /// The release would fail; the problems say why.
    FAILED,
    /// There is no helm to ask.
    NO_HELM,
    /// The chart, or one that it depends on, lies on the network.
    REMOTE,
    /// The chart takes values from an object that only the cluster has.
    UNKNOWN_VALUES,
    /// It is installed into another cluster.
    ELSEWHERE;

    /// Whether something is known about the release for sure: what it installs, or that it fails.
    public boolean isJudged() {
      return this == RENDERED || this == FAILED;
    }
  }

  public RenderedRelease {
    objects = List.copyOf(objects);
    problems = List.copyOf(problems);
    filesRead = Set.copyOf(filesRead);
  }
}
