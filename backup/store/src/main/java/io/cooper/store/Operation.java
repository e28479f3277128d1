package io.cooper.store;

/// What can be asked of a store.
public enum Operation {
  /// Writing an object: [ObjectStore#create] to its commit.
  PUT,
  /// Reading an object.
  GET,
  /// Looking one object up.
  FIND,
  /// Listing objects.
  LIST,
  /// Naming folders.
  FOLDERS,
  /// Removing objects.
  DELETE,
  /// Looking for unfinished uploads.
  ABANDONED
}
