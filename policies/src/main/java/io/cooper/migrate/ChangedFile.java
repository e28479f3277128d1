package io.cooper.migrate;

import java.util.Optional;

/// A file before and after.
///
/// @param before empty if there is no such file yet
/// @param after what is to be in it
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
public record ChangedFile(Optional<byte[]> before, byte[] after) {}
