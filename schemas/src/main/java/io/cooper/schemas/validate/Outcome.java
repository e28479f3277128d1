package io.cooper.schemas.validate;

import io.cooper.schemas.KindSchema;
import java.util.List;

/// How the judgement of one object ended.
public sealed interface Outcome {
  /// It was judged.
  ///
  /// @param schema by which
  /// @param violations why it is refused; none if it is not
  /// @param unjudged rules of the schema that could not be judged here, each with the reason
  record Judged(KindSchema schema, List<Violation> violations, List<String> unjudged)
      implements Outcome {
    public Judged {
      violations = List.copyOf(violations);
      unjudged = List.copyOf(unjudged);
    }
  }

  /// Nobody knows its kind.
  record UnknownKind() implements Outcome {}

  /// There is a schema, and it is of no use: no JSON Schema, or one that refers to nothing.
  ///
  /// @param schema which
  /// @param reason in words
  record Unusable(KindSchema schema, String reason) implements Outcome {}
}
