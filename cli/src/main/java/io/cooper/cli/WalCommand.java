package io.cooper.cli;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.WalName;
import io.cooper.backup.wal.WalArchive;
import io.cooper.backup.wal.WalArchiver;
import io.cooper.backup.wal.WalRestorer;
import io.cooper.flux.render.walk.RenderOptions;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `cooper wal`
@Command(
    name = "wal",
    description = "Archives and restores WAL, in the format that barman-cloud reads and writes.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class WalCommand implements Runnable {
  private static final long SPOOL = 1L << 30;

  @Spec private @Nullable CommandSpec spec;

  private final Terminal terminal;

  WalCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(), "a command is needed, for example: cooper wal archive --help");
    }
  }

  @Command(
      name = "archive",
      description = {
        "Stores WAL files; for archive_command. A file that is there already with the same content"
            + " is success, with other content an error: nothing is ever replaced."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "  archive_command = 'cooper wal archive --store s3://backups/pg --server main %%p'"
      },
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:all files are in the archive",
        "1:the archive has other content under this name, or is that of another cluster",
        "2:wrong use, or a file that is no WAL",
        "3:the store is missing or failed"
      })
  int archive(
      @Mixin ArchiveOptions options,
      @Option(
              names = "--compression",
              paramLabel = "CODEC",
              defaultValue = "none",
              description =
                  "none, gzip, bzip2, xz, snappy, lz4 or zstd; ${DEFAULT-VALUE} if left out.")
          String compression,
      @Option(
              names = "--parallel",
              paramLabel = "N",
              defaultValue = "1",
              description =
                  "Send as many files at once: those that are marked ready beside the one that is asked for; ${DEFAULT-VALUE} if left out.")
          int parallel,
      @Parameters(arity = "1..*", paramLabel = "FILE", description = "In the server's pg_wal.")
          List<Path> files) {
    var settings = WalArchive.Settings.with(Codec.named(compression));
    try (var store = options.open();
        var archiver =
            new WalArchiver(
                new WalArchive(store, options.server(), settings), parallel, state("wal-notes"))) {
      for (var file : files) {
        archiver.archive(file);
      }
    }
    return 0;
  }

  @Command(
      name = "restore",
      description = {
        "Fetches a WAL file; for restore_command. The destination is there whole or not at all."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "  restore_command = 'cooper wal restore --store s3://backups/pg --server main %%f %%p'"
      },
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:the file is at its destination",
        "1:the object in the archive is damaged",
        "2:wrong use",
        "3:the store is missing or failed: it may have the file",
        "4:the archive does not have the file"
      })
  int restore(
      @Mixin ArchiveOptions options,
      @Option(
              names = "--prefetch",
              paramLabel = "N",
              defaultValue = "0",
              description =
                  "Fetch as many of the next segments too, for the next calls; ${DEFAULT-VALUE} if left out.")
          int ahead,
      @Parameters(paramLabel = "NAME", description = "Of a segment or a history file.") String name,
      @Parameters(paramLabel = "DESTINATION", description = "The file to write.")
          Path destination) {
    var settings = new WalRestorer.Settings(ahead, state("wal-spool"), SPOOL);
    try (var store = options.open();
        var restorer =
            new WalRestorer(
                new WalArchive(store, options.server(), WalArchive.Settings.with(Codec.NONE)),
                settings)) {
      restorer.restore(WalName.parse(name), destination);
      restorer.awaitAhead();
    }
    return 0;
  }

  private Path state(String name) {
    return RenderOptions.cacheFolder(terminal.environment()).resolve(name);
  }
}
