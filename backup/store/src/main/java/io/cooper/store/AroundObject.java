package io.cooper.store;

import java.io.OutputStream;

/// A new object around a new object.
abstract class AroundObject implements NewObject {
  final NewObject inner;

  AroundObject(NewObject inner) {
    this.inner = inner;
  }

  @Override
  public OutputStream bytes() {
    return inner.bytes();
  }

  @Override
  public boolean resend() throws StoreException {
    return inner.resend();
  }

  @Override
  public StoredObject commit() throws StoreException {
    return inner.commit();
  }

  @Override
  public void close() {
    inner.close();
  }
}
