package io.cooper.flux.source;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// How a repository names the bytes of a file: by the hash of a header and the bytes
/// (gitformat-loose, hash-function-transition).
enum BlobFormat {
  SHA1("SHA-1"),
  SHA256("SHA-256");

  private final String algorithm;

  BlobFormat(String algorithm) {
    this.algorithm = algorithm;
  }

  /// What a name looks like: a blob's id, and how many bytes it has.
  static String name(String id, long size) {
    return id + ":" + size;
  }

  String nameOf(byte[] bytes) {
    try {
      var digest = MessageDigest.getInstance(algorithm);
      digest.update(("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII));
      return name(HexFormat.of().formatHex(digest.digest(bytes)), bytes.length);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}
