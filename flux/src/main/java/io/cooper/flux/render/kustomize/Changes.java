package io.cooper.flux.render.kustomize;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What becomes of single values of a kustomization file: other texts, or nothing. Values are told
/// apart by identity, so equal entries of two lists are two.
final class Changes {
  private final Map<Value, Optional<Value>> changes = new IdentityHashMap<>();

  /// The entry is not there. Nor is the mapping that names a file by it, such as an entry of
  /// `patches`.
  void leaveOut(Value entry) {
    changes.put(entry, Optional.empty());
  }

  /// A part of the entry, such as what stands behind `KEY=`, becomes another text.
  void replace(Value entry, String part, String by) {
    var text = entry.text().orElse("").replace(part, by);
    changes.put(entry, Optional.of(new Scalar(entry.place(), text, text)));
  }

  /// The mapping with all changes made; itself if there are none.
  Mapping appliedTo(Mapping mapping) {
    return changes.isEmpty() ? mapping : rebuilt(mapping);
  }

  private Mapping rebuilt(Mapping mapping) {
    var entries = new LinkedHashMap<String, Mapping.Entry>();
    mapping
        .entries()
        .forEach(entry ->
            changed(entry.value())
                .ifPresent(value ->
                    entries.put(
                        String.valueOf(entry.key().plain()),
                        new Mapping.Entry(entry.key(), value))));
    return new Mapping(mapping.place(), entries);
  }

  private Optional<Value> changed(Value value) {
    if (changes.containsKey(value)) {
      return Optional.ofNullable(changes.get(value)).flatMap(change -> change);
    }
    return switch (value) {
      case Scalar scalar -> Optional.of(scalar);
      case Sequence list -> {
        var items = new ArrayList<Value>();
        list.items().forEach(item -> changed(item).ifPresent(items::add));
        yield Optional.of(new Sequence(list.place(), items));
      }
      case Mapping mapping ->
          namesWhatIsLeftOut(mapping) ? Optional.empty() : Optional.of(rebuilt(mapping));
    };
  }

  private boolean namesWhatIsLeftOut(Mapping mapping) {
    return mapping
        .get("path")
        .filter(changes::containsKey)
        .filter(path -> changed(path).isEmpty())
        .isPresent();
  }
}
