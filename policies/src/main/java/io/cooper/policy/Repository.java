package io.cooper.policy;

import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Artifact;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Place;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.CustomResources;
import io.cooper.schemas.Definitions;
import io.cooper.schemas.ImportedSchemas;
import io.cooper.schemas.LayeredCatalogue;
import io.cooper.schemas.ReleasesInUse;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All that policies may look at.
///
/// What many policies ask for and what is dear to compute is computed when the first one asks, and
/// once. Safe for use by several threads.
public final class Repository {
  private final SourceTree source;
  private final List<RenderedTree> trees;
  private final ReleasesInUse releases;
  private @Nullable List<DependencyGraph> graphs;
  private @Nullable LayeredCatalogue catalogue;

  /// @param source the files that Flux would see, and those that it would not
  /// @param trees one for each entry; names resolve inside one tree only
  public Repository(SourceTree source, List<RenderedTree> trees) {
    this(source, trees, ReleasesInUse.NONE);
  }

  /// @param source the files that Flux would see, and those that it would not
  /// @param trees one for each entry; names resolve inside one tree only
  /// @param releases in use, as far as they are known
  public Repository(SourceTree source, List<RenderedTree> trees, ReleasesInUse releases) {
    this.source = source;
    this.trees = List.copyOf(trees);
    this.releases = releases;
  }

  /// A repository of which nothing is known but the artifact.
  public Repository(Artifact artifact, List<RenderedTree> trees) {
    this(SourceTree.of(artifact), trees);
  }

  /// The files that Flux would see, and those that it would not, with the reasons.
  public SourceTree source() {
    return source;
  }

  /// The files that Flux would see.
  public Artifact artifact() {
    return source.artifact();
  }

  /// One tree for each entry; names resolve inside one tree only.
  public List<RenderedTree> trees() {
    return trees;
  }

  /// Which releases the repository deploys, or is said to run on.
  public ReleasesInUse releases() {
    return releases;
  }

  /// The kinds that there are: those of the CRDs that the repository deploys, then those that were
  /// imported into it, then those of the releases in use, the newest where nothing says which.
  public synchronized LayeredCatalogue catalogue() {
    var known = catalogue;
    if (known == null) {
      known =
          LayeredCatalogue.of(
              BuiltInCatalogue.of(releases),
              List.of(
                  CustomResources.of(trees.stream().flatMap(RenderedTree::objects)), imported()));
      catalogue = known;
    }
    return known;
  }

  private Definitions imported() {
    // What Flux leaves out of its artifact may still be there for us.
    return ImportedSchemas.read(
        source.origin() instanceof SourceTree.Origin.Revision
            ? source.artifact().root()
            : source.root());
  }

  /// What rendering ran into, as findings in tree order. What several Kustomizations notice at one
  /// place is one finding, in the first of them.
  public Stream<Finding> problems(Predicate<RenderProblem> wanted) {
    record At(Place place, String message) {}
    var seen = new HashSet<At>();
    return trees.stream()
        .flatMap(tree -> tree.kustomizations().stream())
        .flatMap(owner -> problemsOf(owner, wanted))
        .filter(finding -> seen.add(new At(finding.place(), finding.message())));
  }

  /// What rendering one Kustomization ran into, as findings.
  public static Stream<Finding> problemsOf(
      RenderedKustomization owner, Predicate<RenderProblem> wanted) {
    return owner.problems().stream()
        .filter(wanted)
        .map(problem ->
            Finding.at(problem.place(), problem.message())
                .withRemedy(problem.remedy())
                .in(owner.id()));
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
