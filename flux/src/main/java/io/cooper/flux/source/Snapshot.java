package io.cooper.flux.source;

import io.cooper.flux.ignore.GitIgnore;
import io.cooper.flux.ignore.IgnoreTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;

/// A repository at one moment, before any GitRepository object has a say.
///
/// @param origin where it was taken from
/// @param start the folder the caller named, relative to the root; empty for the root
/// @param disk what is on disk; nothing for a revision
/// @param contents the bytes of tracked files
/// @param tracked what git tracks, submodules included
/// @param missing tracked paths without content here
/// @param ignore git's ignore rules
/// @param checkout the repository; empty for a plain folder
/// @param notices what the reader should know
record Snapshot(
    SourceTree.Origin origin,
    String start,
    Path root,
    DiskFiles disk,
    Contents contents,
    NavigableMap<String, TrackedFile> tracked,
    Set<String> missing,
    GitIgnore ignore,
    Optional<Checkout> checkout,
    List<SourceNotice> notices) {

  /// Texts of regular files below a folder; symbolic links are none.
  static IgnoreTexts textsBelow(Path folder) {
    return path -> {
      var file = folder.resolve(path);
      try {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            ? Optional.of(Files.readAllBytes(file))
            : Optional.empty();
      } catch (IOException _) {
        return Optional.empty();
      }
    };
  }
}
