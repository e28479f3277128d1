package io.cooper.flux.render.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Writes a file so that readers see the old bytes or the new ones, never a part.
public final class AtomicFile {
  private AtomicFile() {}

  /// Replaces a file, or makes it.
  ///
  /// @throws IOException if the folder is not there or cannot be written; the file is as it was
  public static void write(Path file, byte[] bytes) throws IOException {
    var fresh = Files.createTempFile(file.getParent(), ".new", "");
    try {
      Files.write(fresh, bytes);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
