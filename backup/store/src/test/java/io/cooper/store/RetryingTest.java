package io.cooper.store;

import static io.cooper.store.FaultyStore.Point.ANSWER_TO_COMMIT;
import static io.cooper.store.FaultyStore.Point.COMMIT;
import static io.cooper.store.FaultyStore.Point.CREATE;
import static io.cooper.store.FaultyStore.Point.DELETE;
import static io.cooper.store.FaultyStore.Point.FIND;
import static io.cooper.store.FaultyStore.Point.FOLDERS;
import static io.cooper.store.FaultyStore.Point.LIST;
import static io.cooper.store.FaultyStore.Point.OPEN;
import static io.cooper.store.FaultyStore.Point.PAGE;
import static io.cooper.store.FaultyStore.Point.READ;
import static io.cooper.store.FaultyStore.Point.RESEND;
import static io.cooper.store.FaultyStore.Point.WRITE;
import static io.cooper.store.FaultyStore.Point.WRITE_LOSING_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cooper.problem.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryingTest extends ObjectStoreContract {
  private static final Retrying.Pace PACE =
      new Retrying.Pace(4, Duration.ofSeconds(1), Duration.ofSeconds(3));

  private final MemoryStore memory = new MemoryStore();
  private final FaultyStore faulty = new FaultyStore(memory);
  private final List<Duration> pauses = new ArrayList<>();

  @Override
  protected ObjectStore open() {
    return new Retrying(faulty, PACE, pauses::add, () -> 1);
  }

  @Test
  void pauses_double_up_to_the_longest() {
    faulty.fail(FIND, Code.STORE_BUSY, 10);
    assertCode(Code.STORE_BUSY, () -> store().find("a"));
    assertThat(pauses)
        .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3));
  }

  @Test
  void chance_takes_up_to_half_of_a_pause() {
    assertThat(PACE.pause(1, 0)).isEqualTo(Duration.ofMillis(500));
    assertThat(PACE.pause(1, 0.5)).isEqualTo(Duration.ofMillis(750));
    assertThat(PACE.pause(40, 1)).isEqualTo(Duration.ofSeconds(3));
  }

  @ParameterizedTest
  @EnumSource(Code.class)
  void only_what_may_succeed_later_is_tried_again(Code code) throws IOException {
    put("a", bytes(1));
    faulty.fail(FIND, code, 1);
    if (code.worthRetrying()) {
      assertThat(store().find("a")).isPresent();
      assertThat(pauses).hasSize(1);
    } else {
      assertCode(code, () -> store().find("a"));
      assertThat(pauses).isEmpty();
    }
  }

  @Test
  void every_request_is_tried_again() throws IOException {
    faulty
        .fail(CREATE, Code.STORE_BUSY, 2)
        .fail(WRITE, Code.STORE_BUSY, 2)
        .fail(RESEND, Code.STORE_BUSY, 2)
        .fail(COMMIT, Code.STORE_BUSY, 2)
        .fail(OPEN, Code.STORE_BUSY, 2)
        .fail(FIND, Code.STORE_BUSY, 2)
        .fail(LIST, Code.STORE_BUSY, 2)
        .fail(FOLDERS, Code.STORE_BUSY, 2)
        .fail(DELETE, Code.STORE_BUSY, 2);
    put("folder/a", bytes(10_000));
    assertThat(get("folder/a")).isEqualTo(bytes(10_000));
    assertThat(store().find("folder/a")).isPresent();
    assertThat(keys("")).containsExactly("folder/a");
    assertThat(store().folders("")).containsExactly("folder");
    store().delete(List.of("folder/a"));
    assertThat(memory.find("folder/a")).isEmpty();
  }

  @Test
  void a_commit_whose_answer_was_lost_is_found_to_have_arrived() throws IOException {
    faulty.fail(ANSWER_TO_COMMIT, Code.STORE_UNREACHABLE, 1);
    try (var object = store().create("new", Intent.onlyNew())) {
      object.bytes().write(bytes(10));
      assertThat(object.commit().size()).isEqualTo(10);
    }
    assertThat(get("new")).isEqualTo(bytes(10));
  }

  @Test
  void what_is_taken_from_a_source_is_sent_again_too(@TempDir Path folder) throws IOException {
    var file = Files.write(folder.resolve("file"), bytes(10_000));
    faulty
        .fail(WRITE, Code.STORE_BUSY, 1)
        .fail(RESEND, Code.STORE_BUSY, 1)
        .fail(COMMIT, Code.STORE_BUSY, 1);
    try (var object = store().create("a", Intent.onlyNew())) {
      assertThat(object.take(Source.of(file, 10_000))).isTrue();
      object.commit();
    }
    assertThat(get("a")).isEqualTo(bytes(10_000));
    assertThat(pauses).hasSize(3);
  }

  @Test
  void a_writer_whose_bytes_are_gone_fails_with_the_first_failure() throws IOException {
    faulty.fail(WRITE_LOSING_BYTES, Code.STORE_UNREACHABLE, 1);
    try (var object = store().create("gone", Intent.replacing())) {
      assertCode(Code.STORE_UNREACHABLE, () -> object.bytes().write(bytes(10)));
    }
    assertThat(memory.find("gone")).isEmpty();
    assertThat(pauses).hasSize(1);
  }

  @Test
  void a_commit_that_never_arrives_is_given_up() throws IOException {
    faulty.fail(COMMIT, Code.STORE_BUSY, 100);
    try (var object = store().create("never", Intent.replacing())) {
      assertCode(Code.STORE_BUSY, object::commit);
    }
    assertThat(pauses).hasSize(3);
  }

  @Test
  void a_stream_that_breaks_goes_on_where_it_was() throws IOException {
    memory(bytes(100_000));
    faulty.fail(READ, _ -> true, Code.STORE_UNREACHABLE, 2, 3);
    var got = new ByteArrayOutputStream();
    try (var stream = store().open("a", 1000, 50_000)) {
      var buffer = new byte[7000];
      for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
        got.write(buffer, 0, count);
      }
    }
    assertThat(got.toByteArray()).isEqualTo(Arrays.copyOfRange(bytes(100_000), 1000, 51_000));
    assertThat(faulty.calls())
        .containsExactly(
            "OPEN a 1000 50000", "OPEN a 15000 36000", "OPEN a 15000 36000", "OPEN a 15000 36000");
  }

  @Test
  void a_stream_may_break_often_as_long_as_it_goes_on() throws IOException {
    memory(bytes(100_000));
    for (int read = 1; read < 20; read++) {
      faulty.fail(READ, _ -> true, Code.STORE_UNREACHABLE, read, 1);
    }
    try (var stream = store().open("a")) {
      assertThat(stream.readAllBytes()).isEqualTo(bytes(100_000));
    }
    assertThat(pauses).hasSizeGreaterThan(3);
  }

  @Test
  void a_stream_that_never_goes_on_fails() throws IOException {
    memory(bytes(100));
    faulty.fail(READ, Code.STORE_UNREACHABLE, 100);
    try (var stream = store().open("a")) {
      assertCode(Code.STORE_UNREACHABLE, stream::readAllBytes);
    }
    assertThat(pauses).hasSize(3);
  }

  @Test
  void an_object_that_was_replaced_meanwhile_is_not_mixed_with_the_new_one() throws IOException {
    memory(bytes(100));
    faulty.fail(READ, _ -> true, Code.STORE_UNREACHABLE, 1, 1);
    try (var stream = store().open("a")) {
      assertThat(stream.readNBytes(40)).hasSize(40);
      memory(bytes(100));
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(stream::readAllBytes)
          .satisfies(mixed -> {
            assertThat(mixed.code()).isEqualTo(Code.OBJECT_DAMAGED);
            assertThat(mixed.problem().where()).isEqualTo("memory:/a");
          });
    }
  }

  @Test
  void an_object_that_was_removed_meanwhile_is_not_there() throws IOException {
    memory(bytes(100));
    faulty.fail(READ, _ -> true, Code.STORE_UNREACHABLE, 1, 1);
    try (var stream = store().open("a")) {
      assertThat(stream.readNBytes(40)).hasSize(40);
      memory.delete(List.of("a"));
      assertCode(Code.NO_SUCH_OBJECT, stream::readAllBytes);
    }
  }

  @Test
  void a_listing_goes_on_after_the_last_key() throws IOException {
    var keys = IntStream.range(100, 120).mapToObj("k%d"::formatted).toList();
    for (var key : keys) {
      put(key, bytes(1));
    }
    faulty.fail(PAGE, "k105"::equals, Code.STORE_BUSY, 0, 2);
    faulty.fail(PAGE, "k117"::equals, Code.STORE_BUSY, 0, 1);
    assertThat(keys("k")).isEqualTo(keys);
    assertThat(faulty.calls()).contains("LIST k k104", "LIST k k116");
  }

  @Test
  void a_listing_that_never_goes_on_fails() throws IOException {
    put("k1", bytes(1));
    faulty.fail(PAGE, Code.STORE_BUSY, 100);
    try (var listing = store().list("", "")) {
      assertThatExceptionOfType(UncheckedStoreException.class)
          .isThrownBy(listing::toList)
          .extracting(failed -> failed.store().code())
          .isEqualTo(Code.STORE_BUSY);
    }
  }

  @Test
  void who_is_interrupted_stops_waiting() {
    faulty.fail(FIND, Code.STORE_BUSY, 10);
    var impatient =
        new Retrying(
            faulty,
            PACE,
            _ -> {
              throw new InterruptedException("stop");
            },
            () -> 1);
    assertCode(Code.STORE_BUSY, () -> impatient.find("a"));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(faulty.calls()).hasSize(1);
  }

  private void memory(byte[] content) throws IOException {
    try (var object = memory.create("a", Intent.replacing())) {
      object.bytes().write(content);
      object.commit();
    }
  }
}
