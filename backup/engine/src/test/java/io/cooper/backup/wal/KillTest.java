package io.cooper.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.WalName;
import io.cooper.store.FolderStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills real processes at random moments, and looks at what they had promised.
@Tag("S105")
@Tag("S111")
class KillTest {
  private static final int ROUNDS = 20;
  private static final int SEGMENTS = 150;

  @TempDir Path folder;
  private String heap = "-Xmx96m";

  @Test
  void whatever_was_acknowledged_before_a_kill_is_there_and_right() throws Exception {
    var wal = Wal.in(folder.resolve("pgdata"));
    IntStream.rangeClosed(1, SEGMENTS)
        .mapToObj(Wal::name)
        .forEach(name -> {
          wal.segment(name, name.hashCode());
          wal.ready(name);
        });
    var answers = folder.resolve("answers");
    var random = new Random(20261121);
    var killed = 0;
    for (var round = 0; round < ROUNDS; round++) {
      killed += run(random.nextInt(150), "archive", answers.toString(), "lz4", "4") ? 1 : 0;
      assertAcknowledgedIsThere(wal, answers);
    }
    assertThat(killed).as("rounds that were killed at work").isGreaterThan(ROUNDS / 2);
    run(60_000, "archive", answers.toString(), "lz4", "4");

    assertThat(acknowledged(answers)).contains(names().toArray(String[]::new));
    assertAcknowledgedIsThere(wal, answers);
  }

  private void assertAcknowledgedIsThere(Wal wal, Path answers) throws IOException {
    try (var store = new FolderStore(folder.resolve("store"))) {
      var archive = WalArchiveTest.archive(store, Codec.NONE);
      var out = folder.resolve("RECOVERYXLOG");
      for (var name : acknowledged(answers)) {
        archive.get(WalName.parse(name), out);
        assertThat(Files.mismatch(out, wal.folder().resolve(name))).as(name).isEqualTo(-1);
      }
    }
  }

  private static List<String> acknowledged(Path answers) throws IOException {
    return Files.exists(answers)
        ? Files.readAllLines(answers).stream().distinct().toList()
        : List.of();
  }

  @Test
  void whatever_a_kill_leaves_in_the_spool_the_next_process_delivers_what_is_right()
      throws Exception {
    var wal = Wal.in(folder.resolve("pgdata"));
    var segments = 40;
    try (var store = new FolderStore(folder.resolve("store"))) {
      var archive = WalArchiveTest.archive(store, Codec.LZ4);
      for (var number = 1; number <= segments; number++) {
        archive.put(wal.segment(Wal.name(number), number));
      }
    }
    var random = new Random(42);
    for (var round = 0; round < ROUNDS / 2; round++) {
      var out = folder.resolve("restored-" + round);
      run(random.nextInt(120), "restore", out.toString(), "lz4", "4", Integer.toString(segments));

      assertAllRight(wal, out);
    }
    var last = folder.resolve("restored-last");
    run(60_000, "restore", last.toString(), "lz4", "4", Integer.toString(segments));
    assertAllRight(wal, last);
    assertThat(last.resolve(Wal.name(segments))).exists();
  }

  /// With segments of 64 MiB and five of them under way, two thirds of one is all the heap there
  /// is.
  @Test
  void large_segments_need_no_more_memory_than_small_ones() throws Exception {
    var wal = Wal.in(folder.resolve("pgdata"), Wal.CLUSTER, 64 << 20);
    var names = IntStream.rangeClosed(1, 5).mapToObj("0000000100000000%08X"::formatted).toList();
    for (var name : names) {
      wal.segment(name, 1);
      wal.ready(name);
    }
    heap = "-Xmx40m";
    var answers = folder.resolve("answers");

    assertThat(run(120_000, "archive", answers.toString(), "lz4", "4")).as("killed").isFalse();
    assertThat(acknowledged(answers)).isEqualTo(names);
    assertAcknowledgedIsThere(wal, answers);
  }

  private static void assertAllRight(Wal wal, Path restored) throws IOException {
    if (!Files.exists(restored)) {
      return;
    }
    try (var files = Files.list(restored)) {
      for (var file : files.toList()) {
        var name = file.getFileName().toString();
        if (WalName.find(name).isPresent()) {
          assertThat(Files.mismatch(file, wal.folder().resolve(name))).as(name).isEqualTo(-1);
        }
      }
    }
  }

  private static List<String> names() {
    return IntStream.rangeClosed(1, SEGMENTS).mapToObj(Wal::name).toList();
  }

  /// Runs a process and kills it so many milliseconds after it began to work.
  ///
  /// @return whether it was still at work
  private boolean run(int millis, String what, String answers, String... more) throws Exception {
    var command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                heap,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledProcess.class.getName(),
                what,
                folder.resolve("store").toString(),
                folder.resolve("pgdata").toString(),
                answers));
    command.addAll(List.of(more));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).isEqualTo("ready");
      if (millis < 1000) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
      } else {
        process.waitFor(millis, TimeUnit.MILLISECONDS);
      }
      var alive = process.isAlive();
      process.destroyForcibly().waitFor();
      if (!alive) {
        assertThat(process.exitValue()).as(() -> String.join("\n", out.lines().toList())).isZero();
      }
      return alive;
    }
  }
}
