package io.cooper.store;

import java.io.OutputStream;

/// An object that is being written. Writing does not wait for the store longer than a bounded
/// number of parts is under way, each of a bounded size: together they are all the memory it takes.
///
/// For one thread at a time.
public interface NewObject extends AutoCloseable {
  /// Where the bytes go. A write fails with a [StoreException] as soon as a part could not be
  /// stored; it has taken its bytes nevertheless, see [#resend]. Closing the stream commits
  /// nothing.
  OutputStream bytes();

  /// Takes the whole object from where it can be read again and again, so that the store need not
  /// hold its bytes. Called before anything is written, and then nothing is written.
  ///
  /// @return whether it did; if not, nothing was taken, and the bytes go to [#bytes]
  /// @throws StoreException as a write does: the object has been taken nevertheless, see [#resend]
  default boolean take(Source source) throws StoreException {
    return false;
  }

  /// Sends again what could not be sent, after a write or a commit failed with a code that is worth
  /// retrying: every byte that was handed over is stored or still held. Waits until nothing is left
  /// over; then the writer goes on with its next bytes, or commits again.
  ///
  /// @return whether it is so; if not, nothing was held, and the object has to be given up
  /// @throws StoreException if it failed again
  default boolean resend() throws StoreException {
    return false;
  }

  /// Makes the object visible, whole. Afterwards nothing can be written. Calling it again after it
  /// failed with a code that is worth retrying is safe: if the first call did arrive, the second
  /// finds out and succeeds, also for an object that must be new.
  ///
  /// @throws StoreException if it is not visible; or, with a code that is worth retrying, if that
  ///   is not known: then [ObjectStore#find] tells
  StoredObject commit() throws StoreException;

  /// Gives the object up unless it was committed, and leaves nothing behind as far as the store can
  /// be reached. Never throws: what is left is found by [ObjectStore#abandoned].
  @Override
  void close();
}
