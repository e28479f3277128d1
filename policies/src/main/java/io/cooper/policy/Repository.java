package io.cooper.policy;

import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Artifact;
import java.util.List;

/// All that policies may look at.
///
/// @param artifact the files that Flux would see
/// @param trees one for each entry; names resolve inside one tree only
public record Repository(Artifact artifact, List<RenderedTree> trees) {
  public Repository {
    trees = List.copyOf(trees);
  }
}
