package io.cooper.flux.ignore;

import java.util.Optional;

/// Where the text of ignore files comes from: the disk, a revision, or a thought.
@FunctionalInterface
public interface IgnoreTexts {
  /// The bytes of a file, if there is a regular file of this path.
  ///
  /// @param path relative to the root of the repository
  Optional<byte[]> read(String path);
}
