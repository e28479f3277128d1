package io.cooper.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A store around a store, which changes nothing: what stands around one overrides what it changes.
/// Closing it closes the inner one.
public abstract class AroundStore implements ObjectStore {
  /// What it stands around.
  protected final ObjectStore inner;

  /// Around a store.
  protected AroundStore(ObjectStore inner) {
    this.inner = inner;
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public NewObject create(String key, Intent intent) throws StoreException {
    return inner.create(key, intent);
  }

  @Override
  public StoredBytes open(String key, long from, long length) throws StoreException {
    return inner.open(key, from, length);
  }

  @Override
  public Optional<StoredObject> find(String key) throws StoreException {
    return inner.find(key);
  }

  @Override
  public Stream<StoredObject> list(String prefix, String after) throws StoreException {
    return inner.list(prefix, after);
  }

  @Override
  public List<String> folders(String folder) throws StoreException {
    return inner.folders(folder);
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    inner.delete(keys);
  }

  @Override
  public List<Abandoned> abandoned(String prefix) throws StoreException {
    return inner.abandoned(prefix);
  }

  @Override
  public Optional<Versions> versions() {
    return inner.versions();
  }

  @Override
  public void close() {
    inner.close();
  }
}
