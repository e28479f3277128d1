package io.cooper.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a bucket keeps of objects that are overwritten or deleted, and for how long nobody can
/// remove them: see [ObjectStore#versions]. Each call asks the store.
public interface Versions {
  /// Whether a deleted or overwritten object can be had back: deleting only hides it.
  boolean areKept() throws StoreException;

  /// Whether objects of the bucket can have locks.
  boolean canBeLocked() throws StoreException;

  /// The lock of an object's newest version; empty if it has none, or there is no such object.
  ///
  /// @throws StoreException with [io.cooper.problem.Code#STORE_DENIED] if that may not be asked
  Optional<Lock> lock(String key) throws StoreException;

  /// The names of all versions of an object, the newest first; among them those that only say that
  /// it was deleted.
  List<String> of(String key) throws StoreException;

  /// Removes a version for good, also past a lock if whoever asks may lift it.
  void delete(String key, String version) throws StoreException;

  /// Lets the lock of a version end earlier, if whoever asks may do so.
  void shorten(String key, String version, Instant until) throws StoreException;

  /// A lock.
  ///
  /// @param until when it ends; [Instant#MAX] if somebody has to lift it
  /// @param isFirm whether nobody can shorten it, not even the owner of the bucket
  record Lock(Instant until, boolean isFirm) {}
}
