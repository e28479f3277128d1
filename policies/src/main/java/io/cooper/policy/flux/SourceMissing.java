package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.Kustomization.SourceRef;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.problem.Nearest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds Kustomizations and HelmReleases whose source is defined nowhere.
public final class SourceMissing implements RepositoryPolicy {
  private static final String SOURCES = "source.toolkit.fluxcd.io";

  @Override
  public About about() {
    return new About(
        "flux/source-missing",
        ERROR,
        "The source of every Kustomization and HelmRelease is defined.",
        """
        A Kustomization whose source does not exist stays at `ArtifactFailed`: nothing of it is
        applied, and nothing is pruned. A HelmRelease without its chart's source is never installed.
        A source is found by kind, name and namespace together, and without a namespace it is
        looked for in the object's own.
        """,
        "Correct the reference, or add the source.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.trees().stream().flatMap(SourceMissing::check);
  }

  private static Stream<Finding> check(RenderedTree tree) {
    var sources = tree.objects().filter(object -> object.group().equals(SOURCES)).toList();
    return tree.kustomizations().stream()
        .flatMap(each -> Stream.concat(ofKustomization(each), ofCharts(each, tree, sources)));
  }

  private static Stream<Finding> ofKustomization(RenderedKustomization each) {
    var manifest = each.kustomization().manifest();
    return Repository.problemsOf(
            each, problem -> problem.kind() == RenderProblem.Kind.SOURCE_MISSING)
        .map(found ->
            Finding.about(manifest, found.message(), "spec", "sourceRef", "name")
                .in(each.id())
                .withRemedy(found.remedy().orElse("")));
  }

  private static Stream<Finding> ofCharts(
      RenderedKustomization each, RenderedTree tree, List<Manifest> sources) {
    return each.objects().stream()
        .filter(HelmRelease::isOne)
        .map(HelmRelease::new)
        .flatMap(release ->
            release
                .source()
                .filter(source -> !source.kind().equals("HelmChart"))
                .flatMap(source -> missing(release, source, tree, sources))
                .map(found -> found.in(each.id()))
                .stream());
  }

  private static Optional<Finding> missing(
      HelmRelease release, SourceRef wanted, RenderedTree tree, List<Manifest> sources) {
    if (sources.stream().anyMatch(it -> isMeant(wanted, it, true))) {
      return Optional.empty();
    }
    var otherKind = sources.stream().filter(it -> isMeant(wanted, it, false)).findFirst();
    var finding =
        Finding.at(
                place(release),
                "HelmRelease %s takes its chart from %s %s, which nothing defines"
                    .formatted(release, wanted.kind(), wanted.id()))
            .of(release.manifest())
            .withRemedy(remedy(wanted, otherKind, sources));
    return Optional.of(isComplete(tree) ? finding : finding.withSeverity(WARNING));
  }

  private static boolean isMeant(SourceRef wanted, Manifest source, boolean sameKind) {
    return source.kind().equals(wanted.kind()) == sameKind
        && source.name().equals(wanted.id().name())
        && source.namespace().equals(wanted.id().namespace());
  }

  private static Place place(HelmRelease release) {
    return release.manifest().find("spec", "chartRef").isPresent()
        ? release.manifest().placeAt("spec", "chartRef", "name")
        : release.manifest().placeAt("spec", "chart", "spec", "sourceRef", "name");
  }

  private static String remedy(
      SourceRef wanted, Optional<Manifest> otherKind, List<Manifest> sources) {
    if (otherKind.isPresent()) {
      var kind = otherKind.get().kind();
      return kind.equals("OCIRepository")
          ? "there is an OCIRepository of this name: refer to it by `chartRef`"
          : "there is a %s of this name: write `kind: %s`".formatted(kind, kind);
    }
    var sameKind = sources.stream().filter(it -> it.kind().equals(wanted.kind())).toList();
    var elsewhere =
        sameKind.stream().filter(it -> it.name().equals(wanted.id().name())).findFirst();
    return elsewhere
        .map(it -> "it exists in namespace %s: write it beside the name".formatted(it.namespace()))
        .or(() ->
            Nearest.to(
                    wanted.id().name(),
                    sameKind.stream()
                        .filter(it -> it.namespace().equals(wanted.id().namespace()))
                        .map(Manifest::name)
                        .toList())
                .map("did you mean %s?"::formatted))
        .orElse("add it, or correct the reference");
  }

  /// Whether all that the cluster would get has been looked at.
  private static boolean isComplete(RenderedTree tree) {
    return tree.kustomizations().stream()
        .allMatch(each ->
            each.state() == RenderedKustomization.State.RENDERED
                && each.problems().stream()
                    .noneMatch(it -> it.kind() == RenderProblem.Kind.REMOTE_RESOURCE));
  }
}
