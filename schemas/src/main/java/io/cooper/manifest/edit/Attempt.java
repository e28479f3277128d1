package io.cooper.manifest.edit;

/// What came of trying a change.
public sealed interface Attempt {
  /// It can be made: read again, the text is what was asked for, and nothing else.
  record Made(TextEdit edit) implements Attempt {}

  /// It cannot be made safely.
  ///
  /// @param reason half a sentence about the value: `it stands behind the alias *x`
  record Refused(String reason) implements Attempt {}
}
