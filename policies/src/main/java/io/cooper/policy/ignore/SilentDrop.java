package io.cooper.policy.ignore;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.SourcePath;
import io.cooper.flux.ignore.IgnoreRule;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Fate;
import io.cooper.flux.source.Kustomizations;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.Severity;
import java.util.HashSet;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds manifests that an ignore rule keeps out of Git in folders whose kustomization file Flux
/// writes.
public final class SilentDrop implements RepositoryPolicy {

  @Override
  public About about() {
    return new About(
        "ignore/silent-drop",
        Severity.ERROR,
        "No ignore rule hides a manifest from a folder whose kustomization file Flux writes.",
        """
        Where a folder has no kustomization.yaml, Flux writes one from whatever YAML files it \
        finds. A file that Git does not have is not missed by anybody: the Kustomization becomes \
        Ready, and the object does not exist.

        In a clean checkout the file is absent. It is presumed, as a warning, where at least two \
        folders of the same name track a file that this folder lacks and a rule would hide here.
        """,
        "Narrow the pattern, then git add the file. Better still, list the files in a"
            + " kustomization.yaml, so that a missing one is noticed.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var source = repository.source();
    var seen =
        Loss.ofGenerated(repository, Loss.hiddenIn(source)).stream()
            .filter(loss -> source.isManifestOnDisk(loss.path()))
            .flatMap(loss -> finding(source, loss));
    var siblings = new Siblings(source);
    var presumed =
        Loss.ofGenerated(repository, siblings::missingBelow).stream()
            .flatMap(loss -> presumption(source, siblings, loss));
    return Stream.of(seen, presumed, inCharts(repository)).flatMap(each -> each);
  }

  /// A file of a chart in this repository that a rule keeps out of Git.
  record ChartFile(Manifest release, SourceTree.HiddenFile file) {}

  /// A chart that lies in the repository is packed from what Git has: a template that is not there
  /// is missed by nobody.
  private static Stream<Finding> inCharts(Repository repository) {
    var seen = new HashSet<String>();
    return hiddenInCharts(repository)
        .map(SilentDrop::inChart)
        .filter(finding -> seen.add(finding.place() + finding.message()));
  }

  static Stream<ChartFile> hiddenInCharts(Repository repository) {
    var source = repository.source();
    return repository.trees().stream()
        .flatMap(RenderedTree::objects)
        .filter(HelmRelease::isOne)
        .flatMap(release ->
            chart(release).stream()
                .filter(source.artifact()::isFolder)
                .flatMap(chart -> source.hiddenBelow(chart, path -> isPacked(chart, path)).stream())
                .map(file -> new ChartFile(release, file)));
  }

  private static boolean isPacked(String chart, String path) {
    return SourceTree.isYaml(path)
        && (path.startsWith(chart + "/templates/") || path.startsWith(chart + "/crds/"));
  }

  private static Finding inChart(ChartFile hidden) {
    var rule = hidden.file().rule();
    var release = hidden.release();
    return Finding.at(
            Loss.placeOf(rule, hidden.file().path()),
            "%s keeps %s out of Git: the chart is packed without it, and HelmRelease %s/%s still becomes Ready"
                .formatted(rule, hidden.file().path(), release.namespace(), release.name()))
        .of(release)
        .withRemedy("git add --force %s, and narrow %s".formatted(hidden.file().path(), rule));
  }

  private static Optional<String> chart(Manifest release) {
    return release
        .text("spec", "chart", "spec", "sourceRef", "kind")
        .filter("GitRepository"::equals)
        .flatMap(_ -> release.text("spec", "chart", "spec", "chart"))
        .map(SourcePath::of);
  }

  private static Stream<Finding> finding(SourceTree source, Loss loss) {
    return rule(loss)
        .map(rule -> {
          var what =
              Kustomizations.isFileName(loss.path())
                  ? "Flux writes another kustomization file in its place"
                  : "%s is never created"
                      .formatted(loss.objectsText(source).orElse("what is in it"));
          var message =
              "%s keeps %s out of Git: %s, and %s still becomes Ready"
                  .formatted(rule, loss.path(), what, loss.ownersText());
          var finding =
              loss.finding(source, Loss.placeOf(rule, loss.path()), message)
                  .withRemedy(loss.remedy(source, rule));
          return Loss.narrower(source, rule).map(finding::withFix).orElse(finding);
        })
        .stream();
  }

  private static Stream<Finding> presumption(SourceTree source, Siblings siblings, Loss loss) {
    return rule(loss)
        .map(rule ->
            loss.finding(
                    source,
                    Loss.placeOf(rule, loss.path()),
                    "%s would hide %s, which is not there although %s has it: %s still becomes Ready"
                        .formatted(
                            rule, loss.path(), siblings.exampleFor(loss.path()), loss.ownersText()))
                .withSeverity(Severity.WARNING)
                .withRemedy(
                    "if the file exists on somebody's disk: git add --force %s, and narrow %s"
                        .formatted(loss.path(), rule)))
        .stream();
  }

  private static Optional<IgnoreRule> rule(Loss loss) {
    return loss.fate() instanceof Fate.Hidden(var rule, var _)
        ? Optional.of(rule)
        : Optional.empty();
  }
}
