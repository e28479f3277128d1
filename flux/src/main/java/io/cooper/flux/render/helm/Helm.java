package io.cooper.flux.render.helm;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The helm binary, version 3 or 4. It gets no cluster, no plugins, no repositories and no settings
/// of the user; time, output and memory are bounded.
public final class Helm {
  private static final Pattern VERSION = Pattern.compile("v(\\d+)\\.(\\d+)(?:\\.(\\d+))?");
  private static final Version OLDEST = new Version(3, 8, 0);
  private static final int OUTPUT_LIMIT = 64 << 20;
  private static final long VERSION_SECONDS = 20;

  /// Go maps more than it uses; a template that makes a list of a thousand million numbers needs
  /// more than this.
  private static final int MEMORY_KIB = 4 << 20;

  private static final Path SHELL = Path.of("/bin/sh");
  private static final Pattern OUT_OF_MEMORY =
      Pattern.compile("fatal error: (runtime: )?(out of memory|cannot allocate memory)");

  private final Path binary;
  private final Version version;
  private final Map<String, String> inherited;
  private final long timeoutSeconds;

  private Helm(Path binary, Version version, Map<String, String> inherited, long timeoutSeconds) {
    this.binary = binary;
    this.version = version;
    this.inherited = Map.copyOf(inherited);
    this.timeoutSeconds = timeoutSeconds;
  }

  /// Finds the binary: what `HELM` names, else `helm` on the `PATH`. Its version is asked once and
  /// remembered under the cache folder for as long as the file stays the same.
  ///
  /// @param environment such as [System#getenv()]
  /// @param cache folder for the remembered version
  /// @param timeoutSeconds after which one chart is given up
  /// @return empty if there is none
  /// @throws ProblemException if `HELM` names none, or if it is too old or does not tell its
  ///   version
  public static Optional<Helm> find(
      Map<String, String> environment, Path cache, long timeoutSeconds) {
    var named = environment.getOrDefault("HELM", "");
    if (!named.isEmpty() && !Files.isExecutable(Path.of(named))) {
      throw missing(named, "HELM names no executable file");
    }
    var binary = named.isEmpty() ? Tool.onPath(environment, "helm") : Optional.of(Path.of(named));
    return binary.map(found -> {
      var version = new VersionMemory(cache, "helm").of(found, () -> ask(found, environment));
      if (version.compareTo(OLDEST) < 0) {
        throw missing(found.toString(), "helm %s is older than %s".formatted(version, OLDEST));
      }
      return new Helm(found, version, environment, timeoutSeconds);
    });
  }

  private static ProblemException missing(String where, String what) {
    return new Problem(
            Code.TOOL_MISSING,
            where,
            what,
            "install helm 3.8 or newer, point HELM at it, or leave charts out with --helm off")
        .asException();
  }

  private static Version ask(Path binary, Map<String, String> environment) {
    var run =
        new Tool(alone(environment, Path.of("/nonexistent")), 1 << 20, VERSION_SECONDS)
            .run(List.of(binary.toString(), "version", "--short"));
    var matcher = VERSION.matcher(run.output());
    if (!run.succeeded() || !matcher.find()) {
      throw missing(
          binary.toString(),
          "does not tell its version: "
              + (run.messages() + run.output()).lines().findFirst().orElse("no output"));
    }
    return new Version(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        Optional.ofNullable(matcher.group(3)).map(Integer::parseInt).orElse(0));
  }

  /// Such as 3.22.0; helm built from source may not know its patch release.
  public Version version() {
    return version;
  }

  /// Such as `helm 3.22.0 (/usr/local/bin/helm)`.
  @Override
  public String toString() {
    return "helm %s (%s)".formatted(version, binary);
  }

  /// Renders a chart.
  ///
  /// @param home an empty folder for all that helm keeps of its own
  /// @param arguments behind `helm template`
  /// @throws ProblemException if the process cannot be started, hangs or floods; not if it refuses
  Run template(Path home, List<String> arguments) {
    var command = new ArrayList<String>();
    if (Files.isExecutable(SHELL)) {
      // Where the system knows no such limit, helm runs without.
      command.addAll(
          List.of(
              SHELL.toString(),
              "-c",
              "ulimit -v %d 2>/dev/null; exec \"$0\" \"$@\"".formatted(MEMORY_KIB)));
    }
    command.add(binary.toString());
    command.add("template");
    command.addAll(arguments);
    var run = new Tool(alone(inherited, home), OUTPUT_LIMIT, timeoutSeconds).run(command);
    if (!run.succeeded() && OUT_OF_MEMORY.matcher(run.messages()).find()) {
      throw new Problem(
              Code.TOOL_FAILED,
              binary.toString(),
              "more than %d MiB of memory".formatted(MEMORY_KIB >> 10),
              "look for a loop without end in the templates")
          .asException();
    }
    return run;
  }

  /// Everything of the user that helm would read, taken away: clusters, repositories, plugins,
  /// proxies, settings.
  private static Map<String, String> alone(Map<String, String> environment, Path home) {
    var changed = new HashMap<String, String>();
    environment.keySet().stream()
        .filter(name ->
            name.startsWith("HELM")
                || name.startsWith("KUBE")
                || name.startsWith("XDG_")
                || name.startsWith("DOCKER_"))
        .forEach(name -> changed.put(name, ""));
    for (var kind : List.of("CACHE", "CONFIG", "DATA")) {
      changed.put("HELM_%s_HOME".formatted(kind), home.resolve(kind).toString());
    }
    changed.put("HELM_PLUGINS", home.resolve("plugins").toString());
    changed.put("KUBECONFIG", home.resolve("kubeconfig").toString());
    changed.put("HOME", home.toString());
    changed.put("GOGC", "off");
    changed.put("GOMEMLIMIT", "512MiB");
    return changed;
  }
}
