package io.cooper.manifest;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A YAML value as Kubernetes reads it, with the place it was read from.
///
/// Equality is identity: two values at different places are different values. Compare [#plain] for
/// content.
public sealed interface Value permits Mapping, Sequence, Scalar {
  /// Where the value begins.
  Place place();

  /// The value without places: a `LinkedHashMap`, an `ArrayList`, `String`, `Boolean`, `Long`,
  /// `BigInteger`, `Double` or null, nested as the document is.
  @Nullable Object plain();

  /// The value as text, if it is a scalar other than null: the characters that a string field would
  /// receive.
  default Optional<String> text() {
    return Optional.empty();
  }

  /// The same content, all of it at one place: for what a program has printed, whose lines mean
  /// nothing to anybody.
  default Value movedTo(Place place) {
    return switch (this) {
      case Scalar scalar -> new Scalar(place, scalar.source(), scalar.plain());
      case Sequence list ->
          new Sequence(place, list.items().stream().map(item -> item.movedTo(place)).toList());
      case Mapping mapping -> mapping.movedTo(place);
    };
  }

  /// Follows keys downwards from here; a decimal number also selects an item of a sequence.
  default Optional<Value> find(String... path) {
    Value value = this;
    for (var step : path) {
      // No switch over patterns: the JVM would make a class for it at each start.
      var next =
          value instanceof Mapping mapping
              ? mapping.get(step)
              : value instanceof Sequence sequence ? sequence.get(step) : Optional.<Value>empty();
      if (next.isEmpty()) {
        return Optional.empty();
      }
      value = next.get();
    }
    return Optional.of(value);
  }
}
