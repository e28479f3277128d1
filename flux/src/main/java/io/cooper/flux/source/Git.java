package io.cooper.flux.source;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.zeroturnaround.exec.ProcessExecutor;

/// Runs the git binary in one folder, and nothing else: no hooks, no file system monitor, no
/// network, no questions, no locks. Repositories that are checked are other people's.
final class Git {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// Where a hook's environment points at a repository, it is not the one that is asked about.
  private static final List<String> NOT_INHERITED =
      List.of(
          "GIT_DIR",
          "GIT_WORK_TREE",
          "GIT_IMPLICIT_WORK_TREE",
          "GIT_COMMON_DIR",
          "GIT_INDEX_FILE",
          "GIT_PREFIX",
          "GIT_NAMESPACE");

  private static final List<String> COMMAND =
      List.of(
          "git",
          "--no-pager",
          "--literal-pathspecs",
          "-c",
          "core.fsmonitor=false",
          "-c",
          "core.hooksPath=/dev/null",
          "-c",
          "submodule.recurse=false");

  private final Path folder;
  private final Map<String, String> environment;

  /// @param environment what the process sees beside what this one inherited
  Git(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = Map.copyOf(environment);
  }

  /// What a run gave.
  record Answer(int exitStatus, String output, String errors) {
    boolean succeeded() {
      return exitStatus == 0;
    }

    /// The NUL-terminated strings of the output.
    List<String> strings() {
      var strings = new ArrayList<String>();
      int from = 0;
      for (int end = output.indexOf('\0'); end >= 0; end = output.indexOf('\0', from)) {
        strings.add(output.substring(from, end));
        from = end + 1;
      }
      return strings;
    }
  }

  Git in(Path other) {
    return new Git(other, environment);
  }

  Map<String, String> environment() {
    return environment;
  }

  /// Whether there is a git to run.
  boolean isInstalled() {
    try {
      return ask("version").succeeded();
    } catch (ProblemException e) {
      if (e.problem().code() == Code.TOOL_MISSING) {
        return false;
      }
      throw e;
    }
  }

  /// Runs git and gives back what it says, whatever the exit status.
  ///
  /// @throws ProblemException if there is no git, or it does not end
  Answer ask(String... arguments) {
    return ask(InputStream.nullInputStream(), arguments);
  }

  /// Runs git with an input.
  Answer ask(InputStream input, String... arguments) {
    var output = new ByteArrayOutputStream();
    var errors = new ByteArrayOutputStream();
    int status = run(input, output, errors, arguments);
    return new Answer(
        status, output.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
  }

  /// Runs git and expects success.
  Answer demand(String... arguments) {
    var answer = ask(arguments);
    if (!answer.succeeded()) {
      throw failure(answer.errors(), arguments);
    }
    return answer;
  }

  /// Runs git, feeds it lines, and expects success.
  void stream(List<String> lines, OutputStream output, String... arguments) {
    var errors = new ByteArrayOutputStream();
    var input = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    if (run(new ByteArrayInputStream(input), output, errors, arguments) != 0) {
      throw failure(errors.toString(StandardCharsets.UTF_8), arguments);
    }
  }

  private int run(
      InputStream input, OutputStream output, OutputStream errors, String... arguments) {
    var command = new ArrayList<>(COMMAND);
    command.addAll(List.of(arguments));
    var process =
        new ProcessExecutor()
            .command(command)
            .directory(folder.toFile())
            .environment(environment)
            .environment("LC_ALL", "C")
            .environment("GIT_OPTIONAL_LOCKS", "0")
            .environment("GIT_TERMINAL_PROMPT", "0")
            .environment("GIT_NO_LAZY_FETCH", "1")
            .environment("GIT_ALLOW_PROTOCOL", "none")
            .redirectInput(input)
            .redirectOutput(output)
            .redirectError(errors)
            .timeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .destroyOnExit();
    NOT_INHERITED.forEach(name -> process.environment(name, null));
    try {
      return process.execute().getExitValue();
    } catch (TimeoutException e) {
      throw new ProblemException(
          new Problem(
              Code.TOOL_FAILED,
              "git " + String.join(" ", arguments),
              "did not end within %d seconds in %s".formatted(PATIENCE.toSeconds(), folder),
              "run it by hand there and see what it waits for"),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(
          new Problem(
              Code.TOOL_FAILED,
              "git " + String.join(" ", arguments),
              "was interrupted",
              "run the check again"),
          e);
    } catch (IOException e) {
      throw new ProblemException(
          new Problem(
              Code.TOOL_MISSING,
              "git",
              "cannot be run: " + firstLine(String.valueOf(e.getMessage())),
              "install git 2.30 or newer and put it on the PATH"),
          e);
    }
  }

  private ProblemException failure(String errors, String... arguments) {
    if (errors.contains("dubious ownership")) {
      return new Problem(
              Code.TOOL_FAILED,
              folder.toString(),
              "git refuses a repository that belongs to another user",
              "git config --global --add safe.directory " + folder)
          .asException();
    }
    return new Problem(
            Code.TOOL_FAILED,
            folder.toString(),
            "git %s failed: %s".formatted(String.join(" ", arguments), firstLine(errors)),
            "run it by hand there; git fsck tells whether the repository is damaged")
        .asException();
  }

  private static String firstLine(String text) {
    return text.lines().filter(line -> !line.isBlank()).findFirst().orElse("no message");
  }
}
