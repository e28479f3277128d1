package io.cooper.store;

import java.io.UncheckedIOException;

/// Carries a [StoreException] out of a stream.
public final class UncheckedStoreException extends UncheckedIOException {
  private static final long serialVersionUID = 1;

  private final StoreException store;

  /// @param cause what the store could not do
  public UncheckedStoreException(StoreException cause) {
    super(cause);
    this.store = cause;
  }

  /// What the store could not do.
  public StoreException store() {
    return store;
  }
}
