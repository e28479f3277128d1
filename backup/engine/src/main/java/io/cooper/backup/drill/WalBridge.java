package io.cooper.backup.drill;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.format.WalName;
import io.cooper.backup.wal.WalRestorer;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Answers the `restore_command` of the scratch server from this process, so that no program has to
/// start for each segment: the command writes a line into one pipe and reads the answer from
/// another, with nothing but a shell. PostgreSQL asks for one file at a time.
///
/// *Not there* and *could not be had* are told apart: the first ends a recovery, the second ends
/// the server, as PostgreSQL does when the command ends with more than 125. Otherwise a store that
/// does not answer, or a damaged segment, would look like the end of the WAL.
final class WalBridge implements AutoCloseable {
  private static final String NOT_THERE = "1";
  private static final String BROKEN = "200";
  private static final String GIVEN = "0";

  private final Path folder;
  private final Path data;
  private final WalRestorer restorer;
  private final Account account;
  private final RandomAccessFile asks;
  private final RandomAccessFile answers;
  private final Thread listener;
  private volatile Optional<Problem> failure = Optional.empty();
  private volatile Optional<WalName.Segment> missing = Optional.empty();
  private volatile long firstAsked;
  private final LongAdder segments = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  private WalBridge(Path folder, Path data, WalRestorer restorer, Account account)
      throws IOException {
    this.folder = folder;
    this.data = data;
    this.restorer = restorer;
    this.account = account;
    // Open at both ends: neither side waits for the other to come, or sees it go.
    this.asks = new RandomAccessFile(folder.resolve("ask").toFile(), "rw");
    this.answers = new RandomAccessFile(folder.resolve("answer").toFile(), "rw");
    this.listener = Thread.ofPlatform().daemon().name("drill-wal").unstarted(this::listen);
  }

  /// Opens a bridge.
  ///
  /// @param folder of its own
  /// @param data the directory that the server runs in
  static WalBridge open(Path folder, Path data, WalRestorer restorer, Account account)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    var made =
        new ProcessBuilder(
                "mkfifo",
                "-m",
                "600",
                folder.resolve("ask").toString(),
                folder.resolve("answer").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!made.waitFor(20, TimeUnit.SECONDS) || made.exitValue() != 0) {
      throw new IOException("mkfifo failed in " + folder);
    }
    var bridge = new WalBridge(folder, data, restorer, account);
    account.give(folder);
    bridge.listener.start();
    return bridge;
  }

  /// The command.
  String command() {
    return "echo %%f %%p > \"%1$s/ask\" && read s < \"%1$s/answer\" && exit $s".formatted(folder);
  }

  private void listen() {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(asks.getChannel()), UTF_8))) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        answers.write((answer(line) + "\n").getBytes(UTF_8));
      }
    } catch (IOException _) {
      // It was closed.
    }
  }

  private String answer(String line) {
    if (firstAsked == 0) {
      firstAsked = System.nanoTime();
    }
    var words = line.split(" ", 2);
    try {
      var name = WalName.parse(words[0]);
      var destination = data.resolve(words[words.length - 1]);
      var fetched = restorer.restore(name, destination);
      account.give(destination);
      if (name.holdsWal()) {
        segments.increment();
        bytes.add(fetched.size());
      }
      return GIVEN;
    } catch (ProblemException failed) {
      if (failed.problem().code() == Code.NO_SUCH_OBJECT) {
        WalName.find(words[0])
            .filter(WalName.Segment.class::isInstance)
            .ifPresent(name -> missing = Optional.of((WalName.Segment) name));
        return NOT_THERE;
      }
      return broken(failed.problem());
    } catch (IOException failed) {
      return broken(
          new Problem(
              Code.DISK, data.toString(), "cannot be written: " + failed, "look at the disk"));
    } catch (RuntimeException unexpected) {
      return broken(
          new Problem(
              Code.TOOL_FAILED,
              words[0],
              "unexpected: " + unexpected,
              "report this with the stack trace that COOPER_DEBUG=1 prints"));
    }
  }

  private String broken(Problem problem) {
    if (failure.isEmpty()) {
      failure = Optional.of(problem);
    }
    return BROKEN;
  }

  /// Why a file could not be had, if that was so.
  Optional<Problem> failure() {
    return failure;
  }

  /// The segment that was asked for last and is not in the archive.
  Optional<WalName.Segment> missing() {
    return missing;
  }

  /// When the first file was asked for, by [System#nanoTime]; 0 if none was.
  long firstAsked() {
    return firstAsked;
  }

  /// How many segments were delivered.
  long segments() {
    return segments.sum();
  }

  /// Bytes of these.
  long bytes() {
    return bytes.sum();
  }

  @Override
  public void close() throws IOException {
    // A read of a pipe is not interrupted by closing it here: one last line wakes the listener.
    try (answers) {
      asks.write("\n".getBytes(UTF_8));
      asks.close();
      listener.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      Objects.requireNonNull(restorer).close();
    }
  }
}
