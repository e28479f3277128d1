package io.cooper.cli;

import io.cooper.store.StoreException;
import io.cooper.store.probe.ImmutabilityProbe;
import io.cooper.store.probe.ImmutabilityReport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `cooper store`
@Command(
    name = "store",
    description = "Looks after the stores that archives lie in.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class StoreCommand implements Runnable {
  enum Form {
    text,
    json
  }

  private static final int DESTROYED = 1;
  private static final int FAILED = 3;

  @Spec private @Nullable CommandSpec spec;

  private final Terminal terminal;

  StoreCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(), "a command is needed, for example: cooper store test --help");
    }
  }

  @Command(
      name = "test",
      description = {
        "Tries a store layer by layer – name, connection, TLS, HTTP, credentials, bucket, prefix – and then writes,"
            + " reads, lists and deletes a probe. The first layer that fails is named, with what to do."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:all works; with --immutability, what this key writes outlives it",
        "1:with --immutability: this key can destroy what it writes",
        "2:wrong use",
        "3:something does not work"
      })
  int test(
      @Mixin StoreOptions options,
      @Option(
              names = "--immutability",
              description = {
                "Show instead what this key could destroy: overwrite, delete, remove versions and shorten"
                    + " the lock of an object of its own. Nothing else is touched."
              })
          boolean immutability,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to tell: ${COMPLETION-CANDIDATES}.")
          Form form)
      throws StoreException {
    if (immutability) {
      return attack(options, form);
    }
    var report = options.probe();
    terminal.out().print(form == Form.json ? report.json() + "\n" : report.text());
    terminal.out().flush();
    return report.firstFailure().isPresent() ? FAILED : 0;
  }

  private int attack(StoreOptions options, Form form) throws StoreException {
    try (var store = options.open()) {
      var report = ImmutabilityProbe.of(store);
      terminal.out().print(form == Form.json ? report.json() + "\n" : report.text());
      terminal.out().flush();
      return report.level() == ImmutabilityReport.Level.NONE ? DESTROYED : 0;
    }
  }
}
