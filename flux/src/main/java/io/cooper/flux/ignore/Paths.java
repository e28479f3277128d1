package io.cooper.flux.ignore;

/// Slash-separated paths as text.
final class Paths {
  private Paths() {}

  /// What is in front of the last slash; empty at the top.
  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /// What is behind the last slash.
  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// A path below a folder.
  static String below(String folder, String name) {
    return folder.isEmpty() ? name : folder + "/" + name;
  }
}
