package io.cooper.flux.render.kustomize;

import io.cooper.flux.remote.Pin;
import io.cooper.flux.remote.RemoteAddress;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Everything that one build reads, found by following kustomization files as kustomize does, and
/// what is wrong with it before kustomize is asked: files that are absent, addresses on the
/// network, circles. An address is replaced by its vendored copy, or else left out.
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
  private final NavigableSet<String> manifests = new TreeSet<>();
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

  /// Kustomization files that must be written differently: with vendored copies in place of
  /// addresses, or without what is on the network.
  Map<String, byte[]> replaced() {
    return replaced;
  }

  /// The files among them that kustomize parses as YAML: resources and patches.
  NavigableSet<String> manifests() {
    return manifests;
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
  /// @return the content without addresses on the network
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
      if (parsed.faults().isEmpty()) {
        problems.add(
            new RenderProblem(
                Kind.BUILD,
                Place.startOf(file.get()),
                content.isEmpty()
                    ? "the kustomization file lists nothing"
                    : "not a kustomization file: no map",
                "write resources: […], or remove it",
                file));
      }
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
    var changes = new Changes();
    for (var field : List.of("resources", "bases", "components")) {
      mapping
          .items(field)
          .forEach(entry -> resource(folder, entry, field.equals("components"), changes));
    }
    files.add(file);
    mapping.items("crds").forEach(entry -> file(folder, entry, changes));
    mapping.items("configurations").forEach(entry -> file(folder, entry, changes));
    mapping.items("patchesStrategicMerge").forEach(entry -> patchOrText(folder, entry, changes));
    mapping.mappings("patches").forEach(entry -> patch(folder, entry, changes));
    mapping.mappings("patchesJson6902").forEach(entry -> patch(folder, entry, changes));
    mapping
        .mappings("replacements")
        .forEach(entry -> entry.get("path").ifPresent(p -> file(folder, p, changes)));
    mapping.mappings("configMapGenerator").forEach(entry -> generator(folder, entry, changes));
    mapping.mappings("secretGenerator").forEach(entry -> generator(folder, entry, changes));
    mapping.find("openapi", "path").ifPresent(p -> file(folder, p, changes));
    for (var field : List.of("transformers", "generators", "validators")) {
      mapping.items(field).forEach(entry -> plugin(folder, entry, changes));
      unusual |= mapping.items(field).findAny().isPresent();
    }
    for (var field : List.of("openapi", "crds", "configurations", "vars", "helmCharts")) {
      unusual |= mapping.get(field).isPresent();
    }
    return changes.appliedTo(mapping);
  }

  private void resource(String folder, Value entry, boolean component, Changes changes) {
    var text = entry.text().orElse("");
    if (text.isEmpty()) {
      return;
    }
    var local = located(folder, text);
    if (local.isPresent() && !component && sources.artifact().contains(local.get())) {
      files.add(local.get());
      manifests.add(local.get());
    } else if (local.isPresent() && sources.artifact().isFolder(local.get())) {
      folder(local.get(), entry);
    } else if (Paths.isRemote(text)) {
      remote(folder, entry, text, changes);
    } else {
      missing(folder, entry, text);
    }
  }

  private static Optional<String> located(String folder, String text) {
    return text.startsWith("/") ? Optional.empty() : Paths.join(folder, text);
  }

  private void file(String folder, Value entry, Changes changes) {
    entry.text().ifPresent(text -> file(folder, entry, text, changes));
  }

  private Optional<String> file(String folder, Value entry, String text, Changes changes) {
    var local = located(folder, text);
    if (local.isPresent() && sources.artifact().contains(local.get())) {
      files.add(local.get());
      return local;
    }
    if (Paths.isRemote(text)) {
      return remote(folder, entry, text, changes);
    }
    missing(folder, entry, text);
    return Optional.empty();
  }

  /// Puts the vendored copy in place of an address, or leaves the entry out.
  ///
  /// @return the path of the copy
  private Optional<String> remote(String folder, Value entry, String url, Changes changes) {
    var pin = sources.vendored().pin(url);
    var damage = pin.flatMap(sources.vendored()::damage);
    if (pin.isEmpty() || damage.isPresent()) {
      changes.leaveOut(entry);
      problem(
          Kind.REMOTE_RESOURCE,
          entry,
          damage
              .map(how -> "the vendored copy of %s %s".formatted(url, how))
              .orElse("%s lies on the network; what it holds is not judged".formatted(url)),
          damage.isPresent()
              ? "restore %s from Git, or run cooper vendor"
                  .formatted(pin.map(Pin::path).orElseThrow())
              : new RemoteAddress(url).isFile()
                  ? "run cooper vendor, which pins it by digest, or copy the file into the repository"
                  : "copy it into the repository, or give it a GitRepository and a Kustomization of its own",
          url);
      return Optional.empty();
    }
    var path = pin.get().path();
    files.add(path);
    var depth = folder.isEmpty() ? 0 : folder.split("/", -1).length;
    changes.replace(entry, url, "../".repeat(depth) + path);
    problem(
        Kind.REMOTE_PINNED,
        entry,
        new RemoteAddress(url)
            .movingPart()
            .map(part ->
                "%s is judged by its vendored copy, and the address moves: `%s` may give something else by now"
                    .formatted(url, part))
            .orElse(
                "%s is judged by its vendored copy, and nothing in the address says that it keeps giving the same"
                    .formatted(url)),
        "name a version, a commit or a release in the address; cooper vendor --update takes what it gives now",
        url);
    return Optional.of(path);
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

  private void generator(String folder, Mapping generator, Changes changes) {
    generator
        .items("files")
        .forEach(entry -> {
          var text = entry.text().orElse("");
          file(folder, entry, source(text), changes);
        });
    generator.items("envs").forEach(entry -> file(folder, entry, changes));
    generator.get("env").ifPresent(entry -> file(folder, entry, changes));
  }

  /// What stands behind `KEY=`; an equals sign of an address belongs to it.
  private static String source(String text) {
    return Paths.isRemote(text) ? text : text.substring(text.indexOf('=') + 1);
  }

  private void patch(String folder, Mapping patch, Changes changes) {
    var target = patch.mapping("target");
    unusual |= patch.get("options").isPresent();
    patch
        .text("patch")
        .filter(text -> !text.isBlank())
        .ifPresent(text -> patches.add(new Patch(patch.place(), Optional.empty(), text, target)));
    patch.get("path").ifPresent(entry -> patchFile(folder, entry, target, changes));
  }

  private void patchFile(String folder, Value entry, Optional<Mapping> target, Changes changes) {
    file(folder, entry, entry.text().orElse(""), changes)
        .ifPresent(found -> {
          manifests.add(found);
          patches.add(
              new Patch(
                  entry.place(),
                  Optional.of(found),
                  sources.isTooLarge(found)
                      ? ""
                      : new String(sources.read(found), java.nio.charset.StandardCharsets.UTF_8),
                  target));
        });
  }

  /// `patchesStrategicMerge` and the plugin fields hold paths or the text itself.
  private void patchOrText(String folder, Value entry, Changes changes) {
    var text = entry.text().orElse("");
    if (text.contains("\n")) {
      patches.add(new Patch(entry.place(), Optional.empty(), text, Optional.empty()));
    } else {
      patchFile(folder, entry, Optional.empty(), changes);
    }
  }

  /// What a plugin's configuration reads is the plugin's affair: everything below its folder
  /// counts.
  private void plugin(String folder, Value entry, Changes changes) {
    var text = entry.text().orElse("");
    if (!text.contains("\n")) {
      var local = located(folder, text);
      if (local.isPresent() && sources.artifact().isFolder(local.get()) && !local.get().isEmpty()) {
        folder(local.get(), entry);
        files.addAll(sources.artifact().below(local.get()));
      } else {
        file(folder, entry, changes);
      }
    }
    files.addAll(sources.artifact().below(folder));
  }

  private void problem(Kind kind, Value entry, String message, String remedy, String subject) {
    problems.add(new RenderProblem(kind, entry.place(), message, remedy, Optional.of(subject)));
  }
}
