package io.cooper.plugin;

import io.cooper.impact.FieldChange;
import java.util.List;
import java.util.Optional;

/// One aspect of an object that differs: its rights, its arguments, its schema.
///
/// @param title in one or two words
/// @param changes in the order of the object
public record Part(String title, List<Change> changes) {
  /// One value that differs.
  ///
  /// @param field what it was and is
  /// @param breaking empty, or why what worked before may not work any more
  public record Change(FieldChange field, Optional<String> breaking) {
    static Change of(FieldChange field) {
      return new Change(field, Optional.empty());
    }
  }

  public Part {
    changes = List.copyOf(changes);
  }
}
