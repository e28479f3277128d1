package io.cooper.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends ObjectStoreContract {
  @Override
  protected ObjectStore open() {
    return new MemoryStore();
  }

  @Test
  void tags_can_be_asked_for() throws IOException {
    try (var store = new MemoryStore();
        var object = store.create("tagged", Intent.replacing().tagged(Map.of("a", "b")))) {
      object.commit();
      assertThat(store.tags("tagged")).containsExactly(Map.entry("a", "b"));
      assertThat(store.tags("absent")).isEmpty();
    }
  }
}
