package io.cooper.store;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// What all stores agree on about keys: which are none, and their order.
public final class Keys {
  /// Providers allow 1,024 bytes together with the prefix; more would fail on one and not on
  /// others.
  private static final int AT_MOST_BYTES = 1024;

  /// The order of the keys' UTF-8 bytes, which is that of code points; [String]'s own is not.
  public static final Comparator<String> ORDER =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private static final Set<String> NO_PART = Set.of("", ".", "..");

  private Keys() {}

  /// The key, if it is one.
  ///
  /// @param store its name, for the message
  /// @throws StoreException with [Code#BAD_USE] if no store could have it
  public static String check(String store, String key) throws StoreException {
    var fault = fault(key);
    if (!fault.isEmpty()) {
      throw new StoreException(
          new Problem(Code.BAD_USE, store, "the key “%s” %s".formatted(key, fault), REMEDY));
    }
    return key;
  }

  /// The keys, if all are.
  ///
  /// @param store its name, for the message
  /// @throws StoreException with [Code#BAD_USE] if one is none; then nothing was done with any
  public static List<String> check(String store, Collection<String> keys) throws StoreException {
    for (var key : keys) {
      check(store, key);
    }
    return List.copyOf(keys);
  }

  private static final String REMEDY =
      "use a key of 1 to 1,024 bytes, of parts with one / between two";

  private static String fault(String key) {
    if (key.isEmpty()) {
      return "is empty";
    }
    if (key.startsWith("/") || key.endsWith("/")) {
      return "begins or ends with /";
    }
    if (Arrays.stream(key.split("/", -1)).anyMatch(NO_PART::contains)) {
      return "has a part that is empty, . or ..";
    }
    if (key.indexOf('\0') >= 0) {
      return "has a character U+0000";
    }
    try {
      int bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(key)).limit();
      return bytes > AT_MOST_BYTES ? "has %d bytes".formatted(bytes) : "";
    } catch (CharacterCodingException half) {
      return "has half of a surrogate pair";
    }
  }

  /// What stands between a folder and the next `/`, if a key is in a folder below it; else empty.
  static String childFolder(String folder, String key) {
    int end = key.startsWith(folder) ? key.indexOf('/', folder.length()) : -1;
    return end < 0 ? "" : key.substring(folder.length(), end);
  }
}
