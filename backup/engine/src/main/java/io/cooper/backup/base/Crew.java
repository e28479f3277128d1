package io.cooper.backup.base;

import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Threads that do work together, while the caller watches. The first that fails ends the work of
/// all; so does an interrupt of the caller. When the call returns, none of them runs any more.
public final class Crew {
  private static final int TICK_MILLIS = 1000;

  private Crew() {}

  /// What the caller does about once a second.
  @FunctionalInterface
  public interface Watch {
    /// An exception ends the work.
    void tick() throws IOException, InterruptedException;
  }

  /// Does all of the work.
  ///
  /// @param size how many threads
  /// @throws IOException what the work threw, like every [ProblemException]
  public static void run(int size, List<Callable<Void>> work, Watch watch)
      throws IOException, InterruptedException {
    var threads =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(size, work.size())),
            Thread.ofPlatform().daemon().name("backup-", 1).factory());
    try {
      var done = new ExecutorCompletionService<Void>(threads);
      work.forEach(done::submit);
      for (int left = work.size(); left > 0; ) {
        var ended =
            Optional.<Future<Void>>ofNullable(done.poll(TICK_MILLIS, TimeUnit.MILLISECONDS));
        if (ended.isPresent()) {
          requireDone(ended.get());
          left--;
        }
        watch.tick();
      }
    } finally {
      threads.shutdownNow();
      awaitEnd(threads);
    }
  }

  private static void requireDone(Future<Void> ended) throws IOException, InterruptedException {
    try {
      ended.get();
    } catch (ExecutionException failed) {
      switch (Objects.requireNonNull(failed.getCause())) {
        case IOException known -> throw known;
        case ProblemException known -> throw known;
        default -> throw new IllegalStateException(failed.getCause());
      }
    }
  }

  /// What they write must not be taken away from under them.
  private static void awaitEnd(ExecutorService threads) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
