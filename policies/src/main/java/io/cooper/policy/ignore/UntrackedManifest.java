package io.cooper.policy.ignore;

import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.source.Fate;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.Severity;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds manifests on disk that nobody added to Git.
public final class UntrackedManifest implements RepositoryPolicy {

  @Override
  public About about() {
    return new About(
        "ignore/untracked-manifest",
        Severity.WARNING,
        "Every manifest in a folder that a Kustomization uses is in Git.",
        """
        A new file works on the author's disk and nowhere else until it is added. If a \
        kustomization lists it, the build in the cluster breaks, which is an error; otherwise it \
        is missing there without a word.
        """,
        "git add the file, or delete it.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var source = repository.source();
    var listed =
        Loss.ofListed(repository).stream()
            .filter(loss -> loss.fate() instanceof Fate.Untracked)
            .toList();
    var paths = listed.stream().map(Loss::path).collect(Collectors.toCollection(HashSet::new));
    var generated =
        Loss.ofGenerated(repository, folder -> source.untrackedBelow(folder).stream()).stream()
            .filter(loss -> source.isManifestOnDisk(loss.path()) && paths.add(loss.path()))
            .toList();
    return Stream.of(
            listed.stream().map(loss -> listed(source, loss)),
            generated.stream().map(loss -> generated(source, loss)),
            stray(repository, paths))
        .flatMap(each -> each);
  }

  private static Finding listed(SourceTree source, Loss loss) {
    return loss.finding(
            source,
            loss.listing().orElseThrow(),
            "%s is listed but was never added to Git: the build of %s breaks"
                .formatted(loss.path(), loss.ownersText()))
        .withSeverity(Severity.ERROR)
        .withRemedy("git add " + loss.path());
  }

  private static Finding generated(SourceTree source, Loss loss) {
    return loss.finding(
            source,
            Place.startOf(loss.path()),
            "never added to Git: %s does not get %s and still becomes Ready"
                .formatted(loss.ownersText(), loss.objectsText(source).orElse("what is in it")))
        .withRemedy("git add %s, or delete it".formatted(loss.path()));
  }

  /// Manifests beside files that a build reads, which no kustomization lists.
  private static Stream<Finding> stray(Repository repository, Set<String> told) {
    var source = repository.source();
    var folders =
        repository.trees().stream()
            .flatMap(tree -> tree.kustomizations().stream())
            .map(RenderedKustomization::filesRead)
            .flatMap(Set::stream)
            .map(Loss::parent)
            .collect(Collectors.toSet());
    if (folders.isEmpty()) {
      return Stream.empty();
    }
    return source.untrackedBelow("").stream()
        .filter(path -> folders.contains(Loss.parent(path)))
        .filter(source::isManifestOnDisk)
        .filter(told::add)
        .map(path -> {
          var finding =
              Finding.at(Place.startOf(path), "never added to Git, and no kustomization lists it");
          var objects = source.objectsOnDisk(path);
          return objects.isEmpty() ? finding : finding.of(objects.getFirst());
        })
        .map(finding -> finding.withRemedy("list it and git add it, or delete it"));
  }
}
