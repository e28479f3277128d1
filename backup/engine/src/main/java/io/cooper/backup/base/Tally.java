package io.cooper.backup.base;

import io.cooper.backup.base.Inventory.DamagedPage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// What all workers together have done so far. For several threads.
final class Tally {
  private static final int MOST_DAMAGE_TOLD = 100;

  private final LongAdder bytes = new LongAdder();
  private final LongAdder files = new LongAdder();
  private final LongAdder vanished = new LongAdder();
  private final LongAdder damagedPages = new LongAdder();
  private final List<DamagedPage> damage = new ArrayList<>();

  void copied(long more) {
    bytes.add(more);
  }

  void copiedFile() {
    files.increment();
  }

  void vanished() {
    vanished.increment();
  }

  void damaged(DamagedPage page) {
    damagedPages.increment();
    synchronized (damage) {
      if (damage.size() < MOST_DAMAGE_TOLD) {
        damage.add(page);
      }
    }
  }

  long bytes() {
    return bytes.sum();
  }

  long files() {
    return files.sum();
  }

  Inventory inventory(String systemId, List<Inventory.Archive> archives) {
    synchronized (damage) {
      return new Inventory(
          systemId, archives, bytes.sum(), files.sum(), vanished.sum(), damagedPages.sum(), damage);
    }
  }
}
