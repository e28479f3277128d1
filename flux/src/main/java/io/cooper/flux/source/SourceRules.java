package io.cooper.flux.source;

import io.cooper.flux.api.SourcePath;
import io.cooper.flux.ignore.SpecIgnore;
import io.cooper.manifest.Manifest;
import java.util.List;
import java.util.Optional;

/// What a GitRepository object says about the content of its artifact.
///
/// @param ignore `spec.ignore`
/// @param sparseCheckout `spec.sparseCheckout`; empty for everything. Flux compares the beginnings
///   of paths as text, so `apps` takes `apps-old/` along
/// @param recurseSubmodules `spec.recurseSubmodules`
/// @param include `spec.include`
public record SourceRules(
    Optional<SpecIgnore> ignore,
    List<String> sparseCheckout,
    boolean recurseSubmodules,
    List<Include> include) {
  /// No object, or one that sets none of the fields.
  public static final SourceRules NONE =
      new SourceRules(Optional.empty(), List.of(), false, List.of());

  /// What a GitRepository object says. The content of what it includes is not at hand.
  public static SourceRules of(Manifest gitRepository) {
    var spec = gitRepository.root().mapping("spec");
    var owner = "%s/%s".formatted(gitRepository.namespace(), gitRepository.name());
    return new SourceRules(
        spec.flatMap(fields -> fields.text("ignore")).map(text -> new SpecIgnore(owner, text)),
        spec.stream()
            .flatMap(fields -> fields.items("sparseCheckout"))
            .flatMap(folder -> folder.text().stream())
            .toList(),
        spec.flatMap(fields -> fields.flag("recurseSubmodules")).orElse(false),
        spec.stream()
            .flatMap(fields -> fields.mappings("include"))
            .map(include ->
                new Include(
                    include.text("repository", "name").orElse(""),
                    include.text("fromPath").orElse(""),
                    include.text("toPath").orElse(""),
                    Optional.empty()))
            .toList());
  }

  /// Content of another source, copied into this one.
  ///
  /// @param repository name of the GitRepository object it comes from
  /// @param fromPath folder there; empty for its root
  /// @param toPath folder here; Flux takes the repository's name where the field is not set
  /// @param content the artifact of that repository, where it is at hand
  public record Include(
      String repository, String fromPath, String toPath, Optional<Artifact> content) {
    public Include {
      fromPath = plain(fromPath);
      toPath = plain(toPath.isEmpty() ? repository : toPath);
    }

    private static String plain(String path) {
      return SourcePath.of(path);
    }

    /// Whether a path of this repository would come from there.
    boolean covers(String path) {
      return toPath.isEmpty() || path.startsWith(toPath + "/");
    }
  }

  public SourceRules {
    sparseCheckout =
        sparseCheckout.stream()
            .map(folder -> folder.startsWith("./") ? folder.substring(2) : folder)
            .toList();
    include = List.copyOf(include);
  }

  /// Whether the checkout takes a path at all.
  boolean checksOut(String path) {
    return sparseCheckout.isEmpty() || sparseCheckout.stream().anyMatch(path::startsWith);
  }
}
