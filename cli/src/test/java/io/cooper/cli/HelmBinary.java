package io.cooper.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/// The helm that tests run against: in `$COOPER_INTEROP/bin`, or on the `PATH`.
final class HelmBinary {
  private HelmBinary() {}

  /// The environment of this process with `HELM` pointing at the binary. Without one the test that
  /// asks is skipped.
  static Map<String, String> environment() {
    var helm =
        Stream.concat(
                Stream.ofNullable(
                        System.getProperty("cooper.interop", System.getenv("COOPER_INTEROP")))
                    .map(home -> Path.of(home, "bin")),
                Stream.of(System.getenv("PATH").split(":", -1)).map(Path::of))
            .map(folder -> folder.resolve("helm"))
            .filter(Files::isExecutable)
            .findFirst();
    Assumptions.assumeTrue(
        helm.isPresent(), "skipped: no helm below COOPER_INTEROP/bin or on the PATH");
    var environment = new HashMap<>(System.getenv());
    environment.put("HELM", helm.orElseThrow().toString());
    return environment;
  }
}
