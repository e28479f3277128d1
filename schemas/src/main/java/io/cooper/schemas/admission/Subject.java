package io.cooper.schemas.admission;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.schemas.validate.FieldPath;
import io.cooper.schemas.validate.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// A map somewhere in an object, and the way to it.
///
/// @param manifest the whole object
/// @param path from its root to here
/// @param here what stands here
/// @param undecided whether a text stands for a value that only the cluster has
record Subject(Manifest manifest, List<String> path, Mapping here, Predicate<String> undecided) {
  Subject(Manifest manifest, Predicate<String> undecided) {
    this(manifest, List.of(), manifest.root(), undecided);
  }

  boolean is(String group, String kind) {
    return manifest.is(group, kind);
  }

  /// The map below these keys.
  Optional<Subject> at(String... steps) {
    return here.mapping(steps).map(below -> new Subject(manifest, below(steps), below, undecided));
  }

  /// The maps in the list below these keys.
  List<Subject> list(String... steps) {
    var there = here.find(steps);
    if (there.isEmpty() || !(there.get() instanceof Sequence sequence)) {
      return List.of();
    }
    var maps = new ArrayList<Subject>(sequence.items().size());
    for (int i = 0; i < sequence.items().size(); i++) {
      if (sequence.items().get(i) instanceof Mapping below) {
        var path = new ArrayList<>(below(steps));
        path.add(Integer.toString(i));
        maps.add(new Subject(manifest, path, below, undecided));
      }
    }
    return maps;
  }

  /// The text below these keys; empty also for what is not known here.
  Optional<String> text(String... steps) {
    return here.text(steps).filter(undecided.negate());
  }

  /// The integer below these keys.
  Optional<Long> number(String... steps) {
    return here.find(steps).map(Value::plain).filter(Long.class::isInstance).map(Long.class::cast);
  }

  /// Whether something stands below a key, and it is not null.
  boolean has(String step) {
    return here.get(step)
        .filter(value -> !(value instanceof Scalar scalar && scalar.isNull()))
        .isPresent();
  }

  /// Whether all scalars here and below are known.
  boolean isDecided() {
    return isDecided(here);
  }

  private boolean isDecided(Value value) {
    if (value instanceof Mapping mapping) {
      return mapping.entries().allMatch(entry -> isDecided(entry.value()));
    }
    return value instanceof Sequence sequence
        ? sequence.items().stream().allMatch(this::isDecided)
        : value.text().filter(undecided).isEmpty();
  }

  /// A violation at a field of this map.
  ///
  /// @param message what comes behind the field's path
  Violation wrong(String message, String... steps) {
    var path = below(steps);
    return new Violation(path, FieldPath.of(path) + message, Optional.empty());
  }

  private List<String> below(String... steps) {
    var below = new ArrayList<>(path);
    below.addAll(Arrays.asList(steps));
    return below;
  }
}
