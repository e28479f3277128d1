package io.cooper.cli;

import io.cooper.backup.audit.ArchiveAudit;
import io.cooper.backup.audit.AuditText;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.WalName;
import io.cooper.backup.wal.WalArchive;
import io.cooper.backup.wal.WalArchiver;
import io.cooper.backup.wal.WalRestorer;
import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.store.StoreException;
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
  private static final int NOT_SOUND = 1;

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

  /// How much an audit reads, as the option has it.
  enum Reading {
    none(ArchiveAudit.Reading.NONE),
    ends(ArchiveAudit.Reading.ENDS),
    headers(ArchiveAudit.Reading.HEADERS),
    all(ArchiveAudit.Reading.ALL);

    private final ArchiveAudit.Reading reading;

    Reading(ArchiveAudit.Reading reading) {
      this.reading = reading;
    }
  }

  enum Form {
    text,
    json
  }

  @Command(
      name = "audit",
      description = {
        "Looks over an archive: which WAL is missing, doubled, foreign or damaged, and which instants can"
            + " be restored. Names, times and sizes tell most of it."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:the archive is sound, as far as was looked",
        "1:it is not",
        "2:wrong use",
        "3:the store is missing or failed"
      })
  int audit(
      @Mixin ArchiveOptions options,
      @Option(
              names = "--read",
              paramLabel = "WHAT",
              defaultValue = "ends",
              description = {
                "How much of the WAL is read: none; ends, the last segments before each end, for the exact"
                    + " instant that can be reached; headers, whose every segment is and whether it is what"
                    + " it is called; all, every page and the checksum of every record. ${DEFAULT-VALUE} if"
                    + " left out."
              })
          Reading reading,
      @Option(
              names = "--budget",
              paramLabel = "SIZE",
              defaultValue = "1GiB",
              description =
                  "Read so much at most, of segments evenly apart; ${DEFAULT-VALUE} if left out.")
          String budget,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to tell: ${COMPLETION-CANDIDATES}.")
          Form form)
      throws StoreException, InterruptedException {
    var settings =
        ArchiveAudit.Settings.usual().reading(reading.reading).within(ByteSize.parse(budget));
    try (var store = options.open()) {
      var audit = new ArchiveAudit(store, options.server(), settings).run();
      terminal.out().print(form == Form.json ? AuditText.json(audit) : AuditText.text(audit));
      terminal.out().flush();
      return audit.isSound() ? 0 : NOT_SOUND;
    }
  }

  private Path state(String name) {
    return RenderOptions.cacheFolder(terminal.environment()).resolve(name);
  }
}
