package io.cooper.schemas.validate;

import java.util.List;
import java.util.Optional;

/// One reason for which an object is refused.
///
/// @param path keys and indexes from the object's root to the offending value, or to where a
///   missing one should be
/// @param message what is wrong, with the field's path as kubectl writes it; one sentence without a
///   full stop
/// @param remedy what to do, where that can be said
public record Violation(List<String> path, String message, Optional<String> remedy) {
  public Violation {
    path = List.copyOf(path);
  }

  static Violation at(List<String> path, String message) {
    return new Violation(path, message, Optional.empty());
  }
}
