package io.cooper.policy.ignore;

import io.cooper.flux.ignore.IgnoreRule;
import io.cooper.flux.source.Fate;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.Severity;
import java.util.stream.Stream;

/// Finds files that are in Git and not in Flux's artifact, although a Kustomization uses them.
public final class SourceExcluded implements RepositoryPolicy {

  @Override
  public About about() {
    return new About(
        "ignore/source-excluded",
        Severity.ERROR,
        "Flux's artifact holds every file that a Kustomization uses.",
        """
        Being in Git is not enough. source-controller leaves out what .sourceignore files and \
        spec.ignore name, CI files, pictures and archives as long as nobody wrote a pattern, all \
        symbolic links, submodules unless asked for, and what lies outside of spec.sparseCheckout.

        A listed file that is left out breaks the build. A file that Flux would have taken up by \
        itself is missing without a word, which is a warning here, because it may be meant.
        """,
        "Take the file out of the rule, or list another one.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var source = repository.source();
    var listed = Loss.ofListed(repository).stream().flatMap(loss -> listed(source, loss));
    var generated =
        Loss.ofGenerated(
                repository,
                folder ->
                    source.tracked().stream()
                        .filter(path -> folder.isEmpty() || path.startsWith(folder + "/")))
            .stream()
            .filter(loss -> source.isTrackedManifest(loss.path()))
            .flatMap(loss -> generated(source, loss));
    return Stream.concat(listed, generated);
  }

  private static Stream<Finding> listed(SourceTree source, Loss loss) {
    return switch (loss.fate()) {
      case Fate.SourceExcluded _,
          Fate.Symlink _,
          Fate.NotSparse _,
          Fate.SubmoduleContent _,
          Fate.NestedRepository _ ->
          Stream.of(
              loss.finding(
                      source,
                      loss.listing().orElseThrow(),
                      "%s is %s; the build of %s breaks"
                          .formatted(loss.path(), loss.fate().sentence(), loss.ownersText()))
                  .withRemedy(remedy(loss.fate())));
      case Fate.InArtifact _,
          Fate.Hidden _,
          Fate.Untracked _,
          Fate.Included _,
          Fate.Deleted _,
          Fate.Unavailable _,
          Fate.Absent _ ->
          Stream.empty();
    };
  }

  private static String remedy(Fate fate) {
    return switch (fate) {
      case Fate.SourceExcluded(var rule) ->
          "re-include it behind the rule, with ! and its path (%s)".formatted(rule);
      case Fate.Symlink _ -> "put a copy in place of the link, or list its target";
      case Fate.NotSparse _ -> "add its folder to spec.sparseCheckout of the GitRepository";
      case Fate.SubmoduleContent _ ->
          "set spec.recurseSubmodules: true on the GitRepository, or use a source of its own";
      default -> "add the file to this repository";
    };
  }

  private static Stream<Finding> generated(SourceTree source, Loss loss) {
    if (!(loss.fate() instanceof Fate.SourceExcluded(var rule))) {
      return Stream.empty();
    }
    var place =
        rule.source() == IgnoreRule.Source.SOURCEIGNORE
            ? new Place(rule.file(), rule.line(), 1)
            : Place.startOf(loss.path());
    return Stream.of(
        loss.finding(
                source,
                place,
                "%s keeps %s out of the artifact: %s does not get it and still becomes Ready"
                    .formatted(rule, loss.path(), loss.ownersText()))
            .withSeverity(Severity.WARNING)
            .withRemedy(
                "if it is meant to be applied, re-include it; if not, move it out of the folder"));
  }
}
