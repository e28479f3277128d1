package io.cooper.schemas.cel;

import io.cooper.schemas.value.Addresses;
import java.math.BigInteger;
import java.util.Optional;

/// An IP address and how many of its leading bits count.
record IpRange(IpAddress address, int bits) {
  static Optional<IpRange> parse(String text) {
    if (!Addresses.isCidr(text)) {
      return Optional.empty();
    }
    int slash = text.indexOf('/');
    return IpAddress.parse(text.substring(0, slash))
        .map(address -> new IpRange(address, Integer.parseInt(text.substring(slash + 1))));
  }

  boolean contains(IpAddress other) {
    return other.family() == address.family() && prefix(other, bits).equals(prefix(address, bits));
  }

  boolean contains(IpRange other) {
    return other.bits >= bits && contains(other.address);
  }

  IpRange masked() {
    int size = address.address().getAddress().length;
    var masked = prefix(address, bits).shiftLeft(Byte.SIZE * size - bits);
    var bytes = new byte[size];
    var magnitude = masked.toByteArray();
    for (int i = 0; i < Math.min(size, magnitude.length); i++) {
      bytes[size - 1 - i] = magnitude[magnitude.length - 1 - i];
    }
    try {
      return new IpRange(new IpAddress(java.net.InetAddress.getByAddress(bytes)), bits);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BigInteger prefix(IpAddress address, int bits) {
    var bytes = address.address().getAddress();
    return new BigInteger(1, bytes).shiftRight(Byte.SIZE * bytes.length - bits);
  }

  @Override
  public String toString() {
    return address + "/" + bits;
  }
}
