package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A program of its own, which is told to end while it works.
class CancellingTest {
  private static final int SIGTERM = 128 + 15;

  @TempDir private Path folder;

  /// Works until it is interrupted, and then cleans up, which takes a while.
  static final class Work {
    private Work() {}

    public static void main(String[] args) throws Exception {
      try (var _ = Cancelling.here()) {
        System.out.println("works");
        try {
          Thread.sleep(TimeUnit.MINUTES.toMillis(5));
        } catch (InterruptedException _) {
          Thread.sleep(500);
          Files.createFile(Path.of(args[0]));
        }
      }
    }
  }

  @Test
  void a_program_that_is_told_to_end_cleans_up_first() throws Exception {
    var cleaned = folder.resolve("cleaned");
    var process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Work.class.getName(),
                cleaned.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(process.inputReader().readLine()).isEqualTo("works");

    process.destroy();

    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isEqualTo(SIGTERM);
    assertThat(cleaned).exists();
  }
}
