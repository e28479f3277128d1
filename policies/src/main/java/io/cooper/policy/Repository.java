package io.cooper.policy;

import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.render.ChartReference;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedRelease;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.kustomize.SourceFiles;
import io.cooper.flux.source.Artifact;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Place;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.CustomResources;
import io.cooper.schemas.Definitions;
import io.cooper.schemas.ImportedSchemas;
import io.cooper.schemas.LayeredCatalogue;
import io.cooper.schemas.ReleasesInUse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// All that policies may look at.
///
/// What many policies ask for and what is dear to compute is computed when the first one asks, and
/// once. Safe for use by several threads.
public final class Repository {
  private static final Question<List<DependencyGraph>> GRAPHS =
      new Question<>(repository -> repository.trees().stream().map(DependencyGraph::of).toList());
  private static final Question<LayeredCatalogue> CATALOGUE =
      new Question<>(Repository::layeredCatalogue);
  private static final Question<Optional<String>> KINDS = new Question<>(Repository::digestOfKinds);

  private final SourceTree source;
  private final List<RenderedTree> trees;
  private final ReleasesInUse releases;
  private final CleanRenders clean;
  private final List<ChartReference> references;
  private final IdentityHashMap<Question<?>, Object> answers = new IdentityHashMap<>();

  /// @param source the files that Flux would see, and those that it would not
  /// @param trees one for each entry; names resolve inside one tree only
  public Repository(SourceTree source, List<RenderedTree> trees) {
    this(source, trees, ReleasesInUse.NONE);
  }

  /// @param source the files that Flux would see, and those that it would not
  /// @param trees one for each entry; names resolve inside one tree only
  /// @param releases in use, as far as they are known
  public Repository(SourceTree source, List<RenderedTree> trees, ReleasesInUse releases) {
    this(source, trees, releases, CleanRenders.none());
  }

  /// @param source the files that Flux would see, and those that it would not
  /// @param trees one for each entry; names resolve inside one tree only
  /// @param releases in use, as far as they are known
  /// @param clean what earlier checks found nothing in
  public Repository(
      SourceTree source, List<RenderedTree> trees, ReleasesInUse releases, CleanRenders clean) {
    this(source, trees, releases, clean, List.of());
  }

  /// @param source the files that Flux would see, and those that it would not
  /// @param trees one for each entry; names resolve inside one tree only
  /// @param releases in use, as far as they are known
  /// @param clean what earlier checks found nothing in
  /// @param references copies that charts keep of what they were made of
  public Repository(
      SourceTree source,
      List<RenderedTree> trees,
      ReleasesInUse releases,
      CleanRenders clean,
      List<ChartReference> references) {
    this.clean = clean;
    this.references = List.copyOf(references);
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

  /// Copies that charts keep of what they were made of, as far as helm could render the charts.
  public List<ChartReference> references() {
    return references;
  }

  /// The kinds that there are: those of the CRDs that the repository deploys, then those that were
  /// imported into it, then those of the releases in use, the newest where nothing says which.
  public LayeredCatalogue catalogue() {
    return answer(CATALOGUE);
  }

  private LayeredCatalogue layeredCatalogue() {
    return LayeredCatalogue.of(
        BuiltInCatalogue.of(releases),
        List.of(CustomResources.of(trees.stream().flatMap(RenderedTree::objects)), imported()));
  }

  private Definitions imported() {
    return importedTo().map(ImportedSchemas::read).orElse(Definitions.NONE);
  }

  /// What Flux leaves out of its artifact may still be there for us. The folder of a revision is
  /// written when it is asked for.
  private Optional<Path> importedTo() {
    if (!(source.origin() instanceof SourceTree.Origin.Revision)) {
      return Optional.of(source.root());
    }
    var first = source.tracked().ceiling(ImportedSchemas.FOLDER + "/");
    return first != null && first.startsWith(ImportedSchemas.FOLDER + "/")
        ? Optional.of(source.artifact().root())
        : Optional.empty();
  }

  /// What earlier checks found nothing in.
  public CleanRenders clean() {
    return clean;
  }

  /// What a rule that judges objects by their kinds finds in a render; nothing without asking where
  /// it has found nothing before, of the same objects and with the same kinds.
  ///
  /// @param rule its id
  /// @param answer looks at the objects, at [#catalogue()] and at [#releases()], and at nothing
  ///   else
  public <T> List<T> look(String rule, RenderedKustomization where, Supplier<List<T>> answer) {
    return clean.look(answer(KINDS).map(kinds -> rule + " " + kinds), where, answer);
  }

  /// SHA-256 of all that decides which kinds there are, and what they demand; empty where that
  /// cannot be told.
  private Optional<String> digestOfKinds() {
    var parts = new ArrayList<String>();
    new TreeMap<>(releases.byProduct())
        .values()
        .forEach(uses -> uses.forEach(use -> parts.add(use.release().toString())));
    for (var tree : trees) {
      for (var each : tree.kustomizations()) {
        if (each.objects().stream().anyMatch(CustomResources::isOne)) {
          if (each.digest().isEmpty()) {
            return Optional.empty();
          }
          parts.add(each.digest().get());
        }
      }
      tree.charts()
          .filter(CustomResources::isOne)
          .forEach(crd -> parts.add(sha256(crd.root().toString())));
    }
    parts.add(importedTo().map(ImportedSchemas::text).orElse(""));
    return Optional.of(sha256(String.join("\n", parts)));
  }

  private static String sha256(String text) {
    return SourceFiles.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /// What rendering ran into, as findings in tree order. What several Kustomizations notice at one
  /// place is one finding, in the first of them.
  public Stream<Finding> problems(Predicate<RenderProblem> wanted) {
    record At(Place place, String message) {}
    var seen = new HashSet<At>();
    return trees.stream()
        .flatMap(tree ->
            Stream.concat(
                tree.kustomizations().stream().flatMap(owner -> problemsOf(owner, wanted)),
                tree.releases().stream().flatMap(release -> problemsOf(release, wanted))))
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

  private static Stream<Finding> problemsOf(
      RenderedRelease release, Predicate<RenderProblem> wanted) {
    return release.problems().stream()
        .filter(wanted)
        .map(problem -> {
          var finding = Finding.at(problem.place(), problem.message()).withRemedy(problem.remedy());
          var owned = release.owner().map(finding::in).orElse(finding);
          return release.release().map(each -> owned.of(each.manifest())).orElse(owned);
        });
  }

  /// The answer to a question, found when it is asked for the first time.
  @SuppressWarnings("unchecked") // each question is mapped to its own answer
  public synchronized <T> T answer(Question<T> question) {
    var known = answers.get(question);
    if (known == null) {
      known = question.askedOf(this);
      answers.put(question, known);
    }
    return (T) known;
  }

  /// The order in each tree, in the order of the trees.
  public List<DependencyGraph> graphs() {
    return answer(GRAPHS);
  }
}
