package io.cooper.schemas.admission;

import io.cooper.manifest.Manifest;
import io.cooper.schemas.validate.ObjectValidator;
import io.cooper.schemas.validate.Outcome;
import io.cooper.schemas.validate.Violation;
import java.util.List;
import java.util.stream.Stream;

/// What an API server would say of one object: its schema first, and what is refused beyond the
/// schema only where that is content.
///
/// @param manifest the object
/// @param outcome by its schema
/// @param refused beyond its schema
public record Review(Manifest manifest, Outcome outcome, List<Violation> refused) {
  public Review {
    refused = List.copyOf(refused);
  }

  /// Judges one object.
  public static Review of(Manifest manifest, ObjectValidator validator, Admission admission) {
    var outcome = validator.validate(manifest);
    return new Review(
        manifest,
        outcome,
        outcome instanceof Outcome.Judged judged && judged.violations().isEmpty()
            ? admission.check(manifest)
            : List.of());
  }

  /// All for which it would be refused.
  public Stream<Violation> violations() {
    return Stream.concat(
        outcome instanceof Outcome.Judged judged ? judged.violations().stream() : Stream.empty(),
        refused.stream());
  }
}
