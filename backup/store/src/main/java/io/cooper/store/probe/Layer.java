package io.cooper.store.probe;

/// What has to work, in the order in which one needs the other.
public enum Layer {
  /// The endpoint's name has an address.
  DNS,
  /// Its port takes connections.
  TCP,
  /// Its certificate is trusted and is for this name.
  TLS,
  /// It speaks HTTP.
  HTTP,
  /// The store knows who asks.
  AUTHENTICATION,
  /// The bucket is there, and where it was said to be.
  BUCKET,
  /// Below the prefix, objects may be listed.
  PREFIX,
  /// An object can be written.
  PUT,
  /// It comes back as it was written.
  GET,
  /// It is in the listing.
  LIST,
  /// It can be removed, and is gone then.
  DELETE
}
