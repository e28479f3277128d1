package io.cooper.store;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Holds back what writes and reads, so that all of them together take no more than a share of the
/// network. What was not used in the last moments may be used at once, up to a quarter of a
/// second's worth.
public final class Throttled extends AroundStore {
  /// A rate that holds nothing back.
  public static final long UNLIMITED = Long.MAX_VALUE;

  private final Rate up;
  private final Rate down;

  /// Around a store, by the clock of the machine.
  ///
  /// @param up bytes that are written in a second, or [#UNLIMITED]
  /// @param down bytes that are read in a second, or [#UNLIMITED]
  public static Throttled of(ObjectStore store, long up, long down) {
    return new Throttled(store, up, down, System::nanoTime, Sleeper.ofThread());
  }

  /// Around a store, by another clock.
  ///
  /// @param nanos the time, from any origin
  public Throttled(ObjectStore store, long up, long down, LongSupplier nanos, Sleeper sleeper) {
    super(store);
    this.up = new Rate(up, nanos, sleeper);
    this.down = new Rate(down, nanos, sleeper);
  }

  /// Bytes per second, for all threads together.
  private static final class Rate {
    private static final long SAVED = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int SLICES_PER_SECOND = 20;
    private static final int SMALLEST_SLICE = 512;

    private final long perSecond;
    private final LongSupplier nanos;
    private final Sleeper sleeper;
    private long freeAt = Long.MIN_VALUE;

    Rate(long perSecond, LongSupplier nanos, Sleeper sleeper) {
      if (perSecond <= 0) {
        throw new IllegalArgumentException("a rate is at least 1 byte per second");
      }
      this.perSecond = perSecond;
      this.nanos = nanos;
      this.sleeper = sleeper;
    }

    /// How many bytes go at once, so that no wait is long.
    int slice(int wanted) {
      return (int) Math.min(wanted, Math.max(SMALLEST_SLICE, perSecond / SLICES_PER_SECOND));
    }

    /// Waits until the bytes may pass.
    void take(int bytes) throws IOException {
      if (perSecond == UNLIMITED) {
        return;
      }
      long wait = reserve(bytes);
      if (wait > 0) {
        try {
          sleeper.sleep(Duration.ofNanos(wait));
        } catch (InterruptedException stopped) {
          Thread.currentThread().interrupt();
          throw new IOException("interrupted while held back", stopped);
        }
      }
    }

    private synchronized long reserve(int bytes) {
      long now = nanos.getAsLong();
      long begin = freeAt == Long.MIN_VALUE ? now : Math.max(freeAt, now - SAVED);
      freeAt = begin + (long) (bytes * (double) TimeUnit.SECONDS.toNanos(1) / perSecond);
      return freeAt - now;
    }
  }

  @Override
  public NewObject create(String key, Intent intent) throws StoreException {
    return new AroundObject(inner.create(key, intent)) {
      @Override
      public OutputStream bytes() {
        return slow(super.bytes());
      }

      @Override
      public boolean take(Source source) throws StoreException {
        return inner.take(slow(source));
      }
    };
  }

  private Source slow(Source source) {
    return new Source() {
      @Override
      public String name() {
        return source.name();
      }

      @Override
      public long size() {
        return source.size();
      }

      @Override
      public InputStream open(long from) throws IOException {
        return slow(source.open(from), up);
      }
    };
  }

  private OutputStream slow(OutputStream out) {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        // Not in slices: a write that fails has taken all of its bytes.
        up.take(length);
        out.write(from, offset, length);
      }
    };
  }

  @Override
  public StoredBytes open(String key, long from, long length) throws StoreException {
    var bytes = inner.open(key, from, length);
    return StoredBytes.of(name(), bytes.object(), slow(bytes, down), from, length);
  }

  private static InputStream slow(InputStream bytes, Rate rate) {
    return new FilterInputStream(bytes) {
      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int count = super.read(into, offset, rate.slice(length));
        rate.take(Math.max(0, count));
        return count;
      }
    };
  }
}
