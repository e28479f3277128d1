package io.cooper.policy;

import io.cooper.manifest.edit.TextEdit;

/// A change of a stretch of a file. Ends of lines are line feeds in both texts, whatever they are
/// in the file.
///
/// @param file path relative to the root of the repository
/// @param line where the stretch begins, counted from 1
/// @param before the text to replace, which begins in that line once and may go on over the next
///   ones
/// @param after what to put in its place; may hold line breaks
public record Edit(String file, int line, String before, String after) {
  static Edit of(String file, TextEdit edit) {
    return new Edit(file, edit.line(), edit.before(), edit.after());
  }

  /// The same change of a text whose name is known from the context.
  public TextEdit text() {
    return new TextEdit(line, before, after);
  }
}
