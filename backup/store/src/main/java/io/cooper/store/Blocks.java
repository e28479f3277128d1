package io.cooper.store;

import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Memory for bytes that are on their way, taken again when they have arrived: what is allocated
/// for each object anew keeps a small heap's collector busier than the network.
public final class Blocks {
  /// In bytes, of one block.
  static final int SIZE = 128 << 10;

  private final ArrayDeque<byte[]> idle = new ArrayDeque<>();
  private final int mostIdle;

  /// @param mostIdle bytes that are kept while nothing needs them
  public Blocks(int mostIdle) {
    this.mostIdle = mostIdle / SIZE;
  }

  /// A block of any content.
  byte[] take() {
    var block = poll();
    return block == null ? new byte[SIZE] : block;
  }

  private synchronized byte @Nullable [] poll() {
    return idle.poll();
  }

  /// How many blocks nothing needs.
  synchronized int idle() {
    return idle.size();
  }

  /// Gives blocks back, which nobody reads any more.
  synchronized void give(Collection<byte[]> blocks) {
    for (var block : blocks) {
      if (idle.size() < mostIdle) {
        idle.push(block);
      }
    }
  }
}
