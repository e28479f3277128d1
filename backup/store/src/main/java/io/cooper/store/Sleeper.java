package io.cooper.store;

import java.time.Duration;

/// Lets time pass.
@FunctionalInterface
public interface Sleeper {
  /// Returns when the time is over.
  void sleep(Duration time) throws InterruptedException;

  /// Sleeps.
  static Sleeper ofThread() {
    return Thread::sleep;
  }
}
