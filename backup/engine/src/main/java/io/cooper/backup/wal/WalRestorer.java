package io.cooper.backup.wal;

import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Delivers the WAL that a recovery or a replica asks for, and fetches what it will ask for next
/// into a spool. What happens to the next segments never decides about the one that was asked for,
/// and that one of them was not there yet is never remembered: each question is put to the archive
/// anew, or to what was checked whole.
///
/// Safe for several threads.
public final class WalRestorer implements AutoCloseable {
  private final WalArchive archive;
  private final int ahead;
  private final Spool spool;
  private final InstantSource clock;
  private final ExecutorService workers;
  private final Map<WalName.Segment, Future<?>> running = new ConcurrentHashMap<>();
  private final Map<Integer, String> descents = new ConcurrentHashMap<>();

  /// How far and where to run ahead.
  ///
  /// @param ahead segments after the one that was asked for; 0 for none
  /// @param spool a folder, shared by archives and processes
  /// @param spoolBytes at most so many in it, per archive
  public record Settings(int ahead, Path spool, long spoolBytes) {
    public Settings {
      if (ahead < 0) {
        throw new Problem(
                Code.BAD_USE,
                "segments fetched ahead: " + ahead,
                "is less than none",
                "give 0 to fetch only what was asked for")
            .asException();
      }
    }
  }

  /// Restores from an archive.
  public WalRestorer(WalArchive archive, Settings settings) {
    this(archive, settings, InstantSource.system());
  }

  WalRestorer(WalArchive archive, Settings settings, InstantSource clock) {
    this.archive = archive;
    this.ahead = settings.ahead();
    this.spool = new Spool(settings.spool(), archive.place(), settings.spoolBytes());
    this.clock = clock;
    this.workers =
        Executors.newFixedThreadPool(
            Math.max(1, ahead), Thread.ofPlatform().name("wal-restore-", 0).daemon().factory());
  }

  /// Delivers a file under a destination's name, whole or not at all.
  ///
  /// @throws ProblemException with [Code#NO_SUCH_OBJECT] if the archive was asked and does not have
  ///   it; every other code means that it may have it
  public WalArchive.Fetched restore(WalName name, Path destination) {
    if (!(name instanceof WalName.Segment segment) || ahead == 0) {
      return archive.get(name, destination);
    }
    awaitRunning(segment);
    var descent = descent(segment.timeline());
    var delivered = spool.deliver(segment, descent, destination);
    var fetched = delivered.isPresent() ? delivered.get() : archive.get(name, destination);
    if (fetched.name().equals(name)) {
      spool.forget(segment, clock.instant());
      runAhead(segment, descent, WalArchive.sizeOf(fetched));
    }
    return fetched;
  }

  private void awaitRunning(WalName.Segment segment) {
    var fetching = running.get(segment);
    if (fetching == null) {
      return;
    }
    try {
      fetching.get();
    } catch (ExecutionException | java.util.concurrent.CancellationException _) {
      // It is fetched again, and then it is the question's own error.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw WalArchive.interrupted(segment.text());
    }
  }

  /// What tells a timeline from another one of the same number: where it branched off.
  private String descent(int timeline) {
    var known = descents.get(timeline);
    if (known != null) {
      return known;
    }
    var number = "%08X".formatted(timeline);
    if (timeline == 1) {
      return number;
    }
    var history = archive.historyText(timeline);
    var descent = history.map(text -> number + "-" + digest(text)).orElse(number);
    if (history.isPresent()) {
      descents.put(timeline, descent);
    }
    return descent;
  }

  private static String digest(byte[] text) {
    return WalArchiver.digest(new String(text, StandardCharsets.ISO_8859_1));
  }

  private synchronized void runAhead(WalName.Segment from, String descent, SegmentSize size) {
    var segment = from;
    for (var count = 0; count < ahead && !workers.isShutdown(); count++) {
      segment = segment.next(size);
      if (!running.containsKey(segment) && !spool.has(segment, descent)) {
        if (!spool.take(size)) {
          return;
        }
        var next = segment;
        // Known before it runs, or it could end before it is known.
        var task =
            new java.util.concurrent.FutureTask<Void>(() -> fetch(next, descent, size), null);
        running.put(next, task);
        workers.execute(task);
      }
    }
  }

  private void fetch(WalName.Segment segment, String descent, SegmentSize size) {
    try {
      var cradle = spool.cradle(segment);
      try {
        archive.getWhole(segment, cradle);
        spool.keep(segment, descent, cradle);
      } finally {
        Files.deleteIfExists(cradle);
      }
    } catch (ProblemException | IOException _) {
      // Not there yet, damaged, store or disk in trouble: whoever asks for it will be told.
    } finally {
      spool.give(size);
      running.remove(segment);
    }
  }

  /// Waits until nothing is being fetched, for processes that end after one question.
  public void awaitAhead() {
    for (var segment : running.keySet()) {
      awaitRunning(segment);
    }
  }

  /// Gives up what is being fetched, and stops.
  @Override
  public void close() {
    workers.shutdownNow();
    try {
      workers.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
