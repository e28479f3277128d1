package io.cooper.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.problem.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeteredTest extends ObjectStoreContract {
  private record Seen(Operation operation, long bytes, Optional<Code> failure) {}

  private final AtomicLong nanos = new AtomicLong();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final List<Duration> times = new CopyOnWriteArrayList<>();
  private final FaultyStore faulty = new FaultyStore(new MemoryStore());

  @Override
  protected ObjectStore open() {
    return new Metered(
        faulty,
        (operation, took, bytes, failure) -> {
          seen.add(new Seen(operation, bytes, failure));
          times.add(took);
        },
        () -> nanos.addAndGet(1_000_000));
  }

  private static Seen good(Operation operation, long bytes) {
    return new Seen(operation, bytes, Optional.empty());
  }

  @Test
  void everything_is_told_once_with_its_bytes() throws IOException {
    put("a/b", bytes(1000));
    try (var part = store().open("a/b", 100, 200)) {
      part.readAllBytes();
    }
    store().find("a/b");
    keys("");
    store().folders("");
    store().abandoned("");
    store().delete(List.of("a/b"));
    assertThat(seen)
        .containsExactly(
            good(Operation.PUT, 1000),
            good(Operation.GET, 200),
            good(Operation.FIND, 0),
            good(Operation.LIST, 0),
            good(Operation.FOLDERS, 0),
            good(Operation.ABANDONED, 0),
            good(Operation.DELETE, 0));
  }

  @Test
  void what_is_taken_from_a_source_is_told_with_its_bytes(@TempDir Path folder) throws IOException {
    var file = Files.write(folder.resolve("file"), bytes(1000));
    try (var object = store().create("a", Intent.replacing())) {
      assertThat(object.take(Source.of(file, 1000))).isTrue();
      object.commit();
    }
    assertThat(seen).containsExactly(good(Operation.PUT, 1000));
  }

  @Test
  void time_is_counted_only_inside_the_store() throws IOException {
    try (var object = store().create("a", Intent.replacing())) {
      object.bytes().write(1);
      nanos.addAndGet(Duration.ofHours(1).toNanos());
      object.commit();
    }
    assertThat(times).containsExactly(Duration.ofMillis(3));
  }

  @Test
  void a_failure_is_told_with_its_code() {
    faulty.fail(FaultyStore.Point.FIND, Code.STORE_BUSY, 1);
    assertCode(Code.STORE_BUSY, () -> store().find("a"));
    assertCode(Code.NO_SUCH_OBJECT, () -> store().open("a"));
    assertThat(seen)
        .containsExactly(
            new Seen(Operation.FIND, 0, Optional.of(Code.STORE_BUSY)),
            new Seen(Operation.GET, 0, Optional.of(Code.NO_SUCH_OBJECT)));
  }

  @Test
  void a_failure_that_was_overcome_is_none() throws IOException {
    faulty.fail(FaultyStore.Point.COMMIT, Code.STORE_BUSY, 1);
    try (var object = store().create("a", Intent.replacing())) {
      assertCode(Code.STORE_BUSY, object::commit);
      object.commit();
    }
    assertThat(seen).containsExactly(good(Operation.PUT, 0));
  }

  @Test
  void a_writer_that_failed_is_told_when_it_is_closed() throws IOException {
    faulty.fail(FaultyStore.Point.COMMIT, Code.STORE_DENIED, 1);
    try (var object = store().create("a", Intent.replacing())) {
      object.bytes().write(bytes(5));
      assertCode(Code.STORE_DENIED, object::commit);
      assertThat(seen).isEmpty();
    }
    assertThat(seen).containsExactly(new Seen(Operation.PUT, 5, Optional.of(Code.STORE_DENIED)));
  }
}
