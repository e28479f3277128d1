package io.cooper.flux.render.tool;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// A folder for one run of a program: in memory where there is room, else among the temporary
/// files. It is gone when the work is done.
public final class WorkFolder {
  /// What is done in the folder.
  ///
  /// @param <T> what that gives
  /// @param <E> what else may come of it
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    /// Works in an empty folder.
    T in(Path folder) throws IOException, E;
  }

  /// A run is a few small files for some milliseconds; there is no reason why they should see a
  /// disk.
  private static final Path MEMORY = Path.of("/dev/shm");

  private static final long MEMORY_NEEDED = 512L << 20;

  private WorkFolder() {}

  /// Works in a fresh folder. May begin anew in another one if the first is full.
  ///
  /// @throws ProblemException if no folder can be written to
  public static <T, E extends Exception> T use(Work<T, E> work) throws E {
    if (isRoomInMemory()) {
      try {
        return below(MEMORY, work);
      } catch (IOException | UncheckedIOException _) {
        // Others have filled it meanwhile.
      }
    }
    try {
      return below(Path.of(System.getProperty("java.io.tmpdir", "/tmp")), work);
    } catch (IOException | UncheckedIOException e) {
      throw new ProblemException(
          new Problem(
              Code.TOOL_FAILED,
              "temporary folder",
              "cannot be written: " + e.getMessage(),
              "make room, or set -Djava.io.tmpdir"),
          e);
    }
  }

  /// Whether a folder in memory is there, with room for what two builds at a time can read.
  /// Somebody who names another temporary folder than the usual one means it.
  private static boolean isRoomInMemory() {
    return System.getProperty("java.io.tmpdir", "").equals("/tmp")
        && Files.isWritable(MEMORY)
        && MEMORY.toFile().getUsableSpace() > MEMORY_NEEDED;
  }

  private static <T, E extends Exception> T below(Path parent, Work<T, E> work)
      throws IOException, E {
    var folder = Files.createTempDirectory(parent, "cooper-").toRealPath();
    try {
      return work.in(folder);
    } finally {
      delete(folder);
    }
  }

  /// Writes a file of the folder, with the folders above it.
  ///
  /// @param path separated by `/`
  public static void write(Path folder, String path, byte[] bytes) throws IOException {
    var target = folder.resolve(path);
    Files.createDirectories(target.getParent());
    Files.write(target, bytes);
  }

  private static void delete(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
