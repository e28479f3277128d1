package io.cooper.store;

import java.util.Map;

/// What a new object is to be.
///
/// @param replace whether it may take the place of an object of the same key. If not, and there is
///   one, the commit fails with [io.cooper.problem.Code#OBJECT_EXISTS] and the old one stays, also
///   when two writers race, on stores that have conditional writes
/// @param atMost bytes that the object can have; decides the size of the parts it is sent in
/// @param tags given to the object where the provider has tags or metadata
public record Intent(boolean replace, long atMost, Map<String, String> tags) {
  /// Room for what is not known to be larger: the largest archive that barman-cloud makes.
  private static final long USUALLY_AT_MOST = 100L << 30;

  public Intent {
    tags = Map.copyOf(tags);
  }

  /// An object that may replace another one, of up to 100 GiB.
  public static Intent replacing() {
    return new Intent(true, USUALLY_AT_MOST, Map.of());
  }

  /// An object under a key that nobody has, of up to 100 GiB.
  public static Intent onlyNew() {
    return new Intent(false, USUALLY_AT_MOST, Map.of());
  }

  /// The same, of a size that is known.
  public Intent ofAtMost(long bytes) {
    return new Intent(replace, bytes, tags);
  }

  /// The same, with tags.
  public Intent tagged(Map<String, String> more) {
    return new Intent(replace, atMost, more);
  }
}
