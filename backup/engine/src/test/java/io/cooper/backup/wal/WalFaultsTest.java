package io.cooper.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import io.cooper.store.FaultyStore;
import io.cooper.store.FaultyStore.Point;
import io.cooper.store.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A store that fails anywhere and anyhow: what was acknowledged is there, what is delivered is
/// right, and a store that failed is never taken for one that has nothing.
@Tag("S105")
@Tag("S111")
class WalFaultsTest {
  private static final int SEGMENTS = 6;
  private static final List<Code> FAULTS =
      List.of(Code.STORE_UNREACHABLE, Code.STORE_BUSY, Code.STORE_DENIED, Code.STORE_CREDENTIALS);

  @TempDir Path folder;

  static IntStream seeds() {
    return IntStream.range(0, 42);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatever_fails_and_when_nothing_is_lost_and_nothing_is_wrong(int seed) throws IOException {
    var random = new Random(seed);
    var memory = new MemoryStore();
    var codec = List.of(Codec.values()).get(seed % Codec.values().length);
    var wal = Wal.in(folder.resolve("pgdata"));
    var faulty = planned(new FaultyStore(memory), random);
    try (var archiver =
        new WalArchiver(WalArchiveTest.archive(faulty, codec), 1 + random.nextInt(3))) {
      for (var number = 1; number <= SEGMENTS; number++) {
        wal.segment(Wal.name(number), number);
        wal.ready(Wal.name(number));
      }
      for (var number = 1; number <= SEGMENTS; number++) {
        archiveAtLast(archiver, wal.folder().resolve(Wal.name(number)));
        wal.done(Wal.name(number));
        assertThat(WalArchiveTest.archive(memory, Codec.NONE).has(WalName.parse(Wal.name(number))))
            .isTrue();
      }
    }

    var trouble = planned(new FaultyStore(memory), random);
    var settings =
        new WalRestorer.Settings(random.nextInt(4), folder.resolve("spool"), 3L * Wal.MEBIBYTE);
    try (var restorer = new WalRestorer(WalArchiveTest.archive(trouble, Codec.NONE), settings)) {
      for (var number = 1; number <= SEGMENTS; number++) {
        var out = folder.resolve("RECOVERYXLOG");
        restoreAtLast(restorer, Wal.name(number), out);
        assertThat(Files.mismatch(out, wal.folder().resolve(Wal.name(number)))).isEqualTo(-1);
        Files.delete(out);
      }
    }
  }

  private static FaultyStore planned(FaultyStore store, Random random) {
    for (var count = 3 + random.nextInt(10); count > 0; count--) {
      var point = List.of(Point.values()).get(random.nextInt(Point.values().length));
      var code = FAULTS.get(random.nextInt(FAULTS.size()));
      store.fail(point, _ -> true, code, random.nextInt(20), 1 + random.nextInt(3));
    }
    return store;
  }

  private static void archiveAtLast(WalArchiver archiver, Path file) {
    atLast(() -> {
      archiver.archive(file);
      return file.toString();
    });
  }

  private static void restoreAtLast(WalRestorer restorer, String name, Path out) {
    atLast(() -> restorer.restore(WalName.parse(name), out).name().text());
  }

  /// Asks again and again, as PostgreSQL does.
  private static void atLast(java.util.function.Supplier<String> question) {
    Optional<ProblemException> last = Optional.empty();
    for (var attempt = 0; attempt < 60; attempt++) {
      try {
        assertThat(question.get()).isNotEmpty();
        return;
      } catch (ProblemException thrown) {
        assertThat(thrown.problem().code())
            .as(thrown + "\n" + Arrays.toString(thrown.getStackTrace()))
            .isIn(FAULTS);
        last = Optional.of(thrown);
      }
    }
    throw last.orElseThrow();
  }
}
