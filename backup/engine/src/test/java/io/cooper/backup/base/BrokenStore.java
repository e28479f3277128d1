package io.cooper.backup.base;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.AroundStore;
import io.cooper.store.Intent;
import io.cooper.store.NewObject;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// A store in which archives cannot grow beyond a size: there, something happens.
final class BrokenStore extends AroundStore {
  private final long limit;
  private final Happening happening;

  interface Happening {
    void now() throws IOException;
  }

  BrokenStore(ObjectStore store, long limit, Happening happening) {
    super(store);
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
    var object = inner.create(key, intent);
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
}
