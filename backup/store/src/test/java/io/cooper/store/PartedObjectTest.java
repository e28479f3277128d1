package io.cooper.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartedObjectTest {
  private static final int PART = 1000;
  private static final int PARALLEL = 3;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Recorded upload = new Recorded();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private NewObject object() {
    return object(10_000);
  }

  private NewObject object(int maxParts) {
    var shape = new PartedObject.Shape(PART, PARALLEL, maxParts);
    return new PartedObject("memory:/key", upload, shape, threads);
  }

  private static StoreException failure(Code code) {
    return new StoreException(new Problem(code, "memory:/key", "as planned", "wait"));
  }

  /// An upload that keeps what it is sent, and fails and waits as told.
  private static class Recorded implements Upload {
    final Map<Integer, byte[]> parts = new ConcurrentSkipListMap<>();
    final AtomicInteger underWay = new AtomicInteger();
    final AtomicInteger mostUnderWay = new AtomicInteger();
    final AtomicInteger failuresOfParts = new AtomicInteger();
    final AtomicInteger failuresOfOthers = new AtomicInteger();
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile Code code = Code.STORE_BUSY;
    byte[] visible = new byte[0];
    int begun;
    int aborted;
    boolean whole;

    private void failOthers() throws StoreException {
      if (failuresOfOthers.getAndDecrement() > 0) {
        throw failure(code);
      }
    }

    private StoredObject visible(byte[] bytes) {
      visible = bytes;
      return new StoredObject("key", bytes.length, Instant.EPOCH, "etag");
    }

    @Override
    public StoredObject whole(Part bytes) throws StoreException {
      failOthers();
      whole = true;
      return visible(read(bytes));
    }

    @Override
    public void begin() throws StoreException {
      failOthers();
      begun++;
    }

    @Override
    public void part(int number, Part bytes) throws StoreException {
      mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
      try {
        gate.await();
        if (failuresOfParts.getAndDecrement() > 0) {
          throw failure(code);
        }
        parts.put(number, read(bytes));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      } finally {
        underWay.decrementAndGet();
      }
    }

    @Override
    public StoredObject complete(int count, long size) throws StoreException {
      failOthers();
      var all = new ByteArrayOutputStream();
      for (int number = 1; number <= count; number++) {
        all.writeBytes(parts.getOrDefault(number, new byte[0]));
      }
      assertThat(all.size()).isEqualTo((int) size);
      return visible(all.toByteArray());
    }

    @Override
    public void abort() {
      aborted++;
    }

    private static byte[] read(Part part) {
      try (var in = part.open()) {
        return in.readAllBytes();
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
    }
  }

  private static byte[] bytes(int size) {
    return ObjectStoreContract.bytes(size);
  }

  @ParameterizedTest
  @CsvSource({"0, true, 0", "1, true, 0", "1000, true, 0", "1001, false, 2", "5000, false, 5"})
  void an_object_of_one_part_goes_in_one_request(int size, boolean whole, int parts)
      throws IOException {
    try (var object = object()) {
      object.bytes().write(bytes(size));
      object.commit();
    }
    assertThat(upload.whole).isEqualTo(whole);
    assertThat(upload.parts).hasSize(parts);
    assertThat(upload.visible).isEqualTo(bytes(size));
    assertThat(upload.aborted).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0, true, 0",
    "1, true, 0",
    "3000, true, 0",
    "3001, false, 4",
    "5000, false, 5",
    "300000, false, 300"
  })
  void an_object_from_a_source_goes_in_one_request_up_to_a_limit(
      int size, boolean whole, int parts, @TempDir Path folder) throws IOException {
    var file = Files.write(folder.resolve("file"), bytes(size + 7));
    var blocks = new Blocks(1 << 20);
    try (var object = ofSource(blocks)) {
      assertThat(object.take(Source.of(file, size))).isTrue();
      assertThat(object.commit().size()).isEqualTo(size);
    }
    assertThat(upload.whole).isEqualTo(whole);
    assertThat(upload.parts).hasSize(parts);
    assertThat(upload.visible).isEqualTo(Arrays.copyOf(bytes(size + 7), size));
    assertThat(upload.mostUnderWay.get()).isLessThanOrEqualTo(PARALLEL);
  }

  private NewObject ofSource(Blocks blocks) {
    var shape = new PartedObject.Shape(PART, PARALLEL, 10_000).wholeUpTo(3 * PART);
    return new PartedObject("memory:/key", upload, shape, threads, blocks);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 20 * PART})
  void what_could_not_be_sent_of_a_source_is_read_again(int size, @TempDir Path folder)
      throws IOException {
    var file = Files.write(folder.resolve("file"), bytes(size));
    upload.failuresOfParts.set(3);
    upload.failuresOfOthers.set(1);
    try (var object = ofSource(new Blocks(0))) {
      try {
        object.take(Source.of(file, size));
      } catch (StoreException busy) {
        resend(object);
      }
      commitAtLast(object);
    }
    assertThat(upload.visible).isEqualTo(bytes(size));
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 20 * PART})
  void a_source_that_ends_early_is_no_failure_of_the_store(int size, @TempDir Path folder)
      throws IOException {
    var file = Files.write(folder.resolve("file"), bytes(size - 1));
    try (var object = ofSource(new Blocks(0))) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> {
            object.take(Source.of(file, size));
            object.commit();
          })
          .satisfies(thrown -> {
            assertThat(thrown.code()).isEqualTo(Code.DISK);
            assertThat(thrown.problem().where()).isEqualTo(file.toString());
            assertThat(thrown.problem().what()).contains("1 bytes shorter");
          });
    }
    assertThat(upload.visible).isEmpty();
  }

  @Test
  void memory_is_used_again_by_the_next_object_and_no_two_objects_share_it() throws IOException {
    var blocks = new Blocks(1 << 20);
    var shape = new PartedObject.Shape(PART, PARALLEL, 10_000);
    for (int round = 1; round <= 3; round++) {
      var other = new Recorded();
      try (var one = ofSource(blocks);
          var two = new PartedObject("memory:/other", other, shape, threads, blocks)) {
        one.bytes().write(bytes(5 * PART));
        two.bytes().write(bytes(500 + round));
        one.bytes().write(bytes(PART));
        one.commit();
        two.commit();
      }
      assertThat(upload.visible).startsWith(bytes(5 * PART)).endsWith(bytes(PART));
      assertThat(other.visible).isEqualTo(bytes(500 + round));
      assertThat(blocks.idle()).as("blocks of 128 KiB").isBetween(2, 8);
      assertThat(blocks.inUse()).isZero();
    }
  }

  /// Eight writers of 16 blocks each, with room for 20 blocks.
  @Test
  void writers_that_share_memory_with_a_limit_all_end_and_pass_it_by_one_object_at_most()
      throws Exception {
    var blocks = new Blocks(0, 20 * Blocks.SIZE);
    var shape = new PartedObject.Shape(16 * Blocks.SIZE, 1, 10_000);
    var most = new AtomicInteger();
    var content = bytes(16 * Blocks.SIZE);
    // Nobody goes on before everybody holds something: then the limit is reached on any machine.
    var allHold = new CountDownLatch(8);
    var writers =
        IntStream.range(0, 8)
            .mapToObj(_ ->
                threads.submit(() -> {
                  var own = new Recorded();
                  try (var object = new PartedObject("memory:/key", own, shape, threads, blocks)) {
                    for (int at = 0; at < content.length; at += Blocks.SIZE) {
                      object.bytes().write(content, at, Blocks.SIZE);
                      most.accumulateAndGet(blocks.inUse(), Math::max);
                      if (at == 0) {
                        allHold.countDown();
                        allHold.await();
                      }
                    }
                    object.commit();
                  }
                  return own.visible;
                }))
            .toList();
    for (var writer : writers) {
      assertThat(writer.get(60, TimeUnit.SECONDS)).isEqualTo(content);
    }
    assertThat(blocks.inUse()).isZero();
    assertThat(most.get()).isBetween(20, 20 + 16);
  }

  @Test
  void all_parts_but_the_last_are_of_one_size() throws IOException {
    try (var object = object()) {
      for (int at = 0; at < 7; at++) {
        object.bytes().write(bytes(777));
      }
      object.commit();
    }
    assertThat(upload.parts.values().stream().map(part -> part.length))
        .containsExactly(PART, PART, PART, PART, PART, 7 * 777 - 5 * PART);
  }

  @Test
  void a_writer_waits_while_too_many_parts_are_under_way() throws Exception {
    upload.gate = new CountDownLatch(1);
    var written = new AtomicInteger();
    try (var object = object()) {
      var writer =
          threads.submit(() -> {
            for (int at = 0; at < 20; at++) {
              object.bytes().write(bytes(PART));
              written.incrementAndGet();
            }
            return object.commit();
          });
      var deadline = Instant.now().plus(Duration.ofSeconds(20));
      while (upload.underWay.get() < PARALLEL && Instant.now().isBefore(deadline)) {
        Thread.onSpinWait();
      }
      assertThat(written.get()).isLessThanOrEqualTo(PARALLEL + 1);
      upload.gate.countDown();
      writer.get(20, TimeUnit.SECONDS);
    }
    assertThat(upload.mostUnderWay).hasValue(PARALLEL);
    assertThat(upload.parts).hasSize(20);
  }

  @Test
  void memory_does_not_depend_on_the_size_of_the_object() throws IOException {
    var kept = new AtomicLong();
    var discarding =
        new Recorded() {
          @Override
          public void part(int number, Part bytes) {
            kept.addAndGet(bytes.size());
          }

          @Override
          public StoredObject complete(int count, long size) {
            return new StoredObject("key", size, Instant.EPOCH, "etag");
          }
        };
    var shape = new PartedObject.Shape(8 << 20, PARALLEL, 10_000);
    var chunk = bytes(1 << 20);
    long size = 4L << 30;
    assertThat(size).isGreaterThan(2 * Runtime.getRuntime().maxMemory());
    try (var object = new PartedObject("memory:/key", discarding, shape, threads)) {
      for (long at = 0; at < size; at += chunk.length) {
        object.bytes().write(chunk);
      }
      assertThat(object.commit().size()).isEqualTo(size);
    }
    assertThat(kept).hasValue(size);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void parts_that_failed_are_sent_again_and_nothing_is_lost(int failures) throws IOException {
    upload.failuresOfParts.set(failures);
    writeWithResends(bytes(20 * PART + 5), 333);
    assertThat(upload.visible).isEqualTo(bytes(20 * PART + 5));
    assertThat(upload.begun).isEqualTo(1);
  }

  @Test
  void one_large_write_that_fails_has_taken_all_its_bytes() throws IOException {
    upload.failuresOfParts.set(2);
    writeWithResends(bytes(50 * PART + 5), 50 * PART + 5);
    assertThat(upload.visible).isEqualTo(bytes(50 * PART + 5));
  }

  @Test
  void a_failure_behind_the_writers_back_loses_nothing_of_the_write_that_tells_of_it()
      throws Exception {
    upload.failuresOfParts.set(1);
    try (var object = object()) {
      object.bytes().write(bytes(PART + 1));
      var deadline = Instant.now().plus(Duration.ofSeconds(20));
      while (upload.failuresOfParts.get() > 0 && Instant.now().isBefore(deadline)) {
        Thread.onSpinWait();
      }
      TimeUnit.MILLISECONDS.sleep(20);
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> object.bytes().write(new byte[] {1, 2, 3}));
      assertThat(object.resend()).isTrue();
      object.commit();
    }
    assertThat(upload.visible).hasSize(PART + 1 + 3).endsWith(new byte[] {1, 2, 3});
  }

  private void writeWithResends(byte[] content, int pieces) throws IOException {
    try (var object = object()) {
      for (int at = 0; at < content.length; at += pieces) {
        try {
          object.bytes().write(content, at, Math.min(pieces, content.length - at));
        } catch (StoreException busy) {
          resend(object);
        }
      }
      commitAtLast(object);
    }
  }

  private static void commitAtLast(NewObject object) {
    while (true) {
      try {
        object.commit();
        return;
      } catch (StoreException busy) {
        resend(object);
      }
    }
  }

  private static void resend(NewObject object) {
    for (int attempt = 0; attempt < 20; attempt++) {
      try {
        assertThat(object.resend()).isTrue();
        return;
      } catch (StoreException again) {
        assertThat(again.code()).isEqualTo(Code.STORE_BUSY);
      }
    }
    throw new AssertionError("it never ends");
  }

  @ParameterizedTest
  @ValueSource(ints = {10, PART * 3})
  void a_commit_can_be_called_again(int size) throws IOException {
    try (var object = object()) {
      object.bytes().write(bytes(size));
      upload.failuresOfOthers.set(2);
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatExceptionOfType(StoreException.class).isThrownBy(object::commit);
        assertThat(object.resend()).isTrue();
      }
      object.commit();
    }
    assertThat(upload.visible).isEqualTo(bytes(size));
    assertThat(upload.aborted).isZero();
  }

  @Test
  void a_failure_ends_the_writing_soon_and_the_upload_is_given_up() {
    upload.code = Code.STORE_DENIED;
    upload.failuresOfParts.set(1000);
    try (var object = object()) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> {
            for (int at = 0; at < 1000; at++) {
              object.bytes().write(bytes(PART));
            }
          })
          .extracting(StoreException::code)
          .isEqualTo(Code.STORE_DENIED);
      assertThatExceptionOfType(StoreException.class).isThrownBy(object::commit);
    }
    assertThat(upload.aborted).isEqualTo(1);
    assertThat(upload.visible).isEmpty();
  }

  @Test
  void closing_waits_for_what_is_under_way_before_it_gives_up() throws IOException {
    upload.gate = new CountDownLatch(1);
    var object = object();
    object.bytes().write(bytes(2 * PART));
    Thread.startVirtualThread(() -> {
      while (upload.underWay.get() == 0) {
        Thread.onSpinWait();
      }
      upload.gate.countDown();
    });
    object.close();
    assertThat(upload.underWay).hasValue(0);
    assertThat(upload.aborted).isEqualTo(1);
  }

  @Test
  void an_object_of_too_many_parts_is_refused() {
    try (var object = object(5)) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> object.bytes().write(bytes(10 * PART)))
          .extracting(StoreException::code)
          .isEqualTo(Code.TOO_LARGE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 8388608",
    "16777216, 8388608",
    "83886080000, 8388608",
    "107374182400, 11534336",
    "1099511627776, 110100480"
  })
  void parts_are_as_large_as_their_number_demands(long atMost, int partSize) {
    var intent = Intent.replacing().ofAtMost(atMost);
    var shape = PartedObject.Shape.of(intent, 8 << 20, 3, 10_000);
    assertThat(shape.partSize()).isEqualTo(partSize);
    assertThat((long) shape.partSize() * shape.maxParts()).isGreaterThanOrEqualTo(atMost);
  }
}
