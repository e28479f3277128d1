package io.cooper.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A folder with a real Git repository in it, for one test.
final class Workspace {
  /// The root of this project's own repository.
  static final Path PROJECT =
      Path.of(System.getProperty("cooper.root", "..")).toAbsolutePath().normalize();

  private static final long GIT_SECONDS = 60;

  private final Path root;

  Workspace(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  /// Writes a text file, with the folders above it.
  Workspace write(String path, String text) {
    return write(path, text.getBytes(StandardCharsets.UTF_8));
  }

  /// Writes a file, with the folders above it.
  Workspace write(String path, byte[] bytes) {
    try {
      var file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Copies a folder. A segment `dot-x` becomes `.x`, so that ignore files of fixtures do not act
  /// on this repository.
  Workspace copy(Path from, String into) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            var segments = new ArrayList<String>();
            for (var segment : from.relativize(file)) {
              segments.add(segment.toString().replaceFirst("^dot-", "."));
            }
            write(into + String.join("/", segments), Files.readAllBytes(file));
            return FileVisitResult.CONTINUE;
          }
        });
    return this;
  }

  /// Makes it a repository with everything in it committed that its ignore rules let through.
  Workspace commit() {
    git("init", "--quiet", "--initial-branch=main");
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "--message=fixture");
    return this;
  }

  /// Runs git in the folder, untouched by the settings of whoever runs the tests.
  String git(String... arguments) {
    var command =
        new ArrayList<>(
            List.of("git", "-c", "user.name=Test", "-c", "user.email=test@example.org"));
    command.addAll(List.of("-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always"));
    command.addAll(List.of(arguments));
    try {
      var builder = new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
      builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
      builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
      var process = builder.start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(GIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException("%s: %s".formatted(String.join(" ", command), output));
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
