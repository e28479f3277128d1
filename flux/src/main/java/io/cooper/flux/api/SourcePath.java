package io.cooper.flux.api;

/// A folder of a source as people write it in `spec.path`, `spec.include` and on the command line.
public final class SourcePath {
  private SourcePath() {}

  /// The folder relative to the root of its source: without `./` or `/` in front and `/` behind;
  /// empty for the root itself.
  public static String of(String written) {
    int from = 0;
    while (written.startsWith("./", from) || written.startsWith("/", from)) {
      from += written.charAt(from) == '/' ? 1 : 2;
    }
    int to = written.length();
    while (to > from && written.charAt(to - 1) == '/') {
      to--;
    }
    var path = written.substring(from, to);
    return path.equals(".") ? "" : path;
  }
}
