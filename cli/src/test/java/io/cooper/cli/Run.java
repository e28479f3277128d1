package io.cooper.cli;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.YamlReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The whole program, run in this process.
///
/// @param status exit status
/// @param out standard output
/// @param err standard error
record Run(int status, String out, String err) {
  static Run of(String... arguments) {
    return with(System.getenv(), arguments);
  }

  /// In another environment.
  static Run with(Map<String, String> environment, String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int status =
        Main.run(
            environment,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            arguments);
    return new Run(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /// Standard output as JSON; every JSON text is YAML too.
  Mapping json() {
    var file = YamlReader.ofSources().read("stdout", out.getBytes(StandardCharsets.UTF_8));
    if (file.documents().size() != 1 || !file.faults().isEmpty()) {
      throw new AssertionError("not JSON: " + out + err);
    }
    return (Mapping) file.documents().getFirst();
  }
}
