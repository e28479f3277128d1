package io.cooper.flux.render.tool;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.zeroturnaround.exec.InvalidExitValueException;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.ProcessInitException;

/// Runs one program with bounded time and output.
///
/// @param environment added to that of this process; an empty value removes the variable
/// @param outputLimit in bytes, for standard output
/// @param timeoutSeconds after which the process is given up
public record Tool(Map<String, String> environment, int outputLimit, long timeoutSeconds) {
  private static final int MESSAGE_LIMIT = 1 << 20;

  public Tool {
    environment = Map.copyOf(environment);
  }

  /// The first executable file of a name on the `PATH`.
  ///
  /// @param environment such as [System#getenv()]
  public static Optional<Path> onPath(Map<String, String> environment, String name) {
    for (var folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      var candidate = Path.of(folder.isEmpty() ? "." : folder).resolve(name);
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return Optional.of(candidate.toAbsolutePath());
      }
    }
    return Optional.empty();
  }

  /// Runs a command to its end.
  ///
  /// @throws ProblemException if the process cannot be started, hangs, is killed or floods; not if
  ///   it refuses
  public Run run(List<String> command) {
    var output = new Bounded(outputLimit);
    var messages = new Bounded(MESSAGE_LIMIT);
    var executor =
        new ProcessExecutor()
            .command(command)
            .redirectOutput(output)
            .redirectError(messages)
            .redirectInput(InputStream.nullInputStream())
            .timeout(timeoutSeconds, TimeUnit.SECONDS)
            .destroyOnExit();
    environment.forEach((name, value) -> set(executor, name, value));
    try {
      var result = executor.execute();
      if (output.overflowed) {
        throw failed(command, "more than %d MiB of output".formatted(outputLimit >> 20));
      }
      int status = result.getExitValue();
      if (status > 128) {
        throw failed(command, "killed by signal %d".formatted(status - 128));
      }
      return new Run(status == 0, output.text(), messages.text());
    } catch (TimeoutException _) {
      throw failed(command, "no answer within %d seconds".formatted(timeoutSeconds));
    } catch (ProcessInitException e) {
      throw new ProblemException(
          new Problem(
              Code.TOOL_MISSING,
              command.getFirst(),
              "cannot be started: " + e.getMessage(),
              "check that the file is a program for this machine"),
          e);
    } catch (IOException | InvalidExitValueException e) {
      throw new ProblemException(
          new Problem(
              Code.TOOL_FAILED, command.getFirst(), String.valueOf(e.getMessage()), "try again"),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(
          new Problem(Code.TOOL_FAILED, command.getFirst(), "interrupted", "try again"), e);
    }
  }

  /// The process library removes a variable whose value is null.
  @SuppressWarnings("NullAway")
  private static void set(ProcessExecutor executor, String name, String value) {
    executor.environment(name, value.isEmpty() ? null : value);
  }

  private static ProblemException failed(List<String> command, String what) {
    return new Problem(
            Code.TOOL_FAILED,
            String.join(" ", command),
            what,
            "run the command by hand to see what keeps it")
        .asException();
  }

  /// Collects output up to a limit and swallows the rest, so that the process can end.
  private static final class Bounded extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(8192);
    private final int limit;
    private boolean overflowed;

    Bounded(int limit) {
      this.limit = limit;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      if (kept.size() + length > limit) {
        overflowed = true;
      } else {
        kept.write(bytes, from, length);
      }
    }

    String text() {
      return kept.toString(StandardCharsets.UTF_8);
    }
  }
}
