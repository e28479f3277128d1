package io.cooper.manifest.edit;

/// A stretch of text and what to put in its place. Ends of lines are line feeds in both, whatever
/// they are in the file.
///
/// @param line where the stretch begins, counted from 1
/// @param before the text to replace; it begins in that line once and may go on over the next ones
/// @param after what to put in its place
public record TextEdit(int line, String before, String after) {
  /// The last line that it touches.
  public int lastLine() {
    return line + (int) before.chars().filter(c -> c == '\n').count();
  }
}
