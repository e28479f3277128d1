package io.cooper.store;

import java.time.Instant;

/// An upload that somebody began and did not finish. It costs storage and is in no listing.
public interface Abandoned {
  /// The key that it would have got.
  String key();

  /// When it was begun, by the clock of the store.
  Instant begun();

  /// Removes it. One that is gone meanwhile counts as removed.
  void remove() throws StoreException;
}
