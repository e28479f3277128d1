package io.cooper.cli;

import io.cooper.backup.format.ServerFolder;
import picocli.CommandLine.Option;

/// Which archive in a store a command works on.
final class ArchiveOptions extends StoreOptions {
  @Option(
      names = "--server",
      paramLabel = "NAME",
      required = true,
      description = "The name under which the archive of the database lies.")
  private String server = "";

  ArchiveOptions(Terminal terminal) {
    super(terminal);
  }

  /// The folder of the server.
  ///
  /// @throws io.cooper.problem.ProblemException if no key can have this name
  ServerFolder server() {
    return new ServerFolder(server);
  }
}
