package io.cooper.backup.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// Removes folders.
public final class Folders {
  private Folders() {}

  /// Removes a folder and all that is in it, as far as that goes.
  public static void delete(Path folder) {
    try (var all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException | UncheckedIOException _) {
      // It is a folder for temporary files.
    }
  }
}
