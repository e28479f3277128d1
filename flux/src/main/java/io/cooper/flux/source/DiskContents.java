package io.cooper.flux.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Files below a folder on disk.
///
/// @param folder where they lie; it may hold others too
/// @param names of the bytes of those files that are known to be what git has of them
/// @param format how git names bytes
record DiskContents(Path folder, Map<String, String> names, BlobFormat format) implements Contents {
  /// Files of which git knows nothing.
  DiskContents(Path folder) {
    this(folder, Map.of(), BlobFormat.SHA1);
  }

  @Override
  public boolean contains(String path) {
    return Files.isRegularFile(folder.resolve(path), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public Optional<byte[]> read(String path) {
    try {
      return contains(path)
          ? Optional.of(Files.readAllBytes(folder.resolve(path)))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  @Override
  public long size(String path) {
    try {
      return Files.size(folder.resolve(path));
    } catch (IOException _) {
      return 0;
    }
  }

  @Override
  public Optional<String> name(String path) {
    return Optional.ofNullable(names.get(path));
  }

  @Override
  public String nameOf(byte[] bytes) {
    return format.nameOf(bytes);
  }
}
