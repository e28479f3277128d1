package io.cooper.flux.source;

import java.nio.file.Path;
import java.util.Optional;

/// The bytes of a repository's files at one moment.
///
/// Every file has a name for its bytes: the id that git gives to them as a blob, and their size
/// behind it. Equal names are equal bytes, as far as git can tell; the size is there because what
/// lies on disk may differ from the blob by its line ends, or by what a filter does.
sealed interface Contents permits DiskContents, CommittedContents {
  /// A folder with all files at their paths; made when it is asked for, where there is none.
  Path folder();

  /// Whether there is a regular file of this path.
  boolean contains(String path);

  /// The bytes of a regular file; empty if there is none or it cannot be read.
  Optional<byte[]> read(String path);

  /// How many bytes a file has; 0 if that cannot be told.
  long size(String path);

  /// The name of the bytes of a file, where it is known without reading them.
  Optional<String> name(String path);

  /// The name of some bytes.
  String nameOf(byte[] bytes);
}
