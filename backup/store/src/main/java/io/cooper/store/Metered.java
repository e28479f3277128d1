package io.cooper.store;

import io.cooper.problem.Code;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// Tells a listener what was asked of a store, how long it took and what came of it.
///
/// The time of a writer or reader is what its caller spent in the store, not what lay between two
/// calls; the time of a listing is that of its first page.
public final class Metered implements ObjectStore {
  private final ObjectStore store;
  private final Meter meter;
  private final LongSupplier nanos;

  /// Who wants to know.
  @FunctionalInterface
  public interface Meter {
    /// Something was asked and ended. Called by the thread that asked; must not throw.
    ///
    /// @param bytes written or read; 0 for what moves none
    /// @param failure the last one; absent if it succeeded in the end, or was given up before
    void ended(Operation operation, Duration took, long bytes, Optional<Code> failure);
  }

  /// Around a store, by the clock of the machine.
  public static Metered of(ObjectStore store, Meter meter) {
    return new Metered(store, meter, System::nanoTime);
  }

  /// Around a store, by another clock.
  ///
  /// @param nanos the time, from any origin
  public Metered(ObjectStore store, Meter meter, LongSupplier nanos) {
    this.store = store;
    this.meter = meter;
    this.nanos = nanos;
  }

  /// One thing that was asked, while it lasts.
  private final class Watch {
    private final Operation operation;
    private long spent;
    private long bytes;
    private Optional<Code> failure = Optional.empty();
    private boolean told;

    Watch(Operation operation) {
      this.operation = operation;
    }

    <T, E extends IOException> T spend(Call<T, E> call) throws E {
      long begin = nanos.getAsLong();
      try {
        return call.run();
      } catch (IOException failed) {
        failure = failed instanceof StoreException known ? Optional.of(known.code()) : failure;
        throw failed;
      } finally {
        spent += nanos.getAsLong() - begin;
      }
    }

    void tell() {
      if (!told) {
        told = true;
        meter.ended(operation, Duration.ofNanos(spent), bytes, failure);
      }
    }
  }

  private interface Call<T, E extends IOException> {
    T run() throws E;
  }

  private <T> T once(Operation operation, Call<T, StoreException> call) throws StoreException {
    var watch = new Watch(operation);
    try {
      return watch.spend(call);
    } finally {
      watch.tell();
    }
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public NewObject create(String key, Intent intent) throws StoreException {
    var watch = new Watch(Operation.PUT);
    try {
      return new Watched(watch.spend(() -> store.create(key, intent)), watch);
    } catch (StoreException failure) {
      watch.tell();
      throw failure;
    }
  }

  private static final class Watched extends AroundObject {
    private final Watch watch;
    private boolean committed;

    Watched(NewObject inner, Watch watch) {
      super(inner);
      this.watch = watch;
    }

    @Override
    public OutputStream bytes() {
      var out = inner.bytes();
      return new OutputStream() {
        @Override
        public void write(int one) throws IOException {
          write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
          watch.<Boolean, IOException>spend(() -> {
            out.write(from, offset, length);
            return true;
          });
          watch.bytes += length;
        }
      };
    }

    @Override
    public boolean take(Source source) throws StoreException {
      boolean taken = watch.spend(() -> inner.take(source));
      watch.bytes += taken ? source.size() : 0;
      return taken;
    }

    @Override
    public boolean resend() throws StoreException {
      return watch.spend(inner::resend);
    }

    @Override
    public StoredObject commit() throws StoreException {
      if (committed) {
        return inner.commit();
      }
      var stored = watch.spend(inner::commit);
      committed = true;
      watch.failure = Optional.empty();
      watch.tell();
      return stored;
    }

    @Override
    public void close() {
      inner.close();
      watch.tell();
    }
  }

  @Override
  public StoredBytes open(String key, long from, long length) throws StoreException {
    var watch = new Watch(Operation.GET);
    try {
      var bytes = watch.spend(() -> store.open(key, from, length));
      return StoredBytes.of(name(), bytes.object(), watched(bytes, watch), from, length);
    } catch (StoreException failure) {
      watch.tell();
      throw failure;
    }
  }

  private static FilterInputStream watched(StoredBytes bytes, Watch watch) {
    return new FilterInputStream(bytes) {
      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int count = watch.<Integer, IOException>spend(() -> super.read(into, offset, length));
        watch.bytes += Math.max(0, count);
        return count;
      }

      @Override
      public void close() throws IOException {
        super.close();
        watch.tell();
      }
    };
  }

  @Override
  public Optional<StoredObject> find(String key) throws StoreException {
    return once(Operation.FIND, () -> store.find(key));
  }

  @Override
  public Stream<StoredObject> list(String prefix, String after) throws StoreException {
    return once(Operation.LIST, () -> store.list(prefix, after));
  }

  @Override
  public List<String> folders(String folder) throws StoreException {
    return once(Operation.FOLDERS, () -> store.folders(folder));
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    once(
        Operation.DELETE,
        () -> {
          store.delete(keys);
          return keys;
        });
  }

  @Override
  public List<Abandoned> abandoned(String prefix) throws StoreException {
    return once(Operation.ABANDONED, () -> store.abandoned(prefix));
  }

  @Override
  public Optional<Versions> versions() {
    return store.versions();
  }

  @Override
  public void close() {
    store.close();
  }
}
