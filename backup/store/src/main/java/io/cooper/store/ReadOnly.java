package io.cooper.store;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/// A store that is only read from: whoever holds it can neither write nor delete, whatever the
/// credentials behind it allow.
public final class ReadOnly extends AroundStore {
  private ReadOnly(ObjectStore inner) {
    super(inner);
  }

  /// The same objects, to be read.
  public static ObjectStore of(ObjectStore store) {
    return new ReadOnly(store);
  }

  @Override
  public NewObject create(String key, Intent intent) throws StoreException {
    throw refused(key, "written");
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    if (!keys.isEmpty()) {
      throw refused(keys.iterator().next(), "deleted");
    }
  }

  @Override
  public List<Abandoned> abandoned(String prefix) throws StoreException {
    return inner.abandoned(prefix).stream().<Abandoned>map(Seen::new).toList();
  }

  private StoreException refused(String key, String what) {
    return new StoreException(
        new Problem(
            Code.STORE_REFUSED,
            name() + "/" + key,
            "was to be %s through a store that is opened to be read".formatted(what),
            "report this: what reads an archive must never change it"));
  }

  /// An upload that may be looked at.
  private final class Seen implements Abandoned {
    private final Abandoned upload;

    Seen(Abandoned upload) {
      this.upload = upload;
    }

    @Override
    public String key() {
      return upload.key();
    }

    @Override
    public Instant begun() {
      return upload.begun();
    }

    @Override
    public void remove() throws StoreException {
      throw refused(upload.key(), "given up");
    }
  }
}
