package io.cooper.flux.source;

import io.cooper.flux.ignore.IgnoreTexts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.zeroturnaround.exec.ProcessExecutor;

/// A repository made by a test with the real git, cut off from the settings of whoever runs it.
public final class Sandbox {
  private final Path root;
  private final Path home;

  private Sandbox(Path root, Path home) {
    this.root = root;
    this.home = home;
  }

  /// An empty repository with the branch `main`.
  public static Sandbox repository(Path folder) {
    var sandbox = folder(folder);
    sandbox.git("init", "--quiet", "--initial-branch=main");
    return sandbox;
  }

  /// A folder that is no repository yet.
  public static Sandbox folder(Path folder) {
    try {
      var root = Files.createDirectories(folder.resolve("repository")).toRealPath();
      return new Sandbox(root, Files.createDirectories(folder.resolve("home")).toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The folder.
  public Path root() {
    return root;
  }

  /// The home folder that git sees.
  public Path home() {
    return home;
  }

  /// What git sees of the environment.
  public Map<String, String> environment() {
    return Map.of(
        "HOME",
        home.toString(),
        "XDG_CONFIG_HOME",
        "",
        "GIT_CONFIG_NOSYSTEM",
        "1",
        "GIT_CEILING_DIRECTORIES",
        home.resolveSibling("").toString(),
        "GIT_AUTHOR_DATE",
        "2026-01-02T03:04:05Z",
        "GIT_COMMITTER_DATE",
        "2026-01-02T03:04:05Z");
  }

  /// Writes a file and the folders above it.
  public Sandbox write(String path, String text) {
    try {
      var file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Deletes a file.
  public Sandbox delete(String path) {
    try {
      Files.delete(root.resolve(path));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes a symbolic link.
  public Sandbox link(String path, String target) {
    try {
      var file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.createSymbolicLink(file, Path.of(target));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Adds everything that no rule hides, and commits it.
  public Sandbox commit() {
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "--message", "change");
    return this;
  }

  /// Runs git and gives back its output without the last line feed.
  public String git(String... arguments) {
    var answer = ask("", arguments);
    if (answer.exitStatus() != 0) {
      throw new AssertionError("git %s: %s".formatted(List.of(arguments), answer.output()));
    }
    return answer.output().strip();
  }

  /// What git answered.
  public record Answer(int exitStatus, String output) {}

  /// Runs git with an input, whatever the exit status.
  public Answer ask(String input, String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                "git",
                "-c",
                "user.name=Test",
                "-c",
                "user.email=test@example.org",
                "-c",
                "commit.gpgsign=false",
                "-c",
                "protocol.file.allow=always"));
    command.addAll(List.of(arguments));
    try {
      var result =
          new ProcessExecutor()
              .command(command)
              .directory(root.toFile())
              .environment(environment())
              .redirectInput(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)))
              .readOutput(true)
              .execute();
      return new Answer(result.getExitValue(), result.outputUTF8());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /// The regular files as texts of ignore rules.
  public IgnoreTexts texts() {
    return Snapshot.textsBelow(root);
  }

  /// The working tree as Cooper sees it.
  public SourceTree workingTree() {
    return SourceTree.ofWorkingTree(root, environment());
  }

  /// A revision as Cooper sees it.
  public SourceTree revision(String name) {
    return SourceTree.ofRevision(root, name, environment());
  }
}
