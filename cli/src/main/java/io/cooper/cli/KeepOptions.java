package io.cooper.cli;

import io.cooper.backup.catalog.Backup.Keep;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Which mark a backup gets: one of these.
final class KeepOptions {
  @Option(names = "--full", description = "Keep it with all WAL since.")
  private boolean full;

  @Option(names = "--standalone", description = "Keep it with its own WAL only.")
  private boolean standalone;

  @Option(names = "--release", description = "Take the mark away.")
  private boolean release;

  /// The mark; empty if it is to be taken away.
  Optional<Keep> mark() {
    return full ? Optional.of(Keep.FULL) : standalone ? Optional.of(Keep.STANDALONE) : released();
  }

  private Optional<Keep> released() {
    if (!release) {
      throw new IllegalStateException("picocli asks for one of the three");
    }
    return Optional.empty();
  }
}
