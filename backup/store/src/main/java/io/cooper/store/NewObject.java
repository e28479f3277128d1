package io.cooper.store;

import java.io.OutputStream;

/// An object that is being written. Writing does not wait for the store longer than a bounded
/// number of parts is under way, each of a bounded size: together they are all the memory it takes.
///
/// For one thread at a time.
public interface NewObject extends AutoCloseable {
  /// Where the bytes go. A write fails with a [StoreException] as soon as a part could not be
  /// stored. Closing the stream commits nothing.
  OutputStream bytes();

  /// Makes the object visible, whole. Afterwards nothing can be written.
  ///
  /// @throws StoreException if it is not visible; or, with a code that is worth retrying, if that
  ///   is not known: then [ObjectStore#find] tells
  StoredObject commit() throws StoreException;

  /// Gives the object up unless it was committed, and leaves nothing behind as far as the store can
  /// be reached. Never throws: what is left is found by [ObjectStore#abandoned].
  @Override
  void close();
}
