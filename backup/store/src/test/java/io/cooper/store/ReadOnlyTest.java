package io.cooper.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cooper.problem.Code;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadOnlyTest {
  private final MemoryStore inner = new MemoryStore();
  private final ObjectStore store = ReadOnly.of(inner);

  @BeforeEach
  void put() throws IOException {
    try (var object = inner.create("pg/a", Intent.onlyNew())) {
      object.bytes().write(new byte[] {1, 2, 3});
      object.commit();
    }
  }

  @Test
  void what_is_there_can_be_read_and_listed() throws IOException {
    try (var in = store.open("pg/a")) {
      assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
    }
    assertThat(store.list("pg/", "")).extracting(StoredObject::key).containsExactly("pg/a");
    assertThat(store.folders("")).containsExactly("pg");
    assertThat(store.find("pg/b")).isEmpty();
  }

  @Test
  void nothing_can_be_written_replaced_or_deleted() throws IOException {
    for (var intent : List.of(Intent.onlyNew(), Intent.replacing())) {
      var refused = catchThrowableOfType(StoreException.class, () -> store.create("pg/a", intent));
      assertThat(refused.code()).isEqualTo(Code.STORE_REFUSED);
    }
    var refused = catchThrowableOfType(StoreException.class, () -> store.delete(List.of("pg/a")));
    assertThat(refused.code()).isEqualTo(Code.STORE_REFUSED);
    assertThat(inner.find("pg/a")).isPresent();
  }
}
