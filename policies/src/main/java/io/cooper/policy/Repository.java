package io.cooper.policy;

import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Artifact;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that policies may look at.
///
/// What many policies ask for and what is dear to compute is computed when the first one asks, and
/// once. Safe for use by several threads.
public final class Repository {
  private final Artifact artifact;
  private final List<RenderedTree> trees;
  private @Nullable List<DependencyGraph> graphs;

  /// @param artifact the files that Flux would see
  /// @param trees one for each entry; names resolve inside one tree only
  public Repository(Artifact artifact, List<RenderedTree> trees) {
    this.artifact = artifact;
    this.trees = List.copyOf(trees);
  }

  /// The files that Flux would see.
  public Artifact artifact() {
    return artifact;
  }

  /// One tree for each entry; names resolve inside one tree only.
  public List<RenderedTree> trees() {
    return trees;
  }

  /// The order in each tree, in the order of the trees.
  public synchronized List<DependencyGraph> graphs() {
    var known = graphs;
    if (known == null) {
      known = trees.stream().map(DependencyGraph::of).toList();
      graphs = known;
    }
    return known;
  }
}
