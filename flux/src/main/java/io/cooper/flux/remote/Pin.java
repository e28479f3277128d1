package io.cooper.flux.remote;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What an address gave when it was asked.
///
/// @param url the address
/// @param sha256 of the bytes, in 64 hexadecimal digits
/// @param size number of bytes
public record Pin(String url, String sha256, long size) {
  public Pin {
    if (!sha256.matches("[0-9a-f]{64}") || size < 0) {
      throw new IllegalArgumentException("not a SHA-256 digest and a size: " + sha256);
    }
  }

  /// The pin of these bytes.
  public static Pin of(String url, byte[] bytes) {
    return new Pin(url, digest(bytes), bytes.length);
  }

  /// Where the copy lies, relative to the root of the repository. Addresses with the same bytes
  /// share it.
  public String path() {
    return VendoredFiles.FOLDER + "/" + sha256 + ".yaml";
  }

  static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
