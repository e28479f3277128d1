package io.cooper.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// A password, key or token. Nothing prints it: only [#reveal] gives it, at the edge to the library
/// that needs it.
public final class Secret {
  private final String value;

  /// @param value what nobody may see
  public Secret(String value) {
    this.value = value;
  }

  /// The value itself.
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
