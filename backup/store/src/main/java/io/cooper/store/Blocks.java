package io.cooper.store;

import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Memory for bytes that are on their way, taken again when they have arrived: what is allocated
/// for each object anew keeps a small heap's collector busier than the network.
///
/// It can have a limit, over all objects that share it. A writer waits where it is reached, except
/// for the last one that does not: that one goes on, ends, and gives its blocks back. So the limit
/// is passed by what one object holds, and nobody waits for ever. A thread that writes several
/// objects in turn must not use one with a limit.
public final class Blocks {
  /// In bytes, of one block.
  static final int SIZE = 128 << 10;

  private final ArrayDeque<byte[]> idle = new ArrayDeque<>();
  private final int mostIdle;
  private final int most;
  private int inUse;
  private int writers;
  private int waiting;

  /// Without a limit.
  ///
  /// @param mostIdle bytes that are kept while nobody writes
  public Blocks(int mostIdle) {
    this(mostIdle, Integer.MAX_VALUE);
  }

  /// With a limit.
  ///
  /// @param mostIdle bytes that are kept while nobody writes
  /// @param most bytes that all writers together may use
  public Blocks(int mostIdle, int most) {
    this.mostIdle = mostIdle / SIZE;
    this.most = most / SIZE;
  }

  /// Somebody begins to take blocks.
  synchronized void begin() {
    writers++;
  }

  /// Somebody takes no more, and gave back what it took.
  synchronized void end() {
    writers--;
    while (writers == 0 && idle.size() > mostIdle) {
      idle.pop();
    }
    notifyAll();
  }

  /// A block of any content. Waits while there are too many, unless nobody else would go on.
  byte[] take() {
    var block = poll();
    return block == null ? new byte[SIZE] : block;
  }

  private synchronized byte @Nullable [] poll() {
    waiting++;
    var interrupted = false;
    while (inUse >= most && waiting < writers) {
      try {
        wait();
      } catch (InterruptedException stopped) {
        interrupted = true;
        break;
      }
    }
    waiting--;
    inUse++;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return idle.poll();
  }

  /// How many blocks nothing needs.
  synchronized int idle() {
    return idle.size();
  }

  /// How many blocks are used.
  synchronized int inUse() {
    return inUse;
  }

  /// Gives blocks back, which nobody reads any more.
  synchronized void give(Collection<byte[]> blocks) {
    inUse -= blocks.size();
    for (var block : blocks) {
      if (writers > 0 || idle.size() < mostIdle) {
        idle.push(block);
      }
    }
    notifyAll();
  }
}
