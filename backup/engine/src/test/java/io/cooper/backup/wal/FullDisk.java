package io.cooper.backup.wal;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A file system with room for little, where mounts are allowed; elsewhere the test is skipped.
final class FullDisk implements AutoCloseable {
  private final Path place;

  FullDisk(Path place, int bytes) throws IOException, InterruptedException {
    this.place = Files.createDirectories(place);
    var mounted =
        run(List.of("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", place.toString()));
    assumeTrue(mounted, "file systems cannot be mounted here");
  }

  Path place() {
    return place;
  }

  private static boolean run(List<String> command) throws InterruptedException {
    try {
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }

  @Override
  public void close() throws InterruptedException {
    run(List.of("umount", "-l", place.toString()));
  }
}
