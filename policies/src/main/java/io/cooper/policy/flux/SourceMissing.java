package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.problem.Nearest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `flux/source-missing`
public final class SourceMissing implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "flux/source-missing",
        ERROR,
        "The source of every Kustomization and of every chart is defined.",
        """
        A Kustomization whose source does not exist stays at `ArtifactFailed`: nothing of it is
        applied, and nothing is pruned. A source is found by kind, name and namespace together, and
        without a namespace it is looked for in the Kustomization's own.
        """,
        "Correct `spec.sourceRef`, or add the source.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.trees().stream()
        .flatMap(tree -> Stream.concat(ofKustomizations(tree), ofReleases(tree)));
  }

  private static Stream<Finding> ofKustomizations(RenderedTree tree) {
    return tree.kustomizations().stream()
        .flatMap(owner ->
            owner.problems().stream()
                .filter(problem -> problem.kind() == RenderProblem.Kind.SOURCE_MISSING)
                .map(problem ->
                    Finding.at(
                            owner.kustomization().manifest().placeAt("spec", "sourceRef", "name"),
                            problem.message())
                        .withRemedy(problem.remedy())
                        .of(owner.kustomization().manifest())
                        .in(owner.id())));
  }

  /// The chart of a HelmRelease, by `chart.spec.sourceRef` or `chartRef`.
  private static Stream<Finding> ofReleases(RenderedTree tree) {
    return tree.objects()
        .filter(HelmRelease::isOne)
        .flatMap(release ->
            Stream.of(List.of("spec", "chart", "spec", "sourceRef"), List.of("spec", "chartRef"))
                .flatMap(path -> ofRelease(tree, release, path).stream()));
  }

  private static Optional<Finding> ofRelease(
      RenderedTree tree, Manifest release, List<String> path) {
    var ref = release.root().mapping(path.toArray(String[]::new));
    var name = ref.flatMap(fields -> fields.text("name")).orElse("");
    var kind = ref.flatMap(fields -> fields.text("kind")).orElse("");
    var namespace = ref.flatMap(fields -> fields.text("namespace")).orElse(release.namespace());
    if (name.isEmpty() || kind.isEmpty() || mayBeBootstrapped(tree, kind, name)) {
      return Optional.empty();
    }
    var sources =
        tree.objects()
            .filter(each ->
                each.group().equals("source.toolkit.fluxcd.io")
                    || each.group().equals("source.extensions.fluxcd.io"))
            .toList();
    if (sources.stream()
        .anyMatch(each ->
            each.kind().equals(kind)
                && each.name().equals(name)
                && each.namespace().equals(namespace))) {
      return Optional.empty();
    }
    var place =
        release.placeAt(Stream.concat(path.stream(), Stream.of("name")).toArray(String[]::new));
    var finding =
        Finding.at(
                place,
                "HelmRelease %s/%s takes its chart from %s/%s/%s, which nothing defines%s"
                    .formatted(
                        release.namespace(),
                        release.name(),
                        kind,
                        namespace,
                        name,
                        hint(sources, kind, namespace, name)))
            .withRemedy("Correct `%s`, or add the source.".formatted(String.join(".", path)))
            .of(release);
    boolean complete =
        tree.kustomizations().stream()
            .allMatch(each -> each.state() == RenderedKustomization.State.RENDERED);
    return Optional.of(complete ? finding : finding.withSeverity(WARNING));
  }

  /// The source that Flux itself was installed from is often in no file.
  private static boolean mayBeBootstrapped(RenderedTree tree, String kind, String name) {
    return tree.kustomizations().getFirst().kustomization().sourceRef().stream()
        .anyMatch(ref -> ref.kind().equals(kind) && ref.id().name().equals(name));
  }

  private static String hint(List<Manifest> sources, String kind, String namespace, String name) {
    var named = sources.stream().filter(each -> each.name().equals(name)).findFirst();
    if (named.isPresent()) {
      return " – there is %s".formatted(named.get().id());
    }
    return Nearest.hint(
        name,
        sources.stream()
            .filter(each -> each.kind().equals(kind) && each.namespace().equals(namespace))
            .map(Manifest::name)
            .toList());
  }
}
