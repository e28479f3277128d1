package io.cooper.store;

/// What a provider has to do for one new object, so that [PartedObject] can do the rest. No request
/// is tried twice in here.
public interface Upload {
  /// Stores an object that is small enough for one request. Called again after it failed with a
  /// code that is worth retrying, so it must notice when the earlier request did arrive.
  StoredObject whole(Part bytes) throws StoreException;

  /// Begins an upload in parts. Called again if it failed.
  void begin() throws StoreException;

  /// Stores one part. Called by several threads, and again for the same number if it failed.
  ///
  /// @param number counted from 1
  void part(int number, Part bytes) throws StoreException;

  /// Makes one object of the parts. Called again after it failed with a code that is worth
  /// retrying, so it must notice when the earlier request did arrive.
  ///
  /// @param parts how many there are
  /// @param size of all together, in bytes
  StoredObject complete(int parts, long size) throws StoreException;

  /// Removes what was begun. No part is under way any more. Called again if it failed; what is gone
  /// already counts as removed.
  void abort() throws StoreException;
}
