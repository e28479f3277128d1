package io.cooper.flux.render.kustomize;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Kustomization files whose patches may find nothing to patch.
///
/// kustomize refuses a strategic merge patch without an object, and lets pass one whose `target`
/// selects none. What a build takes from the network is not there when Cooper builds, so a patch of
/// it gets a target that says the same as its own kind and name.
final class OpenPatches {
  private final Function<String, Optional<String>> files;

  /// @param files the text of a file by its path as the kustomization file names it
  OpenPatches(Function<String, Optional<String>> files) {
    this.files = files;
  }

  /// The same kustomization with a target for every strategic merge patch that has none.
  Mapping in(Mapping kustomization) {
    var patches = new ArrayList<Value>();
    kustomization.items("patches").map(this::patch).forEach(patches::add);
    kustomization.items("patchesStrategicMerge").map(this::legacy).forEach(patches::add);
    if (patches.isEmpty()) {
      return kustomization;
    }
    var fields = new LinkedHashMap<String, Mapping.Entry>();
    kustomization.entries().forEach(entry -> fields.put(entry.key().source(), entry));
    fields.remove("patchesStrategicMerge");
    fields.put(
        "patches",
        entry(kustomization.place(), "patches", new Sequence(kustomization.place(), patches)));
    return new Mapping(kustomization.place(), fields);
  }

  private Value patch(Value patch) {
    return patch instanceof Mapping mapping && mapping.get("target").isEmpty()
        ? withTarget(mapping)
        : patch;
  }

  /// An entry of `patchesStrategicMerge` is a path or the text itself.
  private Value legacy(Value entry) {
    var place = entry.place();
    var field = entry.text().orElse("").contains("\n") ? "patch" : "path";
    var fields = new LinkedHashMap<String, Mapping.Entry>();
    fields.put(field, entry(place, field, entry));
    return withTarget(new Mapping(place, fields));
  }

  private Mapping withTarget(Mapping patch) {
    var text = patch.text("patch").or(() -> patch.text("path").flatMap(files));
    return text.flatMap(it -> target(it, patch.place()))
        .map(target -> {
          var fields = new LinkedHashMap<String, Mapping.Entry>();
          patch.entries().forEach(entry -> fields.put(entry.key().source(), entry));
          fields.put("target", entry(patch.place(), "target", target));
          return new Mapping(patch.place(), fields);
        })
        .orElse(patch);
  }

  /// What a strategic merge patch is for; empty for several in one text, and for a JSON patch.
  private static Optional<Value> target(String text, Place place) {
    var documents = YamlReader.ofSources().read(place.file(), text).documents();
    if (documents.size() != 1 || !(documents.getFirst() instanceof Mapping patch)) {
      return Optional.empty();
    }
    var fields = new LinkedHashMap<String, Mapping.Entry>();
    for (var path : List.of(List.of("kind"), List.of("metadata", "name"))) {
      patch
          .find(path.toArray(String[]::new))
          .flatMap(Value::text)
          .ifPresent(value ->
              fields.put(path.getLast(), entry(place, path.getLast(), scalar(place, value))));
    }
    return fields.size() == 2 ? Optional.of(new Mapping(place, fields)) : Optional.empty();
  }

  private static Mapping.Entry entry(Place place, String name, Value value) {
    return new Mapping.Entry(scalar(place, name), value);
  }

  private static Scalar scalar(Place place, String text) {
    return new Scalar(place, text, text);
  }
}
