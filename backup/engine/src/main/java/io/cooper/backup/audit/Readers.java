package io.cooper.backup.audit;

import io.cooper.store.StoreException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/// Threads that read, and no more at once than were wanted. The first failure ends all.
final class Readers implements AutoCloseable {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore free;
  private final int jobs;
  private final AtomicReference<Optional<StoreException>> failed =
      new AtomicReference<>(Optional.empty());
  private final AtomicReference<Optional<RuntimeException>> broken =
      new AtomicReference<>(Optional.empty());

  Readers(int jobs) {
    this.jobs = jobs;
    this.free = new Semaphore(jobs);
  }

  /// Something that reads.
  interface Reading {
    void run() throws StoreException;
  }

  /// Reads as soon as there is a thread for it.
  void read(Reading reading) throws StoreException, InterruptedException {
    free.acquire();
    requireGood();
    threads.execute(() -> {
      try {
        reading.run();
      } catch (StoreException failure) {
        failed.set(Optional.of(failure));
      } catch (RuntimeException failure) {
        broken.set(Optional.of(failure));
      } finally {
        free.release();
      }
    });
  }

  /// Waits for all.
  void await() throws StoreException, InterruptedException {
    free.acquire(jobs);
    free.release(jobs);
    requireGood();
  }

  private void requireGood() throws StoreException {
    var failure = failed.get();
    if (failure.isPresent()) {
      throw failure.get();
    }
    var mistake = broken.get();
    if (mistake.isPresent()) {
      throw mistake.get();
    }
  }

  @Override
  public void close() {
    threads.close();
  }
}
