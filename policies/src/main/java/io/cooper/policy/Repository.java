package io.cooper.policy;

import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Artifact;
import io.cooper.flux.source.SourceTree;
import java.util.List;

/// All that policies may look at.
///
/// @param artifact the files that Flux would see
/// @param source the files on disk and in Git beside them, with the rules that keep files back
/// @param trees one for each entry; names resolve inside one tree only
public record Repository(Artifact artifact, SourceTree source, List<RenderedTree> trees) {
  public Repository {
    trees = List.copyOf(trees);
  }

  /// A repository whose source is known as a whole.
  public Repository(SourceTree source, List<RenderedTree> trees) {
    this(source.artifact(), source, trees);
  }

  /// A repository of which nothing is known but the artifact.
  public Repository(Artifact artifact, List<RenderedTree> trees) {
    this(artifact, SourceTree.of(artifact), trees);
  }
}
