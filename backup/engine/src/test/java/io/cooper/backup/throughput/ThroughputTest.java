package io.cooper.backup.throughput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.backup.format.Codec;
import io.cooper.backup.throughput.Throughput.Measured;
import io.cooper.backup.throughput.Throughput.Packing;
import io.cooper.backup.throughput.Throughput.Rate;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.AroundStore;
import io.cooper.store.Intent;
import io.cooper.store.MemoryStore;
import io.cooper.store.NewObject;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S98")
class ThroughputTest {
  private static final double MB = 1e6;

  private static Measured rates(List<Packing> packings, double... megabytes) {
    var connections = List.of(1, 2, 4, 8);
    return new Measured(
        "s3://b",
        16 << 20,
        IntStream.range(0, megabytes.length)
            .mapToObj(at -> new Rate(connections.get(at), megabytes[at] * MB, megabytes[at] * MB))
            .toList(),
        packings);
  }

  private static final List<Packing> FAST_LZ4 =
      List.of(
          new Packing(Codec.NONE, 1, Double.POSITIVE_INFINITY),
          new Packing(Codec.LZ4, 2, 300 * MB),
          new Packing(Codec.ZSTD, 3, 200 * MB),
          new Packing(Codec.GZIP, 3, 20 * MB));

  private static Advice advice(String setting, Measured measured) {
    return Advice.of(measured, 2).stream()
        .filter(each -> each.setting().equals(setting))
        .findAny()
        .orElseThrow();
  }

  @Test
  void the_fewest_connections_that_reach_the_most_are_advised() {
    var advice = advice("data", rates(List.of(), 50, 100, 195, 200));

    assertThat(advice.before().connections()).isEqualTo(2);
    assertThat(advice.after().connections()).isEqualTo(4);
    assertThat(advice.isWorthwhile()).isTrue();
  }

  @Test
  void where_more_connections_bring_nothing_two_stay_two() {
    var advice = advice("data", rates(List.of(), 90, 100, 101, 99));

    assertThat(advice.isWorthwhile()).isFalse();
    assertThat(ThroughputText.text(rates(List.of(), 90, 100), List.of(advice)))
        .contains("leave it at jobs 2, no compression – 100.0 MB/s");
  }

  @Test
  void a_slow_store_asks_for_the_compression_that_leaves_least() {
    var wal = advice("wal", rates(FAST_LZ4, 10, 20, 40, 40));

    assertThat(wal.after().codec()).isEqualTo(Codec.ZSTD);
    assertThat(wal.after().rate()).isEqualTo(120 * MB);
    assertThat(wal.after().connections()).isEqualTo(4);
  }

  @Test
  void a_fast_store_asks_for_none_where_a_compression_would_hold_it_up() {
    var data = advice("data", rates(FAST_LZ4, 400, 800, 800, 800));

    assertThat(data.after()).isEqualTo(data.before());
  }

  @Test
  void data_are_never_told_to_be_in_what_an_object_store_cannot_say() {
    var data = advice("data", rates(FAST_LZ4, 10, 20, 40, 40));

    assertThat(data.after().codec()).isEqualTo(Codec.LZ4);
  }

  @Test
  void before_and_after_are_told_in_numbers() {
    var measured = rates(FAST_LZ4, 10, 20, 40, 40);

    assertThat(ThroughputText.text(measured, Advice.of(measured, 2)))
        .contains(
            "spec.configuration.wal: maxParallel 4, compression zstd – 120.0 MB/s instead of 10.0"
                + " MB/s with maxParallel 1, no compression")
        .contains(
            "spec.configuration.data: jobs 4, compression lz4 – 80.0 MB/s instead of 20.0 MB/s with"
                + " jobs 2, no compression");
    assertThat(ThroughputText.json(measured, Advice.of(measured, 2)))
        .contains("\"writeBytesPerSecond\" : 10000000")
        .contains("\"maxParallel\" : 4")
        .contains("\"worthwhile\" : true");
  }

  /// Writes wait for each other, in as many lanes as the store has.
  private static final class Lanes extends AroundStore {
    private final Semaphore lanes;
    private final AtomicInteger under = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    Lanes(MemoryStore store, int lanes) {
      super(store);
      this.lanes = new Semaphore(lanes);
    }

    @Override
    public NewObject create(String key, Intent intent) throws StoreException {
      most.accumulateAndGet(under.incrementAndGet(), Math::max);
      lanes.acquireUninterruptibly();
      try {
        Thread.sleep(20);
        return inner.create(key, intent);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      } finally {
        lanes.release();
        under.decrementAndGet();
      }
    }
  }

  @Test
  void as_many_objects_are_under_way_as_was_asked_for_and_nothing_is_left() throws Exception {
    var memory = new MemoryStore();
    var store = new Lanes(memory, 4);

    var measured =
        new Throughput(store, Duration.ofMillis(200)).measure(List.of(1, 4), new byte[1 << 20]);

    assertThat(measured.rates()).extracting(Rate::connections).containsExactly(1, 4);
    assertThat(measured.rates()).allMatch(rate -> rate.up() > 0 && rate.down() > 0);
    assertThat(store.most.get()).isEqualTo(4);
    assertThat(measured.packings())
        .hasSize(Codec.values().length)
        .allMatch(packing -> packing.codec() == Codec.NONE || packing.ratio() > 10);
    try (var left = memory.list("", "")) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void bytes_and_time_make_the_rate() throws Exception {
    var clock = new AtomicLong();
    var store = new MemoryStore("m", Clock.systemUTC());
    // Every look at the clock is half a second later: probes of 2 MiB, each of two looks.
    var throughput =
        new Throughput(store, Duration.ofSeconds(1), () -> clock.addAndGet(500_000_000L));

    var measured = throughput.measure(List.of(1), new byte[0]);

    assertThat(measured.objectBytes()).isEqualTo(2 << 20);
    assertThat(measured.rates().getFirst().up()).isEqualTo(2 * (2 << 20) / 1.5);
    assertThat(measured.packings()).isEmpty();
  }

  @Test
  void a_store_that_fails_is_told_and_what_was_written_is_deleted() throws Exception {
    var memory = new MemoryStore();
    var store =
        new AroundStore(memory) {
          private int created;

          @Override
          public NewObject create(String key, Intent intent) throws StoreException {
            if (++created > 3) {
              throw new StoreException(
                  new Problem(Code.STORE_UNREACHABLE, "m/" + key, "no route to host", "wait"));
            }
            return inner.create(key, intent);
          }
        };

    assertThatThrownBy(
            () -> new Throughput(store, Duration.ofSeconds(5)).measure(List.of(1), new byte[0]))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("no route to host");
    try (var left = memory.list("", "")) {
      assertThat(left.map(StoredObject::key)).isEmpty();
    }
  }
}
