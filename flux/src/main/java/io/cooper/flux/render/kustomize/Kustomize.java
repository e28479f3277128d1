package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.tool.Run;
import io.cooper.flux.render.tool.Tool;
import io.cooper.flux.render.tool.Version;
import io.cooper.flux.render.tool.VersionMemory;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The kustomize binary: the standalone one, or the one inside `kubectl`. Only built-in plugins, no
/// helm, no exec; load restrictions off, as in Flux. One process per build, with bounded time and
/// output.
public final class Kustomize {
  private static final Version OLDEST = new Version(5, 0, 0);
  private static final Pattern VERSION = Pattern.compile("v(\\d+)\\.(\\d+)\\.(\\d+)");
  private static final Pattern KUBECTL_VERSION =
      Pattern.compile("\"?[kK]ustomize\\s?Version\"?:\\s*\"?" + VERSION.pattern());
  private static final int OUTPUT_LIMIT = 256 << 20;
  private static final long VERSION_SECONDS = 20;
  private static final Map<String, String> MEMORY = Map.of("GOGC", "off", "GOMEMLIMIT", "512MiB");

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
            ? Tool.onPath(environment, "kustomize").or(() -> Tool.onPath(environment, "kubectl"))
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
    var version =
        new VersionMemory(cache, "kustomize").of(binary.get(), () -> ask(binary.get(), kubectl));
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

  private static Version ask(Path binary, boolean kubectl) {
    var command =
        kubectl
            ? List.of(binary.toString(), "version", "--client", "-o", "json")
            : List.of(binary.toString(), "version");
    var run = tool(VERSION_SECONDS).run(command);
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
  public Run build(Path folder) {
    var command = new ArrayList<String>();
    command.add(binary.toString());
    command.add(kubectl ? "kustomize" : "build");
    command.add("--load-restrictor=LoadRestrictionsNone");
    command.add(folder.toString());
    return tool(timeoutSeconds).run(command);
  }

  private static Tool tool(long seconds) {
    return new Tool(MEMORY, OUTPUT_LIMIT, seconds);
  }
}
