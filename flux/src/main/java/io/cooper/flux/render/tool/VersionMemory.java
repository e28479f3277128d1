package io.cooper.flux.render.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/// Remembers the version of a binary for as long as its path, size and time of change stay the
/// same: asking costs a process, and with kubectl a slow one.
public final class VersionMemory {
  private final Path file;

  /// @param cache folder for the remembered version
  /// @param tool name of the program
  public VersionMemory(Path cache, String tool) {
    this.file = cache.resolve(tool + "-version");
  }

  /// The version of a binary, asked for only if it is not known.
  public Version of(Path binary, Supplier<Version> ask) {
    var mark = mark(binary);
    return mark.flatMap(this::recall)
        .orElseGet(() -> {
          var version = ask.get();
          mark.ifPresent(known -> remember(known, version));
          return version;
        });
  }

  private static Optional<String> mark(Path binary) {
    try {
      var real = binary.toRealPath();
      return Optional.of(
          "%s %d %d".formatted(real, Files.size(real), Files.getLastModifiedTime(real).toMillis()));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private Optional<Version> recall(String mark) {
    try {
      var lines = Files.readAllLines(file);
      if (lines.size() != 2 || !lines.getFirst().equals(mark)) {
        return Optional.empty();
      }
      var parts = lines.getLast().split("\\.", -1);
      return Optional.of(
          new Version(
              Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2])));
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException _) {
      return Optional.empty();
    }
  }

  private void remember(String mark, Version version) {
    try {
      Files.createDirectories(file.getParent());
      AtomicFile.write(
          file, (mark + "\n" + version + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    } catch (IOException _) {
      // A cache that cannot be written costs time, nothing else.
    }
  }
}
