package io.cooper.backup.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.store.Intent;
import io.cooper.store.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("S111")
class WalRestorerTest {
  private static final int SEGMENTS = 12;

  @TempDir Path folder;
  private final TroubledStore store = new TroubledStore(new MemoryStore());
  private final WalArchive archive = WalArchiveTest.archive(store, Codec.ZSTD);
  private Wal wal;
  private Path destination;

  @BeforeEach
  void archived() {
    wal = Wal.in(folder.resolve("pgdata"));
    destination = folder.resolve("RECOVERYXLOG");
    for (var number = 1; number <= SEGMENTS; number++) {
      archive.put(wal.segment(Wal.name(number), number));
    }
  }

  @Test
  void segments_come_one_after_the_other_and_each_is_fetched_once() throws IOException {
    var before = store.opened.get();
    try (var restorer = restorer(4, 8)) {
      for (var number = 1; number <= SEGMENTS; number++) {
        restorer.restore(name(number), destination);

        assertRestored(number);
        restorer.awaitAhead();
      }
    }
    // The first is tried in the wrong compression, and the last four look beyond the end.
    assertThat(store.opened.get() - before).isEqualTo(SEGMENTS + 1 + (1 + 2 + 3 + 4));
  }

  @Test
  void what_was_fetched_ahead_is_delivered_while_the_store_is_away() throws IOException {
    try (var restorer = restorer(4, 8)) {
      restorer.restore(name(1), destination);
      restorer.awaitAhead();
    }
    store.broken = _ -> true;
    try (var another = restorer(4, 8)) {
      for (var number = 2; number <= 5; number++) {
        another.restore(name(number), destination);
        assertRestored(number);
      }
      WalArchiveTest.assertProblem(
          Code.STORE_UNREACHABLE, Wal.name(6), () -> another.restore(name(6), destination));
    }
  }

  @Test
  void the_spool_never_holds_more_than_it_may() throws IOException {
    try (var restorer = restorer(8, 3)) {
      for (var number = 1; number <= SEGMENTS; number++) {
        restorer.restore(name(number), destination);
        assertRestored(number);
        assertThat(spooled().size()).isLessThanOrEqualTo(3);
        restorer.awaitAhead();
        assertThat(spooled().size()).isLessThanOrEqualTo(3);
      }
    }
  }

  @Test
  void a_neighbour_that_is_damaged_or_out_of_reach_fails_nobody_else() throws IOException {
    write("srv/wals/0000000100000000/" + Wal.name(3) + ".zst", new byte[77]);
    store.broken = key -> key.contains(Wal.name(4));
    try (var restorer = restorer(4, 8)) {
      restorer.restore(name(1), destination);
      restorer.restore(name(2), destination);
      assertRestored(2);
      WalArchiveTest.assertProblem(
          Code.OBJECT_DAMAGED, Wal.name(3), () -> restorer.restore(name(3), destination));
      WalArchiveTest.assertProblem(
          Code.STORE_UNREACHABLE, Wal.name(4), () -> restorer.restore(name(4), destination));
      restorer.restore(name(5), destination);
      assertRestored(5);
    }
  }

  @Test
  @Tag("S130")
  void the_end_of_the_wal_is_asked_for_anew_each_time() throws IOException {
    try (var restorer = restorer(4, 8)) {
      restorer.restore(name(SEGMENTS), destination);
      restorer.awaitAhead();
      WalArchiveTest.assertProblem(
          Code.NO_SUCH_OBJECT,
          Wal.name(SEGMENTS + 1),
          () -> restorer.restore(name(SEGMENTS + 1), destination));

      archive.put(wal.segment(Wal.name(SEGMENTS + 1), SEGMENTS + 1));
      restorer.restore(name(SEGMENTS + 1), destination);
      assertRestored(SEGMENTS + 1);
    }
  }

  @Test
  void a_partial_segment_is_never_fetched_ahead() throws IOException {
    write(
        "srv/wals/0000000100000000/" + Wal.name(SEGMENTS + 1) + ".partial",
        wal.content(Wal.name(SEGMENTS + 1), 5));
    try (var restorer = restorer(4, 8)) {
      restorer.restore(name(SEGMENTS), destination);
      restorer.awaitAhead();
      assertThat(spooled()).isEmpty();

      assertThat(restorer.restore(name(SEGMENTS + 1), destination).name())
          .isEqualTo(new WalName.Partial((WalName.Segment) name(SEGMENTS + 1)));
    }
  }

  @Test
  @Tag("S129")
  void a_timeline_of_the_same_number_that_branched_off_elsewhere_has_a_spool_of_its_own()
      throws IOException {
    var other = new MemoryStore("memory:", java.time.Clock.systemUTC());
    restoreSecondTimeline(store, "1\t0/180000\tx\n", 21);
    // The same place, but what lies there was begun anew.
    restoreSecondTimeline(new TroubledStore(other), "1\t0/140000\ty\n", 31);
  }

  private void restoreSecondTimeline(TroubledStore of, String history, long seed)
      throws IOException {
    var cluster = Wal.in(folder.resolve("timeline-" + seed));
    var branched = WalArchiveTest.archive(of, Codec.NONE);
    branched.put(cluster.history(2, history));
    for (var number = 1; number <= 3; number++) {
      branched.put(cluster.segment(second(number), seed + number));
    }
    try (var restorer = new WalRestorer(branched, settings(2, 8))) {
      restorer.restore(WalName.parse(second(1)), destination);
      restorer.awaitAhead();
      restorer.restore(WalName.parse(second(2)), destination);

      assertThat(Files.readAllBytes(destination)).isEqualTo(cluster.content(second(2), seed + 2));
    }
  }

  private static String second(int number) {
    return Wal.name(number).replaceFirst("00000001", "00000002");
  }

  @Test
  void a_spool_is_not_shared_between_servers() throws IOException {
    try (var restorer = restorer(4, 8)) {
      restorer.restore(name(1), destination);
      restorer.awaitAhead();
    }
    var elsewhere =
        new WalArchive(store, new ServerFolder("other"), WalArchive.Settings.with(Codec.NONE));
    try (var other = new WalRestorer(elsewhere, settings(4, 8))) {
      WalArchiveTest.assertProblem(
          Code.NO_SUCH_OBJECT, "other/wals", () -> other.restore(name(2), destination));
    }
  }

  /// Whatever a crash, a full disk or a hand did to the spool, what is delivered is right.
  @ParameterizedTest
  @MethodSource("seeds")
  void a_spool_that_was_damaged_anyhow_delivers_nothing_wrong(long seed) throws IOException {
    var random = new Random(seed);
    try (var restorer = restorer(6, 8)) {
      restorer.restore(name(1), destination);
      restorer.awaitAhead();
    }
    for (var file : spooled()) {
      damage(file, random);
    }
    try (var restorer = restorer(2, 8)) {
      for (var number = 2; number <= SEGMENTS; number++) {
        restorer.restore(name(number), destination);
        assertRestored(number);
      }
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, 20);
  }

  private static void damage(Path file, Random random) throws IOException {
    var bytes = Files.readAllBytes(file);
    switch (random.nextInt(6)) {
      case 0 -> Files.delete(file);
      case 1 -> Files.write(file, new byte[0]);
      case 2 -> Files.write(file, java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)));
      case 3 -> {
        bytes[random.nextInt(bytes.length)] ^= 1;
        Files.write(file, bytes);
      }
      case 4 -> Files.move(file, file.resolveSibling("." + file.getFileName() + ".tmp"));
      default -> {}
    }
  }

  @Test
  void what_dead_processes_left_is_tidied_up_and_what_living_ones_write_is_not()
      throws IOException {
    try (var restorer = restorer(2, 8)) {
      restorer.restore(name(1), destination);
      restorer.awaitAhead();
      var archiveFolder = spooled().getFirst().resolve("../..").normalize();
      var dead = Files.write(archiveFolder.resolve(Wal.name(9) + ".aa.1.tmp"), new byte[5]);
      var living = Files.write(archiveFolder.resolve(Wal.name(9) + ".bb.1.tmp"), new byte[5]);
      Files.setLastModifiedTime(dead, FileTime.from(Instant.now().minusSeconds(7200)));

      restorer.restore(name(2), destination);

      assertThat(dead).doesNotExist();
      assertThat(living).exists();
    }
  }

  @Test
  void a_spool_that_cannot_be_written_costs_only_time() throws IOException {
    Files.write(folder.resolve("spool"), "a file".getBytes(UTF_8));
    try (var restorer = restorer(4, 8)) {
      for (var number = 1; number <= 3; number++) {
        restorer.restore(name(number), destination);
        assertRestored(number);
      }
    }
  }

  @Test
  void a_full_disk_under_the_spool_costs_only_time() throws Exception {
    try (var disk = new FullDisk(folder.resolve("full"), 5 * Wal.MEBIBYTE / 2);
        var restorer =
            new WalRestorer(
                archive, new WalRestorer.Settings(4, disk.place(), 64L * Wal.MEBIBYTE))) {
      var leastRoom = Long.MAX_VALUE;
      for (var number = 1; number <= SEGMENTS; number++) {
        restorer.restore(name(number), destination);
        assertRestored(number);
        restorer.awaitAhead();
        leastRoom = Math.min(leastRoom, disk.place().toFile().getUsableSpace());
      }
      assertThat(leastRoom).as("room for another one").isLessThan(Wal.MEBIBYTE);
    }
  }

  @Test
  void a_full_disk_under_the_destination_is_one_clear_error_and_leaves_no_half_file()
      throws Exception {
    try (var disk = new FullDisk(folder.resolve("full"), Wal.MEBIBYTE / 2);
        var restorer = restorer(0, 8)) {
      WalArchiveTest.assertProblem(
          Code.DISK,
          disk.place().toString(),
          () -> restorer.restore(name(1), disk.place().resolve("RECOVERYXLOG")));
      assertThat(disk.place()).isEmptyDirectory();
    }
  }

  @Test
  void a_destination_that_cannot_be_written_is_told_by_its_path() {
    try (var restorer = restorer(0, 8)) {
      WalArchiveTest.assertProblem(
          Code.DISK,
          "nowhere",
          () -> restorer.restore(name(1), folder.resolve("nowhere/RECOVERYXLOG")));
    }
  }

  private WalRestorer restorer(int ahead, int spooledSegments) {
    return new WalRestorer(archive, settings(ahead, spooledSegments));
  }

  private WalRestorer.Settings settings(int ahead, int spooledSegments) {
    return new WalRestorer.Settings(
        ahead, folder.resolve("spool"), (long) spooledSegments * Wal.MEBIBYTE);
  }

  private static WalName name(int number) {
    return WalName.parse(Wal.name(number));
  }

  private void assertRestored(int number) throws IOException {
    assertThat(Files.readAllBytes(destination)).isEqualTo(wal.content(Wal.name(number), number));
  }

  private List<Path> spooled() throws IOException {
    var spool = folder.resolve("spool");
    if (!Files.isDirectory(spool)) {
      return List.of();
    }
    try (var files = Files.walk(spool)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private void write(String key, byte[] content) throws IOException {
    try (var object = store.create(key, Intent.replacing())) {
      object.bytes().write(content);
      object.commit();
    }
  }
}
