package io.cooper.schemas.value;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/// IP addresses and ranges as Go's `net/netip` reads them; nothing is looked up.
public final class Addresses {
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");
  private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

  private Addresses() {}

  /// Whether a text is an IPv4 address in four decimal parts without leading zeros.
  public static boolean isIpv4(String text) {
    return IPV4.matcher(text).matches();
  }

  /// Whether a text is an IPv6 address without a zone.
  public static boolean isIpv6(String text) {
    return text.indexOf(':') >= 0
        && IPV6_CHARACTERS.matcher(text).matches()
        && bytes(text).filter(bytes -> bytes.length >= 4).isPresent();
  }

  /// The bytes of an address: 4 or 16; empty if the text is none.
  public static Optional<byte[]> bytes(String text) {
    boolean four = isIpv4(text);
    if (!four && (text.indexOf(':') < 0 || !IPV6_CHARACTERS.matcher(text).matches())) {
      return Optional.empty();
    }
    try {
      // Only literals come this far, so no resolver is asked.
      return Optional.of(InetAddress.ofLiteral(text).getAddress());
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Whether a text is an address, a slash and a number of bits.
  public static boolean isCidr(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return false;
    }
    var bits = text.substring(slash + 1);
    return bits.matches("0|[1-9][0-9]{0,2}")
        && bytes(text.substring(0, slash))
            .filter(bytes ->
                Integer.parseInt(bits) <= (text.indexOf(':') >= 0 ? 128 : 8 * bytes.length))
            .isPresent();
  }
}
