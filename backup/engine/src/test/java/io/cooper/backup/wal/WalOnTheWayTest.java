package io.cooper.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.backup.cloud.Cloud;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import io.cooper.store.FaultProxy.Fault;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Segments on their way to a cloud and back, through a proxy that resets, stalls, truncates, slows
/// down, repeats and refuses.
@Tag("S105")
@Tag("S111")
class WalOnTheWayTest {
  private static final int SEGMENTS = 5;
  private static final int ONE_IN = 6;

  /// Final ones seldom: after them nothing is tried again by itself.
  private static final List<Fault> FAULTS =
      List.of(
          Fault.RESET,
          Fault.RESET,
          Fault.RESET_AFTERWARDS,
          Fault.RESET_AFTERWARDS,
          Fault.STALL,
          Fault.TRUNCATE_REQUEST,
          Fault.TRUNCATE_REQUEST,
          Fault.TRUNCATE_ANSWER,
          Fault.TRUNCATE_ANSWER,
          Fault.THROTTLE,
          Fault.DUPLICATE,
          Fault.DUPLICATE,
          Fault.REFUSE,
          Fault.REFUSE,
          Fault.REFUSE_AFTERWARDS,
          Fault.REFUSE_AFTERWARDS,
          Fault.DENY,
          Fault.CONFLICT,
          Fault.NO_SUCH_RANGE,
          Fault.NO_SUCH_RANGE);

  private static final List<Code> WHAT_FAULTS_ARE =
      List.of(Code.STORE_UNREACHABLE, Code.STORE_BUSY, Code.STORE_DENIED);

  @TempDir Path folder;

  static Stream<Arguments> rounds() {
    return Stream.of(Cloud.Kind.LOCAL_S3, Cloud.Kind.LOCAL_GCS)
        .flatMap(kind -> Stream.of(1, 3, 4).map(seed -> Arguments.of(kind, seed)));
  }

  static Stream<Arguments> manyRounds() {
    var local =
        Stream.of(Cloud.Kind.LOCAL_S3, Cloud.Kind.LOCAL_GCS)
            .flatMap(kind -> seeds(100, 40).map(seed -> Arguments.of(kind, seed)));
    var others =
        Stream.of(Cloud.Kind.MINIO, Cloud.Kind.AZURITE)
            .flatMap(kind -> seeds(200, 12).map(seed -> Arguments.of(kind, seed)));
    return Stream.concat(local, others);
  }

  private static Stream<Integer> seeds(int first, int count) {
    return Stream.iterate(first, seed -> seed + 1).limit(count);
  }

  @ParameterizedTest
  @MethodSource("rounds")
  void whatever_happens_on_the_way_nothing_is_lost_and_nothing_is_wrong(Cloud.Kind kind, int seed)
      throws Exception {
    round(kind, seed);
  }

  @ParameterizedTest
  @MethodSource("manyRounds")
  @Tag("soak")
  void whatever_happens_on_the_way_in_many_rounds(Cloud.Kind kind, int seed) throws Exception {
    assumeTrue(Cloud.has(kind), kind + " is not installed: scripts/interop-setup");
    round(kind, seed);
  }

  private void round(Cloud.Kind kind, int seed) throws Exception {
    var random = new Random(seed);
    var codec = Codec.values()[seed % Codec.values().length];
    // Every fourth round has segments that are sent in several parts.
    boolean large = seed % 4 == 0;
    var wal = Wal.in(folder.resolve("pgdata"), Wal.CLUSTER, large ? 16 << 20 : Wal.MEBIBYTE);
    int count = large ? 2 : SEGMENTS;
    try (var cloud = Cloud.start(kind, folder);
        var direct = cloud.open();
        var proxy = cloud.proxy(seed, ONE_IN, FAULTS)) {
      try (var store = cloud.open(proxy, seed);
          var archiver =
              new WalArchiver(
                  WalArchiveTest.archive(store, large ? Codec.NONE : codec),
                  1 + random.nextInt(3))) {
        for (int number = 1; number <= count; number++) {
          wal.segment(name(number, large), seed * 100L + number);
          wal.ready(name(number, large));
        }
        for (int number = 1; number <= count; number++) {
          var file = wal.folder().resolve(name(number, large));
          atLast(() -> archiver.archive(file));
          wal.done(name(number, large));
          requireSame(direct, name(number, large), file);
        }
      }
      restore(cloud, proxy, seed, wal, count, large);
      proxy.calmDown();
      requireNothingLeftBehind(direct);
      assertThat(proxy.struck()).as("faults of seed " + seed).isNotEmpty();
    }
  }

  private static String name(int number, boolean large) {
    return large ? "0000000100000000%08X".formatted(number) : Wal.name(number);
  }

  private void restore(
      Cloud cloud, io.cooper.store.FaultProxy proxy, int seed, Wal wal, int count, boolean large)
      throws Exception {
    var settings =
        new WalRestorer.Settings(
            seed % 3, folder.resolve("spool"), 3L * (large ? 16 << 20 : 1 << 20));
    try (var store = cloud.open(proxy, seed + 1L);
        var restorer = new WalRestorer(WalArchiveTest.archive(store, Codec.NONE), settings)) {
      var out = folder.resolve("RECOVERYXLOG");
      for (int number = 1; number <= count; number++) {
        var name = name(number, large);
        atLast(() -> restorer.restore(WalName.parse(name), out));
        assertThat(Files.mismatch(out, wal.folder().resolve(name))).as(name).isEqualTo(-1);
        Files.delete(out);
      }
      requireAbsent(restorer, name(count + 1, large), out);
    }
  }

  /// What is not there is said to be so when the store says it, and else the fault is named.
  private static void requireAbsent(WalRestorer restorer, String name, Path out) {
    for (int attempt = 0; attempt < 60; attempt++) {
      var failure =
          catchThrowableOfType(
              ProblemException.class, () -> restorer.restore(WalName.parse(name), out));
      assertThat(failure).isNotNull();
      if (failure.problem().code() == Code.NO_SUCH_OBJECT) {
        return;
      }
      assertThat(failure.problem().code()).isIn(WHAT_FAULTS_ARE);
    }
    throw new AssertionError("the store never says that " + name + " is not there");
  }

  private void requireSame(ObjectStore direct, String name, Path file) throws IOException {
    var out = folder.resolve("direct");
    WalArchiveTest.archive(direct, Codec.NONE).get(WalName.parse(name), out);
    assertThat(Files.mismatch(out, file)).as(name).isEqualTo(-1);
    Files.delete(out);
  }

  /// An upload of which the store did not tell that it had begun cannot be given up; it is listed.
  private static void requireNothingLeftBehind(ObjectStore direct) throws StoreException {
    for (var left : direct.abandoned("")) {
      left.remove();
    }
    assertThat(direct.abandoned("")).isEmpty();
  }

  /// Asks again and again, as PostgreSQL does.
  private static void atLast(Runnable question) {
    Optional<ProblemException> last = Optional.empty();
    for (int attempt = 0; attempt < 60; attempt++) {
      try {
        question.run();
        return;
      } catch (ProblemException failure) {
        assertThat(failure.problem().code()).as(failure.toString()).isIn(WHAT_FAULTS_ARE);
        last = Optional.of(failure);
      }
    }
    throw last.orElseThrow();
  }
}
