package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Everything that one build reads, found by following kustomization files as kustomize does, and
/// what is wrong with it before kustomize is asked: files that are absent, addresses on the
/// network, circles.
final class Inputs {
  /// A field that refers to an object by kind, and so to the schema of that kind.
  ///
  /// @param place of the entry
  /// @param path of the patch file; empty for an inline patch
  /// @param text of the patch
  /// @param target its `target`, if it has one
  record Patch(Place place, Optional<String> path, String text, Optional<Mapping> target) {}

  private static final int FOLDERS = 2_000;

  private final SourceFiles sources;
  private final NavigableSet<String> files = new TreeSet<>();
  private final Map<String, byte[]> replaced = new TreeMap<>();
  private final Map<String, Mapping> followed = new TreeMap<>();
  private final List<Patch> patches = new ArrayList<>();
  private final List<RenderProblem> problems = new ArrayList<>();
  private final Deque<String> path = new ArrayDeque<>();
  private final Set<String> visited = new HashSet<>();
  private boolean unusual;

  Inputs(SourceFiles sources) {
    this.sources = sources;
  }

  /// The files, kustomization files included.
  NavigableSet<String> files() {
    return files;
  }

  /// Kustomization files that must be written differently: without what is on the network.
  Map<String, byte[]> replaced() {
    return replaced;
  }

  List<Patch> patches() {
    return patches;
  }

  List<RenderProblem> problems() {
    return problems;
  }

  /// Whether the build uses a field that makes it hard to predict: a custom schema, transformers,
  /// generators, validators.
  boolean unusual() {
    return unusual;
  }

  /// Follows the root file of the build.
  ///
  /// @param folder in which it lies
  /// @param file its path
  /// @param root its content, with Flux's fields
  /// @return the content without what is on the network
  Mapping follow(String folder, String file, Mapping root) {
    path.addLast(folder);
    visited.add(folder);
    if (sources.artifact().contains(file)) {
      onlyOne(folder, Place.startOf(file));
    }
    var kept = fields(folder, file, root);
    path.removeLast();
    return kept;
  }

  private void onlyOne(String folder, Place place) {
    var names =
        Paths.KUSTOMIZATION_FILES.stream()
            .map(name -> Paths.child(folder, name))
            .filter(sources.artifact()::contains)
            .toList();
    if (names.size() > 1) {
      problems.add(
          new RenderProblem(
              Kind.BUILD,
              place,
              "the folder %s has several kustomization files: %s"
                  .formatted(shown(folder), String.join(", ", names)),
              "keep one of them",
              Optional.of(folder)));
    }
  }

  private void folder(String folder, Value entry) {
    if (path.contains(folder)) {
      var circle =
          new ArrayList<>(path).subList(new ArrayList<>(path).indexOf(folder), path.size());
      problem(
          Kind.BUILD,
          entry,
          "the kustomizations include each other in a circle: %s → %s"
              .formatted(
                  String.join(" → ", circle.stream().map(Inputs::shown).toList()), shown(folder)),
          "remove one of the entries",
          folder);
      return;
    }
    if (!visited.add(folder)) {
      return;
    }
    if (visited.size() > FOLDERS) {
      problem(
          Kind.BUILD,
          entry,
          "more than %d folders in one build".formatted(FOLDERS),
          "split it",
          folder);
      return;
    }
    var file = sources.kustomizationFile(folder);
    if (file.isEmpty()) {
      problem(
          Kind.BUILD,
          entry,
          "the folder %s has no kustomization file".formatted(shown(folder)),
          "add a kustomization.yaml there, or list its files",
          folder);
      return;
    }
    onlyOne(folder, entry.place());
    var parsed = sources.kustomization(file.get());
    var content = parsed.documents().stream().findFirst();
    if (!parsed.faults().isEmpty() || !(content.orElse(null) instanceof Mapping mapping)) {
      parsed
          .faults()
          .forEach(fault ->
              problems.add(
                  new RenderProblem(
                      Kind.BUILD,
                      fault.place(),
                      fault.problem().what(),
                      fault.problem().remedy(),
                      file)));
      return;
    }
    path.addLast(folder);
    var kept = fields(folder, file.get(), mapping);
    path.removeLast();
    followed.put(file.get(), kept);
    if (kept != mapping) {
      replaced.put(file.get(), Json.bytes(kept));
    }
  }

  /// Whether something is left out because it is on the network.
  boolean incomplete() {
    return problems.stream().anyMatch(problem -> problem.kind() == Kind.REMOTE_RESOURCE);
  }

  /// From now on patches may be for what is left out.
  ///
  /// @param folder of the root file
  /// @param root its content
  /// @return its content with such patches
  Mapping openPatches(String folder, Mapping root) {
    followed.forEach((file, content) -> {
      var open = openPatches(content, Paths.parent(file));
      if (open != content) {
        replaced.put(file, Json.bytes(open));
      }
    });
    return openPatches(root, folder);
  }

  private Mapping openPatches(Mapping content, String folder) {
    return new OpenPatches(name ->
        located(folder, name)
            .filter(sources.artifact()::contains)
            .map(sources::read)
            .map(bytes -> new String(bytes, java.nio.charset.StandardCharsets.UTF_8)))
        .in(content);
  }

  private static String shown(String folder) {
    return folder.isEmpty() ? "." : folder;
  }

  private Mapping fields(String folder, String file, Mapping mapping) {
    var kept = mapping;
    for (var field : List.of("resources", "bases", "components")) {
      kept = list(folder, kept, field);
    }
    files.add(file);
    mapping.items("crds").forEach(entry -> file(folder, entry));
    mapping.items("configurations").forEach(entry -> file(folder, entry));
    mapping.items("patchesStrategicMerge").forEach(entry -> patchOrText(folder, entry));
    mapping.mappings("patches").forEach(entry -> patch(folder, entry));
    mapping.mappings("patchesJson6902").forEach(entry -> patch(folder, entry));
    mapping
        .mappings("replacements")
        .forEach(entry -> entry.get("path").ifPresent(p -> file(folder, p)));
    mapping.mappings("configMapGenerator").forEach(entry -> generator(folder, entry));
    mapping.mappings("secretGenerator").forEach(entry -> generator(folder, entry));
    mapping.find("openapi", "path").ifPresent(p -> file(folder, p));
    for (var field : List.of("transformers", "generators", "validators")) {
      mapping.items(field).forEach(entry -> plugin(folder, entry));
      unusual |= mapping.items(field).findAny().isPresent();
    }
    for (var field : List.of("openapi", "crds", "configurations", "vars", "helmCharts")) {
      unusual |= mapping.get(field).isPresent();
    }
    return kept;
  }

  /// Follows the entries of a list and leaves out those on the network.
  private Mapping list(String folder, Mapping mapping, String field) {
    if (!(mapping.get(field).orElse(null) instanceof Sequence entries)) {
      return mapping;
    }
    var kept = new ArrayList<Value>();
    for (var entry : entries.items()) {
      if (resource(folder, entry, field.equals("components"))) {
        kept.add(entry);
      }
    }
    return kept.size() == entries.items().size()
        ? mapping
        : with(mapping, field, new Sequence(entries.place(), kept));
  }

  private static Mapping with(Mapping mapping, String field, Value value) {
    var entries = new LinkedHashMap<String, Mapping.Entry>();
    mapping
        .entries()
        .forEach(entry -> {
          var name = String.valueOf(entry.key().plain());
          entries.put(name, name.equals(field) ? new Mapping.Entry(entry.key(), value) : entry);
        });
    return new Mapping(mapping.place(), entries);
  }

  /// @return whether the entry stays
  private boolean resource(String folder, Value entry, boolean component) {
    var text = entry.text().orElse("");
    if (text.isEmpty()) {
      return true;
    }
    var local = located(folder, text);
    if (local.isPresent() && !component && sources.artifact().contains(local.get())) {
      files.add(local.get());
    } else if (local.isPresent() && sources.artifact().isFolder(local.get())) {
      folder(local.get(), entry);
    } else if (Paths.isRemote(text)) {
      problem(
          Kind.REMOTE_RESOURCE,
          entry,
          "%s lies on the network; what it holds is not judged".formatted(text),
          "vendor it into the repository",
          text);
      return false;
    } else {
      missing(folder, entry, text);
    }
    return true;
  }

  private static Optional<String> located(String folder, String text) {
    return text.startsWith("/") ? Optional.empty() : Paths.join(folder, text);
  }

  private void file(String folder, Value entry) {
    entry.text().ifPresent(text -> file(folder, entry, text));
  }

  private Optional<String> file(String folder, Value entry, String text) {
    var local = located(folder, text);
    if (local.isPresent() && sources.artifact().contains(local.get())) {
      files.add(local.get());
      return local;
    }
    if (Paths.isRemote(text)) {
      unusual = true;
      problem(
          Kind.BUILD,
          entry,
          "%s lies on the network, and nothing is fetched".formatted(text),
          "vendor it into the repository",
          text);
    } else {
      missing(folder, entry, text);
    }
    return Optional.empty();
  }

  private void missing(String folder, Value entry, String text) {
    var local = located(folder, text);
    var subject = local.orElse(text);
    problem(
        Kind.FILE_MISSING,
        entry,
        local.isEmpty()
            ? "%s leads out of the artifact".formatted(text)
            : "%s is listed and is not in the artifact".formatted(subject),
        local.isEmpty()
            ? "keep what is listed inside the repository"
            : "add %s to Git, or remove the entry".formatted(subject),
        subject);
  }

  private void generator(String folder, Mapping generator) {
    generator
        .items("files")
        .forEach(entry -> {
          var text = entry.text().orElse("");
          file(folder, entry, text.substring(text.indexOf('=') + 1));
        });
    generator.items("envs").forEach(entry -> file(folder, entry));
    generator.get("env").ifPresent(entry -> file(folder, entry));
  }

  private void patch(String folder, Mapping patch) {
    var target = patch.mapping("target");
    unusual |= patch.get("options").isPresent();
    patch
        .text("patch")
        .filter(text -> !text.isBlank())
        .ifPresent(text -> patches.add(new Patch(patch.place(), Optional.empty(), text, target)));
    patch.get("path").ifPresent(entry -> patchFile(folder, entry, target));
  }

  private void patchFile(String folder, Value entry, Optional<Mapping> target) {
    file(folder, entry, entry.text().orElse(""))
        .ifPresent(found ->
            patches.add(
                new Patch(
                    entry.place(),
                    Optional.of(found),
                    new String(sources.read(found), java.nio.charset.StandardCharsets.UTF_8),
                    target)));
  }

  /// `patchesStrategicMerge` and the plugin fields hold paths or the text itself.
  private void patchOrText(String folder, Value entry) {
    var text = entry.text().orElse("");
    if (text.contains("\n")) {
      patches.add(new Patch(entry.place(), Optional.empty(), text, Optional.empty()));
    } else {
      patchFile(folder, entry, Optional.empty());
    }
  }

  /// What a plugin's configuration reads is the plugin's affair: everything below its folder
  /// counts.
  private void plugin(String folder, Value entry) {
    var text = entry.text().orElse("");
    if (!text.contains("\n")) {
      var local = located(folder, text);
      if (local.isPresent() && sources.artifact().isFolder(local.get()) && !local.get().isEmpty()) {
        folder(local.get(), entry);
        files.addAll(sources.artifact().below(local.get()));
      } else {
        file(folder, entry);
      }
    }
    files.addAll(sources.artifact().below(folder));
  }

  private void problem(Kind kind, Value entry, String message, String remedy, String subject) {
    problems.add(new RenderProblem(kind, entry.place(), message, remedy, Optional.of(subject)));
  }
}
