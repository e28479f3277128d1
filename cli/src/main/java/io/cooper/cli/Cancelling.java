package io.cooper.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Makes Ctrl-C and SIGTERM cancel the work of a thread rather than break it off: the thread is
/// interrupted, and the program ends when it has cleaned up behind itself, or has not within a time
/// that is shorter than what Kubernetes grants.
final class Cancelling implements AutoCloseable {
  private static final int SECONDS = 25;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  private Cancelling(Thread worker) {
    this.hook =
        new Thread(
            () -> {
              worker.interrupt();
              await();
            },
            "cancel");
  }

  /// Cancels the calling thread from now on, until it is closed.
  static Cancelling here() {
    var cancelling = new Cancelling(Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(cancelling.hook);
    return cancelling;
  }

  private void await() {
    try {
      if (!done.await(SECONDS, TimeUnit.SECONDS)) {
        System.err.println("cooper: cancelled, and not all could be cleaned up");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // It is running: this is the end it waits for.
    }
  }
}
