package io.cooper.store;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;

/// A run of bytes of a new object that is sent in one request. It can be read again and again until
/// it is stored, and takes only as much memory as it has bytes.
public final class Part {
  private static final int BLOCK = 128 << 10;

  private final List<byte[]> blocks = new ArrayList<>();
  private int size;

  Part() {}

  /// In bytes.
  public int size() {
    return size;
  }

  /// The bytes, from the first one.
  public InputStream open() {
    var streams = new ArrayList<InputStream>();
    for (int at = 0; at < size; at += BLOCK) {
      streams.add(new ByteArrayInputStream(blocks.get(at / BLOCK), 0, Math.min(BLOCK, size - at)));
    }
    return switch (streams.size()) {
      case 0 -> InputStream.nullInputStream();
      case 1 -> streams.getFirst();
      default -> new SequenceInputStream(Collections.enumeration(streams));
    };
  }

  /// Takes bytes up to a size of the whole, into blocks of which used ones come first.
  int take(byte[] from, int offset, int length, int upTo, Queue<byte[]> used) {
    int taken = Math.min(length, upTo - size);
    for (int left = taken; left > 0; ) {
      if (size % BLOCK == 0) {
        var block = used.poll();
        blocks.add(block == null ? new byte[BLOCK] : block);
      }
      int count = Math.min(left, BLOCK - size % BLOCK);
      System.arraycopy(from, offset + taken - left, blocks.getLast(), size % BLOCK, count);
      size += count;
      left -= count;
    }
    return taken;
  }

  /// Gives the blocks back; the part is empty afterwards.
  void release(Queue<byte[]> used) {
    used.addAll(blocks);
    blocks.clear();
    size = 0;
  }
}
