package io.cooper.flux.render.kustomize;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.zeroturnaround.exec.InvalidExitValueException;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.ProcessInitException;

/// The kustomize binary: the standalone one, or the one inside `kubectl`. Only built-in plugins, no
/// helm, no exec; load restrictions off, as in Flux. One process per build, with bounded time and
/// output.
public final class Kustomize {
  /// What one process gave.
  ///
  /// @param succeeded whether it ended with status 0
  /// @param output the rendered documents
  /// @param messages what it wrote to standard error
  record Run(boolean succeeded, String output, String messages) {}

  /// A version such as 5.8.1.
  public record Version(int major, int minor, int patch) implements Comparable<Version> {
    @Override
    public int compareTo(Version other) {
      return major != other.major
          ? Integer.compare(major, other.major)
          : minor != other.minor
              ? Integer.compare(minor, other.minor)
              : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
      return "%d.%d.%d".formatted(major, minor, patch);
    }
  }

  private static final Version OLDEST = new Version(5, 0, 0);
  private static final Pattern VERSION = Pattern.compile("v(\\d+)\\.(\\d+)\\.(\\d+)");
  private static final Pattern KUBECTL_VERSION =
      Pattern.compile("\"?[kK]ustomize\\s?Version\"?:\\s*\"?" + VERSION.pattern());
  private static final int OUTPUT_LIMIT = 256 << 20;
  private static final int MESSAGE_LIMIT = 1 << 20;
  private static final long VERSION_SECONDS = 20;

  private final Path binary;
  private final boolean kubectl;
  private final Version version;
  private final long timeoutSeconds;

  private Kustomize(Path binary, boolean kubectl, Version version, long timeoutSeconds) {
    this.binary = binary;
    this.kubectl = kubectl;
    this.version = version;
    this.timeoutSeconds = timeoutSeconds;
  }

  /// Finds the binary: `COOPER_KUSTOMIZE`, then `kustomize` and then `kubectl` on the `PATH`. Its
  /// version is asked once and remembered under the cache folder for as long as the file stays the
  /// same.
  ///
  /// @param environment such as [System#getenv()]
  /// @param cache folder for the remembered version
  /// @param timeoutSeconds after which one build is given up
  /// @throws ProblemException if there is none, or only one that is too old
  public static Kustomize find(Map<String, String> environment, Path cache, long timeoutSeconds) {
    var named = environment.getOrDefault("COOPER_KUSTOMIZE", "");
    var binary =
        named.isEmpty()
            ? onPath(environment, "kustomize").or(() -> onPath(environment, "kubectl"))
            : Optional.of(Path.of(named)).filter(Files::isExecutable);
    if (binary.isEmpty()) {
      throw new Problem(
              Code.TOOL_MISSING,
              named.isEmpty() ? "kustomize" : named,
              named.isEmpty()
                  ? "neither kustomize nor kubectl is on the PATH"
                  : "COOPER_KUSTOMIZE names no executable file",
              "install kustomize 5.0 or newer: https://kubectl.docs.kubernetes.io/installation/kustomize/")
          .asException();
    }
    boolean kubectl = binary.get().getFileName().toString().startsWith("kubectl");
    var version = new VersionMemory(cache).of(binary.get(), () -> ask(binary.get(), kubectl));
    if (version.compareTo(OLDEST) < 0) {
      throw new Problem(
              Code.TOOL_MISSING,
              binary.get().toString(),
              "kustomize %s is older than %s".formatted(version, OLDEST),
              "install kustomize 5.0 or newer, or point COOPER_KUSTOMIZE at it")
          .asException();
    }
    return new Kustomize(binary.get(), kubectl, version, timeoutSeconds);
  }

  private static Optional<Path> onPath(Map<String, String> environment, String name) {
    for (var folder : environment.getOrDefault("PATH", "").split(java.io.File.pathSeparator, -1)) {
      var candidate = Path.of(folder.isEmpty() ? "." : folder).resolve(name);
      if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
        return Optional.of(candidate.toAbsolutePath());
      }
    }
    return Optional.empty();
  }

  private static Version ask(Path binary, boolean kubectl) {
    var command =
        kubectl
            ? List.of(binary.toString(), "version", "--client", "-o", "json")
            : List.of(binary.toString(), "version");
    var run = execute(command, VERSION_SECONDS);
    var text = run.output();
    var matcher = (kubectl ? KUBECTL_VERSION : VERSION).matcher(text);
    if (!run.succeeded() || !matcher.find()) {
      throw new Problem(
              Code.TOOL_MISSING,
              binary.toString(),
              "does not tell its version: "
                  + (run.messages() + text).lines().findFirst().orElse("no output"),
              "install kustomize 5.0 or newer, or point COOPER_KUSTOMIZE at it")
          .asException();
    }
    return new Version(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)));
  }

  /// The version of kustomize, also inside kubectl.
  public Version version() {
    return version;
  }

  /// Such as `kustomize 5.8.1 (/usr/local/bin/kustomize)`.
  @Override
  public String toString() {
    return "%s %s (%s)".formatted(kubectl ? "kubectl kustomize" : "kustomize", version, binary);
  }

  /// Builds a folder.
  ///
  /// @throws ProblemException if the process cannot be started, hangs or floods; not if it refuses
  Run build(Path folder) {
    var command = new ArrayList<String>();
    command.add(binary.toString());
    command.add(kubectl ? "kustomize" : "build");
    command.add("--load-restrictor=LoadRestrictionsNone");
    command.add(folder.toString());
    return execute(command, timeoutSeconds);
  }

  private static Run execute(List<String> command, long seconds) {
    var output = new Bounded(OUTPUT_LIMIT);
    var messages = new Bounded(MESSAGE_LIMIT);
    try {
      var result =
          new ProcessExecutor()
              .command(command)
              .environment("GOGC", "off")
              .environment("GOMEMLIMIT", "512MiB")
              .redirectOutput(output)
              .redirectError(messages)
              .redirectInput(java.io.InputStream.nullInputStream())
              .timeout(seconds, TimeUnit.SECONDS)
              .destroyOnExit()
              .execute();
      if (output.overflowed) {
        throw failed(command, "more than %d MiB of output".formatted(OUTPUT_LIMIT >> 20));
      }
      int status = result.getExitValue();
      if (status > 128) {
        throw failed(command, "killed by signal %d".formatted(status - 128));
      }
      return new Run(status == 0, output.text(), messages.text());
    } catch (TimeoutException _) {
      throw failed(command, "no answer within %d seconds".formatted(seconds));
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
