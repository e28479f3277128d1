package io.cooper.cli;

import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.catalog.CatalogText;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `cooper backup`
@Command(
    name = "backup",
    description = "Works with base backups, in the format that barman-cloud reads and writes.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class BackupCommand implements Runnable {
  enum Form {
    text,
    json
  }

  @Spec private @Nullable CommandSpec spec;

  private final Terminal terminal;

  BackupCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(), "a command is needed, for example: cooper backup list --help");
    }
  }

  @Command(
      name = "list",
      description = "Lists the backups of a server, whoever wrote them.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin ArchiveOptions options,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to list: ${COMPLETION-CANDIDATES}.")
          Form form) {
    try (var store = options.open()) {
      var catalog = new Catalog(store, options.server());
      var backups = catalog.backups();
      if (backups.isEmpty()) {
        terminal.err().printf("cooper: no backups in %s%n", catalog.place());
      }
      print(
          form == Form.json
              ? CatalogText.json(catalog.place(), backups)
              : backups.isEmpty() ? "" : CatalogText.table(backups));
    }
    return 0;
  }

  @Command(
      name = "show",
      description = "Shows all that is known of one backup.",
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:shown",
        "2:wrong use, or several backups of this name",
        "3:the store is missing or failed",
        "4:there is no such backup"
      })
  int show(
      @Mixin ArchiveOptions options,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to show it: ${COMPLETION-CANDIDATES}.")
          Form form,
      @Parameters(paramLabel = "BACKUP", description = "An id, a name, or latest.") String backup) {
    try (var store = options.open()) {
      var catalog = new Catalog(store, options.server());
      var found = catalog.backup(backup);
      print(
          form == Form.json
              ? CatalogText.json(catalog.place(), found)
              : CatalogText.details(found));
    }
    return 0;
  }

  private void print(String text) {
    terminal.out().print(text);
    terminal.out().flush();
  }
}
