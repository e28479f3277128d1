package io.cooper.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `cooper`. [Commands] adds its subcommands.
@Command(
    name = "cooper",
    description = {
      "Keeps PostgreSQL on Kubernetes honest.",
      "A manifest that silently is not there, and a backup that silently is not there, are the same"
          + " fault."
    },
    mixinStandardHelpOptions = true,
    versionProvider = CooperCommand.VersionText.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:nothing found at or above --fail-on",
      "1:findings",
      "2:wrong use, or input that cannot be read",
      "3:a needed tool or store is missing or failed",
      "4:the archive does not have what was asked for"
    })
final class CooperCommand implements Runnable {
  static final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"cooper " + Version.CURRENT};
    }
  }

  @Spec private @org.jspecify.annotations.Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(), "a command is needed, for example: cooper check");
    }
  }
}
