package io.cooper.backup.wal;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.AroundStore;
import io.cooper.store.Intent;
import io.cooper.store.NewObject;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredBytes;
import io.cooper.store.StoredObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A store whose connection is broken for some keys, and which counts what it is asked.
class TroubledStore extends AroundStore {
  volatile Predicate<String> broken = _ -> false;
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger created = new AtomicInteger();

  TroubledStore(ObjectStore store) {
    super(store);
  }

  private void reach(String key) throws StoreException {
    if (broken.test(key)) {
      throw new StoreException(
          new Problem(Code.STORE_UNREACHABLE, name() + "/" + key, "no route to host", "wait"));
    }
  }

  @Override
  public NewObject create(String key, Intent intent) throws StoreException {
    reach(key);
    created.incrementAndGet();
    return inner.create(key, intent);
  }

  @Override
  public StoredBytes open(String key, long from, long length) throws StoreException {
    reach(key);
    opened.incrementAndGet();
    return inner.open(key, from, length);
  }

  @Override
  public Optional<StoredObject> find(String key) throws StoreException {
    reach(key);
    return inner.find(key);
  }

  @Override
  public Stream<StoredObject> list(String prefix, String after) throws StoreException {
    reach(prefix);
    return inner.list(prefix, after);
  }

  @Override
  public List<String> folders(String folder) throws StoreException {
    reach(folder);
    return inner.folders(folder);
  }
}
