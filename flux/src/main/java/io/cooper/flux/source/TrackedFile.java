package io.cooper.flux.source;

/// An entry of git's index or of a tree.
///
/// @param path relative to the root of the repository
/// @param kind what git calls its mode
/// @param object the id of its content; of a commit for a submodule
/// @param size of the content in bytes; 0 where nobody has asked for it, as for the index
/// @param checkedOut false where a sparse checkout leaves it out of the working tree
/// @param watched false where git was told not to look whether it has changed on disk
record TrackedFile(
    String path, Kind kind, String object, long size, boolean checkedOut, boolean watched) {
  /// One of which nothing else is known.
  TrackedFile(String path, Kind kind) {
    this(path, kind, "", 0, true, false);
  }

  /// What an entry is.
  enum Kind {
    FILE,
    SYMLINK,
    SUBMODULE;

    static Kind of(String mode) {
      return switch (mode) {
        case "120000" -> SYMLINK;
        case "160000" -> SUBMODULE;
        default -> FILE;
      };
    }
  }

  /// Whether the path stays inside of the repository and out of `.git`: a tree is made by whoever
  /// pushed it.
  boolean isSane() {
    for (var segment : path.split("/", -1)) {
      if (segment.isEmpty()
          || segment.equals(".")
          || segment.equals("..")
          || segment.equalsIgnoreCase(".git")) {
        return false;
      }
    }
    return true;
  }
}
