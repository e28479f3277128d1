package io.cooper.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThrottledTest extends ObjectStoreContract {
  private final AtomicLong nanos = new AtomicLong();

  @Override
  protected ObjectStore open() {
    return throttled(50_000_000, 50_000_000);
  }

  private Throttled throttled(long up, long down) {
    return new Throttled(
        new MemoryStore(), up, down, nanos::get, time -> nanos.addAndGet(time.toNanos()));
  }

  private Duration time() {
    return Duration.ofNanos(nanos.get());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 4096, 100_000})
  void writing_takes_the_time_of_its_bytes(int pieces) throws IOException {
    try (var store = throttled(10_000, Throttled.UNLIMITED);
        var object = store.create("a", Intent.replacing())) {
      var content = bytes(100_000);
      for (int at = 0; at < content.length; at += pieces) {
        object.bytes().write(content, at, Math.min(pieces, content.length - at));
      }
      object.commit();
      assertThat(time()).isBetween(Duration.ofMillis(9_999), Duration.ofMillis(10_001));
      store.open("a").readAllBytes();
      assertThat(time()).isLessThan(Duration.ofMillis(10_001));
    }
  }

  @Test
  void what_is_taken_from_a_source_takes_the_time_of_its_bytes(@TempDir Path folder)
      throws IOException {
    var file = Files.write(folder.resolve("file"), bytes(100_000));
    try (var store = throttled(10_000, Throttled.UNLIMITED);
        var object = store.create("a", Intent.replacing())) {
      assertThat(object.take(Source.of(file, 100_000))).isTrue();
      object.commit();
      assertThat(time()).isBetween(Duration.ofMillis(9_999), Duration.ofMillis(10_001));
      assertThat(store.open("a").readAllBytes()).isEqualTo(bytes(100_000));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 4096, 100_000})
  void reading_takes_the_time_of_its_bytes(int pieces) throws IOException {
    try (var store = throttled(Throttled.UNLIMITED, 10_000)) {
      try (var object = store.create("a", Intent.replacing())) {
        object.bytes().write(bytes(100_000));
        object.commit();
      }
      assertThat(time()).isZero();
      try (var stream = store.open("a")) {
        while (stream.readNBytes(pieces).length > 0) {
          assertThat(stream.object().size()).isEqualTo(100_000);
        }
      }
      assertThat(time()).isBetween(Duration.ofMillis(9_999), Duration.ofMillis(10_001));
    }
  }

  @Test
  void a_pause_saves_a_quarter_of_a_second_and_no_more() throws IOException {
    try (var store = throttled(1000, Throttled.UNLIMITED);
        var object = store.create("a", Intent.replacing())) {
      object.bytes().write(bytes(1000));
      nanos.addAndGet(Duration.ofHours(1).toNanos());
      var before = time();
      object.bytes().write(bytes(1000));
      assertThat(time().minus(before)).isEqualTo(Duration.ofMillis(750));
    }
  }
}
