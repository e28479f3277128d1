package io.cooper.impact;

import java.util.Optional;

/// A value of an object that differs, as a person reads it: secrets are not shown.
///
/// @param path such as `spec.containers[web].image`
/// @param before empty where there was nothing
/// @param after empty where there is nothing left
public record FieldChange(String path, Optional<String> before, Optional<String> after) {
  /// Whether it is this field or one below it.
  ///
  /// @param field such as `spec.template`
  public boolean isWithin(String field) {
    return path.equals(field)
        || (path.startsWith(field) && ".[".indexOf(path.charAt(field.length())) >= 0);
  }

  @Override
  public String toString() {
    if (before.isEmpty()) {
      return "%s: %s (new)".formatted(path, after.orElse(""));
    }
    return after.isEmpty()
        ? "%s: %s (gone)".formatted(path, before.get())
        : "%s: %s → %s".formatted(path, before.get(), after.get());
  }
}
