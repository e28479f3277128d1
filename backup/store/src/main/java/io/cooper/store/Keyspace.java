package io.cooper.store;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// The keys of one store, below its prefix in a bucket, for as long as the store is open. Clouds
/// know only the whole key; all else knows only what follows the prefix.
public final class Keyspace {
  /// What S3, Google Cloud Storage and Azure take.
  private static final int AT_MOST_BYTES = 1024;

  private final String store;
  private final String begin;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// The keys of a store that was just opened.
  ///
  /// @param store its name, for messages
  /// @param prefix without `/` at its ends; may be empty
  public Keyspace(String store, String prefix) {
    this.store = store;
    this.begin = prefix.isEmpty() ? "" : prefix + "/";
  }

  /// The key in the bucket, if it is one and the store is open.
  ///
  /// @throws StoreException with [Code#BAD_USE]
  public String check(String key) throws StoreException {
    requireOpen();
    var full = full(Keys.check(store, key));
    int bytes = full.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > AT_MOST_BYTES) {
      throw new StoreException(
          new Problem(
              Code.BAD_USE,
              store,
              "the key “%s” has %d bytes with the prefix, at most 1,024 are allowed"
                  .formatted(key, bytes),
              "use a shorter prefix"));
    }
    return full;
  }

  /// The keys, each once, if all are keys and the store is open.
  ///
  /// @throws StoreException with [Code#BAD_USE]; then nothing was done with any
  public List<String> check(Collection<String> keys) throws StoreException {
    requireOpen();
    return Keys.check(store, keys).stream().distinct().toList();
  }

  /// The key, or the beginning of keys, in the bucket.
  public String full(String key) {
    return begin + key;
  }

  /// What follows the prefix.
  ///
  /// @param full a key in the bucket that begins with the prefix
  public String relative(String full) {
    return full.substring(begin.length());
  }

  /// Ends the time of the store.
  ///
  /// @return whether it was open until now
  public boolean close() {
    return !closed.getAndSet(true);
  }

  /// Does nothing while the store is open.
  ///
  /// @throws StoreException with [Code#BAD_USE] afterwards
  public void requireOpen() throws StoreException {
    if (closed.get()) {
      throw Problems.closed(store, "the store");
    }
  }
}
