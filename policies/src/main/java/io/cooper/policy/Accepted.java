package io.cooper.policy;

import io.cooper.manifest.Place;

/// A finding that somebody decided to live with.
///
/// @param verdict as it would have been reported
/// @param reason as it was written down; empty where none was given
/// @param at where it was written down: a comment beside the finding, or the settings
public record Accepted(Verdict verdict, String reason, Place at) {
  /// Whether it was accepted in the file that the finding is about.
  public boolean inSource() {
    return at.file().equals(verdict.finding().place().file());
  }
}
