package io.cooper.migrate;

import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import io.cooper.manifest.edit.Attempt;
import io.cooper.manifest.edit.EditableYaml;
import io.cooper.manifest.edit.LinedText;
import io.cooper.manifest.edit.YamlChange;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Files of a repository with changes made to them, in memory, one after the other: each change
/// sees the text that the ones before it left.
///
/// Used by one thread.
final class FileDraft {
  private final Artifact artifact;
  private final Map<String, byte[]> changed = new HashMap<>();

  FileDraft(Artifact artifact) {
    this.artifact = artifact;
  }

  /// A copy that can be thrown away.
  FileDraft copy() {
    var copy = new FileDraft(artifact);
    copy.changed.putAll(changed);
    return copy;
  }

  /// Changes an object that stands at a place of the original file, by all changes or none.
  ///
  /// @return why it cannot be changed; empty if it was
  Optional<String> change(Place object, List<YamlChange> changes) {
    var document = documentAt(object);
    if (document < 0) {
      return Optional.of("the object is no document of its own");
    }
    var before = Optional.ofNullable(changed.get(object.file()));
    for (var change : changes) {
      var refusal = change(object.file(), document, change);
      if (refusal.isPresent()) {
        before.ifPresentOrElse(
            bytes -> changed.put(object.file(), bytes), () -> changed.remove(object.file()));
        return refusal;
      }
    }
    return Optional.empty();
  }

  private Optional<String> change(String file, int document, YamlChange change) {
    var bytes = bytes(file);
    var yaml = EditableYaml.of(file, bytes);
    if (yaml.isEmpty()) {
      return Optional.of("the file cannot be read as what it would be written as");
    }
    var place = documents(file, bytes).get(document).place();
    return switch (yaml.get().attempt(place, change)) {
      case Attempt.Refused(var reason) -> Optional.of(reason);
      case Attempt.Made(var edit) -> {
        var after = LinedText.of(bytes).flatMap(text -> text.with(List.of(edit)));
        after.ifPresent(text -> changed.put(file, text.bytes()));
        yield after.isPresent() ? Optional.empty() : Optional.of("the text is not as it was read");
      }
    };
  }

  private int documentAt(Place object) {
    var documents = documents(object.file(), artifact.read(object.file()));
    for (int i = 0; i < documents.size(); i++) {
      if (documents.get(i).place().equals(object)) {
        return i;
      }
    }
    return -1;
  }

  private static List<Value> documents(String file, byte[] bytes) {
    return YamlReader.ofSources().read(file, bytes).documents();
  }

  /// The first document of a file as it stands in the draft.
  Optional<Mapping> first(String file) {
    return documents(file, bytes(file)).stream()
        .findFirst()
        .filter(Mapping.class::isInstance)
        .map(Mapping.class::cast);
  }

  /// Adds a file.
  void create(String file, String text) {
    changed.put(file, text.getBytes(StandardCharsets.UTF_8));
  }

  boolean contains(String file) {
    return changed.containsKey(file) || artifact.contains(file);
  }

  private byte[] bytes(String file) {
    return changed.containsKey(file) ? changed.get(file).clone() : artifact.read(file);
  }

  /// The lines of a file as it was read.
  List<String> originalLines(String file) {
    return LinedText.of(artifact.read(file)).map(LinedText::lines).orElse(List.of());
  }

  /// Objects of a file as it stands in the draft.
  List<Manifest> objects(String file) {
    return YamlReader.ofSources().read(file, bytes(file)).manifests().toList();
  }

  SortedMap<String, ChangedFile> files() {
    var files = new TreeMap<String, ChangedFile>();
    changed.forEach((file, after) ->
        files.put(
            file,
            new ChangedFile(
                artifact.contains(file) ? Optional.of(artifact.read(file)) : Optional.empty(),
                after)));
    return files;
  }
}
