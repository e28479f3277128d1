package io.cooper.flux.source;

/// Something about the source that a reader of the results should know, and that is no fault.
///
/// @param where a path or the repository
/// @param what what is so, and what was assumed
public record SourceNotice(String where, String what) {
  @Override
  public String toString() {
    return where + ": " + what;
  }
}
