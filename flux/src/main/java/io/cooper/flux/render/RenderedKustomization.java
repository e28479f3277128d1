package io.cooper.flux.render;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One Flux Kustomization and what became of it.
///
/// @param kustomization as its parent renders it; for the entry, as it stands in `gotk-sync.yaml`
///   or as Flux would make it
/// @param parent the Kustomization that renders this one; empty for the entry
/// @param state whether there are objects, and if not, why
/// @param objects what Flux would apply, in build order, after substitution; none if it was
///   refused, except in a check that found variables without a value: then what it would apply if
///   they had one
/// @param problems what stood in the way, or is worth knowing
/// @param generated whether Flux writes the kustomization.yaml of its path, because there is none
/// @param filesRead every file of the artifact that the build read, including kustomization files
/// @param digest SHA-256 of all that the objects were made of: of equal digest, equal objects, made
///   of equal files. Empty where that cannot be told
public record RenderedKustomization(
    Kustomization kustomization,
    Optional<NamespacedName> parent,
    State state,
    List<Manifest> objects,
    List<RenderProblem> problems,
    boolean generated,
    Set<String> filesRead,
    Optional<String> digest) {

  /// How the render ended.
  public enum State {
    /// The objects are those that Flux would apply.
    RENDERED,
    /// Flux would refuse it; the problems say why.
    FAILED,
    /// Its source is not this repository, so nothing can be said about it here.
    EXTERNAL
  }

  public RenderedKustomization {
    objects = List.copyOf(objects);
    problems = List.copyOf(problems);
    filesRead = Set.copyOf(filesRead);
  }

  /// One of which it is not known what its objects were made of.
  public RenderedKustomization(
      Kustomization kustomization,
      Optional<NamespacedName> parent,
      State state,
      List<Manifest> objects,
      List<RenderProblem> problems,
      boolean generated,
      Set<String> filesRead) {
    this(kustomization, parent, state, objects, problems, generated, filesRead, Optional.empty());
  }

  /// Namespace and name.
  public NamespacedName id() {
    return kustomization.id();
  }
}
