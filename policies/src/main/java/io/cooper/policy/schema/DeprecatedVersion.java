package io.cooper.policy.schema;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.render.RenderedKustomization;
import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.schemas.KindSchema;
import io.cooper.schemas.Release;
import io.cooper.schemas.Retirement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds versions of kinds that are going, or gone.
public final class DeprecatedVersion implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "schema/deprecated-version",
        WARNING,
        "Every object is written in a version of its kind that will stay.",
        """
        A release that no longer serves a version refuses every object that is written in it, and
        with it the whole Kustomization. Until then the API server only warns, in a place where Flux
        does not look. It is an error where the release in use has removed the version, a warning
        where that release is not known or a known one will, and a notice otherwise.
        """,
        "Write the version that took over.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var rule = about().id();
    return repository.trees().stream()
        .flatMap(tree ->
            Stream.concat(
                tree.kustomizations().stream()
                    .flatMap(rendered ->
                        repository
                            .look(rule, rendered, () -> check(repository, rendered))
                            .stream()),
                tree.charts().flatMap(manifest -> check(repository, manifest).stream())));
  }

  private static List<Finding> check(Repository repository, RenderedKustomization rendered) {
    return rendered.objects().stream()
        .flatMap(manifest -> check(repository, manifest).stream())
        .toList();
  }

  private static Optional<Finding> check(Repository repository, Manifest manifest) {
    var catalogue = repository.catalogue();
    var known = catalogue.find(manifest.apiVersion(), manifest.kind());
    // A CRD of the repository serves what it serves, whatever others have ended.
    if (known.isPresent() && known.get().from().isEmpty()) {
      return known.get().deprecation().map(warning -> warned(manifest, warning));
    }
    var retirement = catalogue.retirement(manifest.apiVersion(), manifest.kind());
    return retirement.isPresent()
        ? retired(repository, manifest, retirement.get())
        : known.flatMap(KindSchema::deprecation).map(warning -> warned(manifest, warning));
  }

  private static Finding warned(Manifest manifest, String warning) {
    return Finding.about(manifest, "%s: %s".formatted(manifest, warning), "apiVersion")
        .withSeverity(NOTICE);
  }

  private static Optional<Finding> retired(
      Repository repository, Manifest manifest, Retirement retirement) {
    var end = retirement.removedIn().or(retirement::deprecatedIn);
    if (end.isEmpty()) {
      return Optional.empty();
    }
    var inUse = repository.releases().of(end.get().product());
    var said = "%s is written in %s %s".formatted(manifest, manifest.apiVersion(), manifest.kind());
    var finding =
        inUse.isPresent()
            ? inUseSaid(manifest, retirement, inUse.get().release(), inUse.get().source(), said)
            : Optional.of(
                at(manifest, "%s, which %s".formatted(said, history(retirement)), retirement)
                    .withSeverity(retirement.removedIn().isPresent() ? WARNING : NOTICE));
    return finding;
  }

  private static Optional<Finding> inUseSaid(
      Manifest manifest, Retirement retirement, Release release, String source, String said) {
    if (retirement.isGoneIn(release)) {
      return Optional.of(
          at(
                  manifest,
                  "%s, which %s; in use is %s (%s)"
                      .formatted(said, history(retirement), release, source),
                  retirement)
              .withSeverity(ERROR));
    }
    return retirement.isDeprecatedIn(release)
        ? Optional.of(
            at(manifest, "%s, which %s".formatted(said, history(retirement)), retirement)
                .withSeverity(retirement.removedIn().isPresent() ? WARNING : NOTICE))
        : Optional.empty();
  }

  private static String history(Retirement retirement) {
    var deprecated = retirement.deprecatedIn().map(release -> "is deprecated since " + release);
    var removed =
        retirement.removedIn().map(release -> "is not served from %s on".formatted(release));
    return Stream.of(deprecated, removed)
        .flatMap(Optional::stream)
        .reduce((first, second) -> first + " and " + second)
        .orElse("is deprecated");
  }

  private static Finding at(Manifest manifest, String message, Retirement retirement) {
    return Finding.about(manifest, message, "apiVersion")
        .withRemedy(
            retirement
                .replacement()
                .map(instead -> "write %s; compare the fields of both versions".formatted(instead))
                .orElse(
                    "nothing took over: remove the object, or keep it away from newer releases"));
  }
}
