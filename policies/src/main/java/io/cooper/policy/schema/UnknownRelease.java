package io.cooper.policy.schema;

import static io.cooper.policy.Severity.NOTICE;

import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.schemas.CheckedRelease;
import java.util.Optional;
import java.util.stream.Stream;

/// A release in use of which the catalogue holds nothing.
public final class UnknownRelease implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "schema/unknown-release",
        NOTICE,
        "What the repository runs on is known.",
        """
        Kinds, fields and values are judged by the release that is in use, read from images, charts and manifests, or
        named by `versions` in `.cooper.yaml` or by `--cluster-versions`. Of a release that the catalogue does not hold,
        the next newer one stands in, or the newest there is: fields that came or went in between are judged wrongly.

        A product of which nothing says a version is checked against the newest release, without a word. `cooper schemas
        list` shows all.
        """,
        "Import the kinds of that release with `cooper schemas import`, or use a newer Cooper.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository
        .catalogue()
        .releases()
        .filter(CheckedRelease::isStandIn)
        .flatMap(checked -> finding(checked).stream());
  }

  private static Optional<Finding> finding(CheckedRelease checked) {
    return checked
        .asked()
        .flatMap(asked -> asked.place().map(place -> Finding.at(place, message(checked))));
  }

  private static String message(CheckedRelease checked) {
    return checked
        .asked()
        .map(asked ->
            "%s (%s) is not in the catalogue; checked against %s"
                .formatted(asked.release(), asked.source(), checked.release().version()))
        .orElse("");
  }
}
