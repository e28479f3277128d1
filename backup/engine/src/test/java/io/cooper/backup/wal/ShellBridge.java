package io.cooper.backup.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.format.WalName;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Lets a real PostgreSQL ask engines in this process: its commands leave a question in a folder
/// and wait for the answer beside it.
final class ShellBridge implements AutoCloseable {
  private static final String SCRIPT =
      """
      set -e
      question=$(mktemp -d "$1/asks/XXXXXXXX")
      printf '%s\\n' "$2" "$(pwd)/$3" "$4" > "$question/half"
      mv "$question/half" "$question/question"
      while [ ! -e "$question/answer" ]; do sleep 0.02; done
      exit "$(cat "$question/answer")"
      """;

  private final Path folder;
  private final WalArchiver archiver;
  private final WalRestorer restorer;
  private final Thread listener;
  private volatile boolean closed;

  /// What was answered, in order: `restore 00000002.history 4`.
  final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();

  ShellBridge(Path folder, WalArchiver archiver, WalRestorer restorer) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.archiver = archiver;
    this.restorer = restorer;
    Files.createDirectories(folder.resolve("asks"));
    Files.writeString(folder.resolve("ask.sh"), SCRIPT, UTF_8);
    this.listener = Thread.ofPlatform().daemon().start(this::listen);
  }

  /// Settings of a server that archives through here.
  String settings() {
    return """
    archive_mode = on
    archive_command = 'sh %1$s/ask.sh %1$s archive %%p %%f'
    restore_command = 'sh %1$s/ask.sh %1$s restore %%p %%f'
    """
        .formatted(folder);
  }

  private void listen() {
    while (!closed) {
      try (DirectoryStream<Path> asks = Files.newDirectoryStream(folder.resolve("asks"))) {
        for (var ask : asks) {
          if (Files.exists(ask.resolve("question")) && !Files.exists(ask.resolve("answer"))) {
            answer(ask);
          }
        }
        Thread.sleep(10);
      } catch (IOException | InterruptedException _) {
        return;
      }
    }
  }

  private void answer(Path ask) throws IOException {
    var question = Files.readAllLines(ask.resolve("question"), UTF_8);
    var exit = exit(question);
    log.add("%s %s %d".formatted(question.get(0), question.get(2), exit));
    Files.writeString(ask.resolve("half"), Integer.toString(exit), UTF_8);
    Files.move(ask.resolve("half"), ask.resolve("answer"), StandardCopyOption.ATOMIC_MOVE);
  }

  private int exit(List<String> question) {
    try {
      var path = Path.of(question.get(1));
      if (question.getFirst().equals("archive")) {
        archiver.archive(path);
      } else {
        restorer.restore(WalName.parse(question.get(2)), path);
      }
      return 0;
    } catch (ProblemException thrown) {
      return thrown.problem().code().exitStatus();
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      listener.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
