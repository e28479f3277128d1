package io.cooper.flux.source;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// A folder of our own for contents that are not on disk. Gone when it is closed, or at the latest
/// when the process ends in good order.
final class Scratch implements Temporary {
  private final Path folder;
  private final Thread atExit = new Thread(this::delete, "cooper-scratch");

  Scratch() {
    try {
      folder = Files.createTempDirectory("cooper-source-");
    } catch (IOException e) {
      throw new ProblemException(
          new Problem(
              Code.TOOL_FAILED,
              System.getProperty("java.io.tmpdir", "/tmp"),
              "no temporary folder can be made: " + e.getMessage(),
              "free some space there, or point TMPDIR elsewhere"),
          e);
    }
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  Path folder() {
    return folder;
  }

  @Override
  public void close() {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException _) {
      // The process ends already; the hook deletes what is left.
    }
  }

  private void delete() {
    try {
      Files.walkFileTree(folder, new Deletion());
    } catch (IOException _) {
      // Left to the system, which cleans its temporary folder.
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException trouble)
        throws IOException {
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
