package io.cooper.backup.verify;

import java.util.Arrays;

/// Which names were seen, in sixteen bytes each: of a name, 64 bits are kept. Of a million names
/// two are taken for each other with a probability of 1 to 40 million.
final class Names {
  private static final int SMALLEST = 1 << 10;
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private long[] slots = new long[SMALLEST];
  private int count;

  /// Adds a name.
  ///
  /// @return whether it is new
  boolean add(String name) {
    if (2 * count >= slots.length) {
      grow();
    }
    var sum = sum(name);
    int slot = slot(sum);
    if (slots[slot] == sum) {
      return false;
    }
    slots[slot] = sum;
    count++;
    return true;
  }

  boolean has(String name) {
    var sum = sum(name);
    return slots[slot(sum)] == sum;
  }

  private int slot(long sum) {
    int slot = (int) (sum >>> 32) & slots.length - 1;
    while (slots[slot] != 0 && slots[slot] != sum) {
      slot = slot + 1 & slots.length - 1;
    }
    return slot;
  }

  private void grow() {
    var before = slots;
    slots = new long[before.length * 2];
    Arrays.stream(before).filter(sum -> sum != 0).forEach(sum -> slots[slot(sum)] = sum);
  }

  /// FNV-1a, mixed once more; never 0.
  private static long sum(String name) {
    var sum = OFFSET;
    for (int at = 0; at < name.length(); at++) {
      sum = (sum ^ name.charAt(at)) * PRIME;
    }
    sum ^= sum >>> 33;
    sum *= 0xff51afd7ed558ccdL;
    sum ^= sum >>> 33;
    return sum == 0 ? 1 : sum;
  }
}
