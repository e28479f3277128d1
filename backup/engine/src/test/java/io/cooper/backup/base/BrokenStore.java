package io.cooper.backup.base;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.Abandoned;
import io.cooper.store.Intent;
import io.cooper.store.NewObject;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredBytes;
import io.cooper.store.StoredObject;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A store in which archives cannot grow beyond a size: there, something happens.
final class BrokenStore implements ObjectStore {
  private final ObjectStore store;
  private final long limit;
  private final Happening happening;

  interface Happening {
    void now() throws IOException;
  }

  BrokenStore(ObjectStore store, long limit, Happening happening) {
    this.store = store;
    this.limit = limit;
    this.happening = happening;
  }

  /// A store that refuses more.
  static BrokenStore refusing(ObjectStore store, long limit) {
    return new BrokenStore(
        store,
        limit,
        () -> {
          throw new StoreException(
              new Problem(Code.STORE_BUSY, store.name(), "does not take more", "wait"));
        });
  }

  @Override
  public NewObject create(String key, Intent intent) throws StoreException {
    var object = store.create(key, intent);
    return key.contains(".tar") ? new Limited(object) : object;
  }

  private final class Limited implements NewObject {
    private final NewObject object;
    private long size;

    Limited(NewObject object) {
      this.object = object;
    }

    @Override
    public OutputStream bytes() {
      return new FilterOutputStream(object.bytes()) {
        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
          boolean before = size < limit;
          size += length;
          if (before && size >= limit) {
            happening.now();
          }
          out.write(from, offset, length);
        }
      };
    }

    @Override
    public StoredObject commit() throws StoreException {
      return object.commit();
    }

    @Override
    public void close() {
      object.close();
    }
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public StoredBytes open(String key, long from, long length) throws StoreException {
    return store.open(key, from, length);
  }

  @Override
  public Optional<StoredObject> find(String key) throws StoreException {
    return store.find(key);
  }

  @Override
  public Stream<StoredObject> list(String prefix, String after) throws StoreException {
    return store.list(prefix, after);
  }

  @Override
  public List<String> folders(String folder) throws StoreException {
    return store.folders(folder);
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    store.delete(keys);
  }

  @Override
  public List<Abandoned> abandoned(String prefix) throws StoreException {
    return store.abandoned(prefix);
  }

  @Override
  public void close() {
    store.close();
  }
}
