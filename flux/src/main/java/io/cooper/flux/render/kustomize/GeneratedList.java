package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What Flux lists where a folder has no kustomization file: `scanManifests` in
/// `kustomize_generator.go`. Folders with a kustomization file count as one entry, hidden ones too;
/// of files only `.yaml` and `.yml`, all of which must hold objects.
final class GeneratedList {
  private final SourceFiles sources;
  private final List<Value> entries = new ArrayList<>();
  private final List<RenderProblem> problems = new ArrayList<>();

  GeneratedList(SourceFiles sources, String folder) {
    this.sources = sources;
    scan(folder, folder);
  }

  /// Paths relative to the folder, in the order in which Go walks.
  List<Value> entries() {
    return entries;
  }

  List<RenderProblem> problems() {
    return problems;
  }

  private void scan(String base, String folder) {
    for (var name : children(folder)) {
      var path = Paths.child(folder, name);
      if (sources.artifact().contains(path)) {
        file(base, path);
      } else if (sources.kustomizationFile(path).isPresent()) {
        add(base, path);
      } else {
        scan(base, path);
      }
    }
  }

  /// The names directly below a folder, sorted by bytes.
  private List<String> children(String folder) {
    int cut = folder.isEmpty() ? 0 : folder.length() + 1;
    return sources.artifact().below(folder).stream()
        .map(path -> path.substring(cut))
        .map(path -> path.contains("/") ? path.substring(0, path.indexOf('/')) : path)
        .distinct()
        .sorted((a, b) ->
            java.util.Arrays.compareUnsigned(
                a.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                b.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .toList();
  }

  private void add(String base, String path) {
    var relative = "./" + (base.isEmpty() ? path : path.substring(base.length() + 1));
    entries.add(new Scalar(Place.startOf(path), relative, relative));
  }

  private void file(String base, String path) {
    if (!path.endsWith(".yaml") && !path.endsWith(".yml")) {
      return;
    }
    var parsed = sources.manifests(path);
    for (var fault : parsed.faults()) {
      if (!fault.problem().what().startsWith("key ")) {
        problem(fault.place(), path, fault.problem().what(), fault.problem().remedy());
      }
    }
    parsed.documents().forEach(document -> object(path, document));
    add(base, path);
  }

  private void object(String path, Value document) {
    var kind = document.find("kind").flatMap(Value::text).orElse("");
    if (document instanceof Mapping mapping && mapping.size() == 0) {
      return;
    }
    var lacking =
        kind.isEmpty()
            ? "kind"
            : !kind.endsWith("List")
                    && document.find("metadata", "name").flatMap(Value::text).orElse("").isEmpty()
                ? "metadata.name"
                : "";
    if (!lacking.isEmpty()) {
      problem(
          document.place(),
          path,
          "%s is not a Kubernetes object: it has no %s, and Flux takes every YAML file of a folder without kustomization.yaml"
              .formatted(path, lacking),
          "add a kustomization.yaml that lists the manifests, or move the file");
    }
  }

  private void problem(Place place, String path, String message, String remedy) {
    problems.add(new RenderProblem(Kind.BUILD, place, message, remedy, Optional.of(path)));
  }
}
