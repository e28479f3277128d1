package io.cooper.store;

import java.time.Instant;

/// An object that is there.
///
/// @param key relative to the store's prefix
/// @param size in bytes
/// @param modified by the clock of the store
/// @param etag as the store gives it, for comparing two answers of the same store; may be empty
public record StoredObject(String key, long size, Instant modified, String etag) {}
