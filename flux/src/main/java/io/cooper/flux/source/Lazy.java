package io.cooper.flux.source;

import java.util.Optional;
import java.util.function.Supplier;

/// A value that is made when somebody asks for it, once.
final class Lazy<T> {
  private final Supplier<T> maker;
  private Optional<T> made = Optional.empty();

  Lazy(Supplier<T> maker) {
    this.maker = maker;
  }

  /// The value, if somebody has asked for it.
  synchronized Optional<T> made() {
    return made;
  }

  synchronized T get() {
    var value = made.orElseGet(maker);
    made = Optional.of(value);
    return value;
  }
}
