package io.cooper.flux.render.walk;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How to render.
///
/// @param mode what a variable without a value is worth
/// @param variables values of variables that only the cluster has
/// @param vars file of ConfigMaps and Secrets that only the cluster has
/// @param cache folder for builds that need not be made again
/// @param useCache whether that folder is read and written
/// @param parallel how many builds run at a time
/// @param timeoutSeconds after which one build is given up
/// @param remotes addresses under which this repository is known, in any spelling
/// @param environment in which kustomize is looked for
public record RenderOptions(
    Mode mode,
    Map<String, String> variables,
    Optional<Path> vars,
    Path cache,
    boolean useCache,
    int parallel,
    long timeoutSeconds,
    Set<String> remotes,
    Map<String, String> environment) {

  /// What a variable without a value and default is worth.
  public enum Mode {
    /// Nothing, as in `flux build`.
    LENIENT,
    /// The Kustomization is refused, as kustomize-controller does since Flux 2.9.
    STRICT,
    /// As [#STRICT], but a variable that an object outside the repository may hold has a
    /// placeholder.
    CHECK
  }

  public RenderOptions {
    variables = Map.copyOf(variables);
    remotes = Set.copyOf(remotes);
    environment = Map.copyOf(environment);
    if (parallel < 1 || timeoutSeconds < 1) {
      throw new IllegalArgumentException("at least one build at a time, and one second for it");
    }
  }

  /// As many builds at a time as there are processors, two minutes for each, the user's cache and
  /// environment, no known remotes.
  public static RenderOptions of(Mode mode) {
    var environment = System.getenv();
    return new RenderOptions(
        mode,
        Map.of(),
        Optional.empty(),
        cacheFolder(environment),
        true,
        Runtime.getRuntime().availableProcessors(),
        120,
        Set.of(),
        environment);
  }

  /// `COOPER_CACHE_DIR`, else `cooper` below `XDG_CACHE_HOME`, else `~/.cache/cooper`.
  public static Path cacheFolder(Map<String, String> environment) {
    var own = environment.getOrDefault("COOPER_CACHE_DIR", "");
    var shared = environment.getOrDefault("XDG_CACHE_HOME", "");
    return !own.isEmpty()
        ? Path.of(own)
        : !shared.isEmpty()
            ? Path.of(shared, "cooper")
            : Path.of(System.getProperty("user.home"), ".cache", "cooper");
  }

  /// The same, with values for `substituteFrom`.
  public RenderOptions withVars(Path file) {
    return new RenderOptions(
        mode,
        variables,
        Optional.of(file),
        cache,
        useCache,
        parallel,
        timeoutSeconds,
        remotes,
        environment);
  }

  /// The same, with values for variables that would have none.
  public RenderOptions withVariables(Map<String, String> values) {
    return new RenderOptions(
        mode, values, vars, cache, useCache, parallel, timeoutSeconds, remotes, environment);
  }

  /// The same, with a cache below another folder.
  public RenderOptions withCache(Path folder) {
    return new RenderOptions(
        mode, variables, vars, folder, true, parallel, timeoutSeconds, remotes, environment);
  }

  /// The same, without a cache.
  public RenderOptions withoutCache() {
    return new RenderOptions(
        mode, variables, vars, cache, false, parallel, timeoutSeconds, remotes, environment);
  }

  /// The same, for a repository that is known under these addresses.
  public RenderOptions withRemotes(Set<String> addresses) {
    return new RenderOptions(
        mode, variables, vars, cache, useCache, parallel, timeoutSeconds, addresses, environment);
  }

  /// The same, with so many builds at a time.
  public RenderOptions withParallel(int builds) {
    return new RenderOptions(
        mode, variables, vars, cache, useCache, builds, timeoutSeconds, remotes, environment);
  }

  /// The same, in another environment and with another limit for one build.
  public RenderOptions withEnvironment(Map<String, String> changed, long seconds) {
    return new RenderOptions(
        mode, variables, vars, cache, useCache, parallel, seconds, remotes, changed);
  }
}
