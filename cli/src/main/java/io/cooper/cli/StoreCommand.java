package io.cooper.cli;

import io.cooper.backup.throughput.Advice;
import io.cooper.backup.throughput.Throughput;
import io.cooper.backup.throughput.ThroughputText;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
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

  private static final int FAILED = 3;

  /// A segment of WAL, as large as most are.
  private static final int SAMPLE = 16 << 20;

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
      exitCodeList = {"0:all works", "2:wrong use", "3:something does not work"})
  int test(
      @Mixin StoreOptions options,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to tell: ${COMPLETION-CANDIDATES}.")
          Form form) {
    var report = options.probe();
    terminal.out().print(form == Form.json ? report.json() + "\n" : report.text());
    terminal.out().flush();
    return report.firstFailure().isPresent() ? FAILED : 0;
  }

  @Command(
      name = "measure",
      description = {
        "Measures how fast a store takes and gives bytes from here, with few connections and with more, and says which"
            + " settings of an archive follow from it. Writes probes under a name of their own and deletes them."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {"0:measured", "2:wrong use", "3:the store does not answer"})
  int measure(
      @Mixin StoreOptions options,
      @Option(
              names = "--connections",
              split = ",",
              defaultValue = "1,2,4,8",
              paramLabel = "N",
              description = "How many at once, a measurement each; ${DEFAULT-VALUE} if left out.")
          List<Integer> connections,
      @Option(
              names = "--seconds",
              defaultValue = "3",
              paramLabel = "N",
              description = "How long each measurement lasts; ${DEFAULT-VALUE} if left out.")
          int seconds,
      @Option(
              names = "--sample",
              paramLabel = "FILE",
              description = {
                "Bytes like those that are archived, for the compressions: a WAL segment, the file of a large table. Of"
                    + " a large one, the first 16 MiB count."
              })
          @Nullable Path sample,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to tell: ${COMPLETION-CANDIDATES}.")
          Form form)
      throws InterruptedException {
    var numbers = List.copyOf(new TreeSet<>(connections));
    if (seconds < 1 || numbers.isEmpty() || numbers.getFirst() < 1) {
      throw new Problem(
              Code.BAD_USE,
              "cooper store measure",
              "needs at least one connection for at least one second",
              "leave --connections and --seconds out")
          .asException();
    }
    var bytes = sample == null ? new byte[0] : beginning(sample);
    try (var store = options.openFor(numbers.getLast())) {
      var measured = new Throughput(store, Duration.ofSeconds(seconds)).measure(numbers, bytes);
      var advice = Advice.of(measured, Runtime.getRuntime().availableProcessors());
      terminal
          .out()
          .print(
              form == Form.json
                  ? ThroughputText.json(measured, advice) + "\n"
                  : ThroughputText.text(measured, advice));
      terminal.out().flush();
      return 0;
    }
  }

  private static byte[] beginning(Path sample) {
    try (var in = Files.newInputStream(sample)) {
      var bytes = in.readNBytes(SAMPLE);
      if (bytes.length > 0) {
        return bytes;
      }
      throw new Problem(
              Code.BAD_USE, "--sample " + sample, "is empty", "name a file like those to archive")
          .asException();
    } catch (IOException e) {
      throw new Problem(
              Code.BAD_USE,
              "--sample " + sample,
              "cannot be read: " + e,
              "name a file that can be read")
          .asException();
    }
  }
}
