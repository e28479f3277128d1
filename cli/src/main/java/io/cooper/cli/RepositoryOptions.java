package io.cooper.cli;

import io.cooper.schemas.ReleasesInUse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Which repository, which state of it, and how it is to be read: the same for every command that
/// reads one.
final class RepositoryOptions {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PATH",
      defaultValue = ".",
      description = "A folder of the repository; the current one if it is left out.")
  Path path = Path.of(".");

  @Option(
      names = "--entry",
      paramLabel = "DIR",
      description =
          "A folder that Flux starts from, relative to the root. Several are several clusters. Found if left out.")
  List<String> entries = new ArrayList<>();

  @Option(names = "--rev", paramLabel = "REV", description = "Take what is committed at REV.")
  private @Nullable String revision;

  @Option(names = "--worktree", description = "Take the working tree (the default).")
  boolean worktree;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings, instead of .cooper.yaml in the root.")
  private @Nullable Path config;

  @Option(
      names = "--vars",
      paramLabel = "FILE",
      description =
          "ConfigMaps and Secrets that only the cluster has, for postBuild.substituteFrom.")
  private @Nullable Path variables;

  @Option(
      names = "--cluster-versions",
      paramLabel = "PRODUCT=VERSION",
      split = ",",
      description = {
        "Releases that the repository runs on, such as kubernetes=1.34,cnpg=1.30.0. Left out, they are read from the",
        "repository; what is not found there is checked against the newest release known."
      })
  private Map<String, String> versions = new LinkedHashMap<>();

  /// What the command line says of releases.
  ///
  /// @throws io.cooper.problem.ProblemException if a name is no product, or a version none
  ReleasesInUse versions() {
    return ReleasesInUse.given(versions, "--cluster-versions", _ -> Optional.empty());
  }

  Optional<String> revision() {
    return Optional.ofNullable(revision);
  }

  Optional<Path> config() {
    return Optional.ofNullable(config);
  }

  Optional<Path> variables() {
    return Optional.ofNullable(variables);
  }
}
