package io.cooper.schemas.admission;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.schemas.validate.FieldPath;
import io.cooper.schemas.validate.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
  Stream<Subject> each(String... steps) {
    var items = here.items(steps).toList();
    return IntStream.range(0, items.size())
        .filter(i -> items.get(i) instanceof Mapping)
        .mapToObj(i -> {
          var path = new ArrayList<>(below(steps));
          path.add(Integer.toString(i));
          return new Subject(manifest, path, (Mapping) items.get(i), undecided);
        });
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
    return switch (value) {
      case Mapping mapping -> mapping.entries().allMatch(entry -> isDecided(entry.value()));
      case Sequence sequence -> sequence.items().stream().allMatch(this::isDecided);
      case Scalar scalar -> scalar.text().filter(undecided).isEmpty();
    };
  }

  /// A violation at a field of this map.
  ///
  /// @param message what comes behind the field's path
  Violation wrong(String message, String... steps) {
    var path = below(steps);
    return new Violation(path, FieldPath.of(path) + message, Optional.empty());
  }

  private List<String> below(String... steps) {
    return Stream.concat(path.stream(), Stream.of(steps)).toList();
  }
}
