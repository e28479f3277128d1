package io.cooper.store;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Tries again what may succeed later, and nothing else: codes that are [Code#worthRetrying].
///
/// - A writer goes on where it was, with the parts that it still holds ([NewObject#resend]).
/// - A stream that breaks goes on at the byte that is next, if the object is still the same; if it
///   was replaced meanwhile, the stream fails with [Code#OBJECT_DAMAGED] rather than mix two.
/// - A listing goes on after the last key.
///
/// Counting begins anew with each success: what is limited is the time in which nothing goes on.
public final class Retrying implements ObjectStore {
  private final ObjectStore store;
  private final Pace pace;
  private final Sleeper sleeper;
  private final DoubleSupplier random;

  /// How often and when.
  ///
  /// @param attempts of one request, the first included
  /// @param first pause at most; doubled each time
  /// @param longest pause at most
  public record Pace(int attempts, Duration first, Duration longest) {
    /// Six attempts in about half a minute: longer than most stores are busy, shorter than
    /// PostgreSQL's patience with an archiver.
    public static Pace usual() {
      return new Pace(6, Duration.ofMillis(500), Duration.ofSeconds(15));
    }

    /// The pause after a failure: between a half and the whole of what doubles each time, so that
    /// many clients do not come back at once.
    ///
    /// @param failures so far, at least 1
    /// @param chance from 0 to 1
    Duration pause(int failures, double chance) {
      double doubled = (double) first.toNanos() * Math.pow(2, failures - 1.0);
      double most = Math.min(doubled, (double) longest.toNanos());
      return Duration.ofNanos((long) (most * (1 + chance) / 2));
    }
  }

  private interface Call<T> {
    T run() throws StoreException;
  }

  /// Around a store, at the usual pace.
  public static Retrying of(ObjectStore store) {
    return new Retrying(
        store, Pace.usual(), Sleeper.ofThread(), () -> ThreadLocalRandom.current().nextDouble());
  }

  /// Around a store.
  ///
  /// @param random gives numbers from 0 to 1
  public Retrying(ObjectStore store, Pace pace, Sleeper sleeper, DoubleSupplier random) {
    this.store = store;
    this.pace = pace;
    this.sleeper = sleeper;
    this.random = random;
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public NewObject create(String key, Intent intent) throws StoreException {
    return new Persistent(attempt(() -> store.create(key, intent)));
  }

  @Override
  public StoredBytes open(String key, long from, long length) throws StoreException {
    var first = attempt(() -> store.open(key, from, length));
    return StoredBytes.of(name(), first.object(), new Resumed(first, from, length), from, length);
  }

  @Override
  public Optional<StoredObject> find(String key) throws StoreException {
    return attempt(() -> store.find(key));
  }

  @Override
  public Stream<StoredObject> list(String prefix, String after) throws StoreException {
    var listing = new Listing(prefix, after);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                listing, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT),
            false)
        .onClose(listing::close);
  }

  @Override
  public List<String> folders(String folder) throws StoreException {
    return attempt(() -> store.folders(folder));
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    attempt(() -> {
      store.delete(keys);
      return keys;
    });
  }

  @Override
  public List<Abandoned> abandoned(String prefix) throws StoreException {
    var found = new ArrayList<Abandoned>();
    attempt(() -> store.abandoned(prefix)).forEach(each -> found.add(new Removal(each)));
    return found;
  }

  @Override
  public Optional<Versions> versions() {
    return store.versions().map(PersistentVersions::new);
  }

  /// Questions about versions, asked again.
  private final class PersistentVersions implements Versions {
    private final Versions inner;

    PersistentVersions(Versions inner) {
      this.inner = inner;
    }

    @Override
    public boolean areKept() throws StoreException {
      return attempt(inner::areKept);
    }

    @Override
    public boolean canBeLocked() throws StoreException {
      return attempt(inner::canBeLocked);
    }

    @Override
    public Optional<Lock> lock(String key) throws StoreException {
      return attempt(() -> inner.lock(key));
    }

    @Override
    public List<String> of(String key) throws StoreException {
      return attempt(() -> inner.of(key));
    }

    @Override
    public void delete(String key, String version) throws StoreException {
      attempt(() -> {
        inner.delete(key, version);
        return version;
      });
    }

    @Override
    public void shorten(String key, String version, Instant until) throws StoreException {
      attempt(() -> {
        inner.shorten(key, version, until);
        return version;
      });
    }
  }

  @Override
  public void close() {
    store.close();
  }

  private <T> T attempt(Call<T> call) throws StoreException {
    for (int failures = 1; ; failures++) {
      try {
        return call.run();
      } catch (StoreException failure) {
        pauseOrThrow(failure, failures);
      }
    }
  }

  /// Waits before the next attempt, if there is to be one.
  private void pauseOrThrow(StoreException failure, int failures) throws StoreException {
    if (!failure.code().worthRetrying() || failures >= pace.attempts()) {
      throw failure;
    }
    try {
      sleeper.sleep(pace.pause(failures, random.getAsDouble()));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      failure.addSuppressed(stopped);
      throw failure;
    }
  }

  private final class Removal implements Abandoned {
    private final Abandoned inner;

    Removal(Abandoned inner) {
      this.inner = inner;
    }

    @Override
    public String key() {
      return inner.key();
    }

    @Override
    public Instant begun() {
      return inner.begun();
    }

    @Override
    public void remove() throws StoreException {
      attempt(() -> {
        inner.remove();
        return inner;
      });
    }
  }

  private final class Persistent extends AroundObject {
    Persistent(NewObject inner) {
      super(inner);
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
          try {
            out.write(from, offset, length);
          } catch (StoreException failure) {
            sendHeldBytes(failure, 1);
          }
        }
      };
    }

    @Override
    public boolean take(Source source) throws StoreException {
      try {
        return inner.take(source);
      } catch (StoreException failure) {
        sendHeldBytes(failure, 1);
        return true;
      }
    }

    /// Returns once everything that was handed over is stored or held.
    private void sendHeldBytes(StoreException first, int failuresBefore) throws StoreException {
      var failure = first;
      for (int failures = failuresBefore; ; failures++) {
        pauseOrThrow(failure, failures);
        boolean holdsAll;
        try {
          holdsAll = inner.resend();
        } catch (StoreException again) {
          failure = again;
          continue;
        }
        if (!holdsAll) {
          throw first;
        }
        return;
      }
    }

    @Override
    public StoredObject commit() throws StoreException {
      for (int failures = 1; ; failures++) {
        try {
          return inner.commit();
        } catch (StoreException failure) {
          sendHeldBytes(failure, failures);
        }
      }
    }
  }

  private final class Resumed extends InputStream {
    private final StoredObject object;
    private StoredBytes source;
    private long next;
    private long left;
    private int failures;

    Resumed(StoredBytes first, long from, long length) {
      this.object = first.object();
      this.source = first;
      this.next = from;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      while (true) {
        try {
          int count = source.read(into, offset, length);
          next += Math.max(0, count);
          left -= Math.max(0, count);
          failures = 0;
          return count;
        } catch (StoreException failure) {
          resume(failure);
        }
      }
    }

    private void resume(StoreException first) throws IOException {
      var failure = first;
      source.close();
      while (true) {
        failures++;
        pauseOrThrow(failure, failures);
        try {
          source = store.open(object.key(), next, left);
          requireSame(source.object(), failure);
          return;
        } catch (StoreException again) {
          failure = again;
        }
      }
    }

    private void requireSame(StoredObject now, StoreException failure) throws StoreException {
      if (now.etag().equals(object.etag()) && now.size() == object.size()) {
        return;
      }
      throw new StoreException(
          new Problem(
              Code.OBJECT_DAMAGED,
              name() + "/" + object.key(),
              "the object was replaced while it was read: %d bytes with tag %s before, %d with %s now"
                  .formatted(object.size(), object.etag(), now.size(), now.etag()),
              "read it again from its beginning, and find out who replaces objects"),
          failure);
    }

    @Override
    public void close() throws IOException {
      source.close();
    }
  }

  /// A listing that goes on after the last key when a page cannot be had.
  private final class Listing implements Iterator<StoredObject> {
    private final String prefix;
    private String last;
    private Stream<StoredObject> stream;
    private Iterator<StoredObject> objects;
    private int failures;

    Listing(String prefix, String after) throws StoreException {
      this.prefix = prefix;
      this.last = after;
      this.stream = attempt(() -> store.list(prefix, after));
      this.objects = stream.iterator();
    }

    @Override
    public boolean hasNext() {
      while (true) {
        try {
          return objects.hasNext();
        } catch (UncheckedStoreException failed) {
          resume(failed.store());
        }
      }
    }

    private void resume(StoreException failure) {
      stream.close();
      try {
        failures++;
        pauseOrThrow(failure, failures);
        stream = attempt(() -> store.list(prefix, last));
        objects = stream.iterator();
      } catch (StoreException givenUp) {
        throw new UncheckedStoreException(givenUp);
      }
    }

    @Override
    public StoredObject next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      var object = objects.next();
      last = object.key();
      failures = 0;
      return object;
    }

    void close() {
      stream.close();
    }
  }
}
