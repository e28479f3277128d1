package io.cooper.policy.schema;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.stream.Stream;

/// A CRD, or an imported schema, that nothing can be judged by.
public final class UnusableDefinition implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "schema/unusable-definition",
        ERROR,
        "Every definition of a kind has a schema.",
        """
        The API server refuses a CustomResourceDefinition whose version has no schema, and with it every object of that
        kind. A file below `.cooper/schemas/` that holds no imported schemas is passed over: its kinds are judged by the
        releases that Cooper knows, or not at all.
        """,
        "Write the schema, or import the file again with `cooper schemas import`.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository
        .catalogue()
        .unusable()
        .map(unusable ->
            Finding.at(unusable.place(), unusable.what()).withRemedy(unusable.remedy()));
  }
}
