package io.cooper.flux.api;

/// A folder of a source as people write it in `spec.path`, `spec.include` and on the command line.
public final class SourcePath {
  private SourcePath() {}

  /// The folder relative to the root of its source: without `./` or `/` in front and `/` behind;
  /// empty for the root itself.
  public static String of(String written) {
    return written.replaceFirst("^(\\./|/)+", "").replaceFirst("^\\.$", "").replaceFirst("/+$", "");
  }
}
