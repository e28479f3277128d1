package io.cooper.backup.wal;

import io.cooper.store.MemoryStore;
import io.cooper.store.ObjectStore;
import org.junit.jupiter.api.Tag;

/// Both ways through the engine.
@Tag("S105")
@Tag("S111")
@Tag("S129")
class RealPostgresTest extends RecoveryOverTimelines {
  private final MemoryStore store = new MemoryStore();

  @Override
  ObjectStore store() {
    return store;
  }

  @Override
  int mebibytes() {
    return 1;
  }

  @Override
  String recovery(String name) {
    return "";
  }

  @Override
  boolean asksUs() {
    return true;
  }
}
