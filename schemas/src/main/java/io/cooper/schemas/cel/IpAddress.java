package io.cooper.schemas.cel;

import io.cooper.schemas.value.Addresses;
import java.net.InetAddress;
import java.util.Optional;

/// An IP address without a zone, as the API server's `ip()` reads it: no IPv4 mapped into IPv6.
record IpAddress(InetAddress address) {
  private static final int LINK_LOCAL = 224;

  static Optional<IpAddress> parse(String text) {
    return Addresses.bytes(text)
        .filter(bytes -> text.indexOf(':') < 0 || bytes.length > 4)
        .map(_ -> new IpAddress(InetAddress.ofLiteral(text)));
  }

  long family() {
    return address.getAddress().length == 4 ? 4 : 6;
  }

  boolean isLinkLocalMulticast() {
    var bytes = address.getAddress();
    return bytes.length == 4
        ? (bytes[0] & 0xFF) == LINK_LOCAL && bytes[1] == 0 && bytes[2] == 0
        : address.isMCLinkLocal();
  }

  boolean isGlobalUnicast() {
    return !(address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isMulticastAddress()
        || address.isLinkLocalAddress()
        || address.getHostAddress().equals("255.255.255.255"));
  }

  /// In the shortest form (RFC 5952).
  @Override
  public String toString() {
    var bytes = address.getAddress();
    return bytes.length == 4 ? address.getHostAddress() : shortest(bytes);
  }

  private static String shortest(byte[] bytes) {
    var groups = new int[bytes.length / 2];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = (bytes[2 * i] & 0xFF) << Byte.SIZE | (bytes[2 * i + 1] & 0xFF);
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < groups.length; i++) {
      int end = i;
      while (end < groups.length && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    var text = new StringBuilder();
    for (int i = 0; i < groups.length; i++) {
      if (i == start) {
        text.append("::");
        i += length - 1;
      } else {
        text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
            .append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
