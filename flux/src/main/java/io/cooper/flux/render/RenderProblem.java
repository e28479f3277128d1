package io.cooper.flux.render;

import io.cooper.manifest.Place;
import java.util.Optional;

/// One thing that a render ran into.
///
/// @param kind which of the policies it concerns
/// @param place in the file a person edits
/// @param message what is wrong, with the names involved
/// @param remedy what to do
/// @param subject what is missing or refused: a path, an address, a variable; empty where the
///   message says it all
public record RenderProblem(
    Kind kind, Place place, String message, String remedy, Optional<String> subject) {
  /// What kind of trouble it is.
  public enum Kind {
    /// A listed file or folder is not in the artifact; the subject is its path. The build breaks.
    FILE_MISSING,
    /// The path of the Kustomization does not exist or is a file.
    PATH_MISSING,
    /// The source of the Kustomization is defined nowhere.
    SOURCE_MISSING,
    /// The source is known and is not this repository. Information only.
    SOURCE_EXTERNAL,
    /// A resource on the network; the subject is its address. The rest is rendered without it.
    REMOTE_RESOURCE,
    /// A resource on the network whose vendored copy is rendered; the subject is its address.
    /// Information only.
    REMOTE_PINNED,
    /// A variable without value or default; the subject is its name. The controller is strict about
    /// it.
    VARIABLE_UNRESOLVED,
    /// A ConfigMap or Secret of substituteFrom that nothing renders; the subject is
    /// `Kind/namespace/name`.
    VARIABLE_SOURCE_MISSING,
    /// The expression cannot be parsed, or its result is no YAML.
    SUBSTITUTION,
    /// kustomize refuses the build for another reason.
    BUILD,
    /// A chart that helm refuses, or that is not whole. The release that installs it fails.
    CHART,
    /// Values of a chart that nothing in the repository holds. The release waits for them.
    CHART_VALUES_MISSING,
    /// Something is ignored without a word by Flux, such as an unknown field of the root
    /// kustomization file.
    DROPPED
  }

  /// Whether Flux would still build the Kustomization.
  public boolean harmless() {
    return switch (kind) {
      case SOURCE_EXTERNAL,
          REMOTE_RESOURCE,
          REMOTE_PINNED,
          VARIABLE_SOURCE_MISSING,
          CHART_VALUES_MISSING,
          DROPPED ->
          true;
      case FILE_MISSING,
          PATH_MISSING,
          SOURCE_MISSING,
          VARIABLE_UNRESOLVED,
          SUBSTITUTION,
          BUILD,
          CHART ->
          false;
    };
  }
}
