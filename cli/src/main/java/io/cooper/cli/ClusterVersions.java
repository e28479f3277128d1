package io.cooper.cli;

import io.cooper.schemas.ReleasesInUse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// `--cluster-versions` for commands that read no repository.
final class ClusterVersions {
  @Option(
      names = "--cluster-versions",
      paramLabel = "PRODUCT=VERSION",
      split = ",",
      description = {
        "Releases that the objects are for, such as kubernetes=1.34,cnpg=1.30.0; of what is left out, the newest",
        "release known counts."
      })
  private Map<String, String> versions = new LinkedHashMap<>();

  /// What the command line says of releases.
  ///
  /// @throws io.cooper.problem.ProblemException if a name is no product, or a version none
  ReleasesInUse given() {
    return ReleasesInUse.given(versions, "--cluster-versions", _ -> Optional.empty());
  }
}
