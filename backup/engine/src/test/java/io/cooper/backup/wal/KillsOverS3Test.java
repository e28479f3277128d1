package io.cooper.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.store.ObjectStore;
import io.cooper.store.s3.MinioServer;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A hundred processes that are killed at work, over a real S3 server: archiving one after the
/// other, running ahead, restoring with a spool. Which moment, compression and number of hands is
/// what the seed says.
@Tag("soak")
@Tag("S105")
@Tag("S111")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KillsOverS3Test {
  private static final int ROUNDS_OF_EACH = 34;
  private static final int SEGMENTS = 12;

  private Path folder = Path.of("");
  private Optional<MinioServer> server = Optional.empty();
  private Optional<ObjectStore> opened = Optional.empty();
  private final AtomicInteger killedAtWork = new AtomicInteger();

  @BeforeAll
  void start(@TempDir Path given) throws IOException {
    folder = given;
    var minio = MinioServer.program();
    assumeTrue(minio.isPresent(), "MinIO is not installed: scripts/interop-setup");
    var running = MinioServer.start(minio.get(), Files.createDirectory(folder.resolve("data")));
    server = Optional.of(running);
    running.makeBucket(KilledProcess.BUCKET);
    opened =
        Optional.of(
            new S3Store(running.settings(KilledProcess.BUCKET, "kill").as(S3Profile.MINIO)));
  }

  @AfterAll
  void stop() {
    opened.ifPresent(ObjectStore::close);
    server.ifPresent(MinioServer::close);
    if (server.isPresent()) {
      assertThat(killedAtWork.get())
          .as("processes that were killed at work, of %d", 3 * ROUNDS_OF_EACH)
          .isGreaterThanOrEqualTo(2 * ROUNDS_OF_EACH);
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, ROUNDS_OF_EACH);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void what_was_acknowledged_one_by_one_is_there_and_the_successor_goes_on(int seed)
      throws Exception {
    archiveAndKill("one", seed, 1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void what_was_acknowledged_while_running_ahead_is_there_and_the_successor_goes_on(int seed)
      throws Exception {
    archiveAndKill("ahead", seed + 1000, 2 + seed % 3);
  }

  private void archiveAndKill(String what, int seed, int atOnce) throws Exception {
    var random = new Random(seed);
    var wal = wal(what + seed, random);
    var codec = List.of(Codec.values()).get(random.nextInt(Codec.values().length));
    var answers = folder.resolve(what + seed + ".answers");
    run(random, wal, "archive", answers, codec, atOnce);

    var archive = archive(wal, codec);
    var acknowledged = Files.exists(answers) ? Files.readAllLines(answers) : List.<String>of();
    for (var name : acknowledged) {
      assertFetched(archive, wal, name);
    }

    // The successor has the same notes, and maybe another compression.
    var other = List.of(Codec.values()).get(random.nextInt(Codec.values().length));
    try (var archiver = new WalArchiver(archive(wal, other), atOnce, notes(wal))) {
      for (var number = 1; number <= SEGMENTS; number++) {
        var again = archiver.archive(wal.folder().resolve(Wal.name(number)));
        assertThat(again.already() || !acknowledged.contains(Wal.name(number))).isTrue();
      }
    }
    for (var number = 1; number <= SEGMENTS; number++) {
      assertFetched(archive, wal, Wal.name(number));
    }
    try (var objects = opened.orElseThrow().list(server(wal) + "/wals/", "")) {
      assertThat(objects).as("one copy of each").hasSize(SEGMENTS);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void what_was_restored_before_a_kill_is_right_and_the_successor_goes_on(int seed)
      throws Exception {
    var random = new Random(seed + 2000);
    var wal = wal("restore" + seed, random);
    var codec = List.of(Codec.values()).get(random.nextInt(Codec.values().length));
    var archive = archive(wal, codec);
    for (var number = 1; number <= SEGMENTS; number++) {
      archive.put(wal.folder().resolve(Wal.name(number)));
    }
    var restored = folder.resolve("restored" + seed);
    var ahead = 1 + random.nextInt(4);

    run(random, wal, "restore", restored, codec, ahead);

    try (var files = Files.list(restored)) {
      for (var file :
          files.filter(file -> WalName.find(file.getFileName().toString()).isPresent()).toList()) {
        assertThat(Files.mismatch(file, wal.folder().resolve(file.getFileName())))
            .as(file.toString())
            .isEqualTo(-1);
      }
    }
    var settings = new WalRestorer.Settings(ahead, pgdata(wal).resolve("spool"), 6L * Wal.MEBIBYTE);
    var out = folder.resolve("out" + seed);
    try (var restorer = new WalRestorer(archive, settings)) {
      for (var number = 1; number <= SEGMENTS; number++) {
        restorer.restore(WalName.parse(Wal.name(number)), out);
        assertThat(Files.mismatch(out, wal.folder().resolve(Wal.name(number)))).isEqualTo(-1);
      }
    }
  }

  /// A cluster of its own, whose identity decides about its archive too.
  private Wal wal(String name, Random random) {
    var wal = Wal.in(folder.resolve(name));
    for (var number = 1; number <= SEGMENTS; number++) {
      wal.segment(Wal.name(number), random.nextLong());
      wal.ready(Wal.name(number));
    }
    return wal;
  }

  private static Path pgdata(Wal wal) {
    return Objects.requireNonNull(wal.folder().getParent());
  }

  private static Path notes(Wal wal) {
    return pgdata(wal).resolve("notes");
  }

  private static String server(Wal wal) {
    return Objects.requireNonNull(pgdata(wal).getFileName()).toString();
  }

  private WalArchive archive(Wal wal, Codec codec) {
    return new WalArchive(
        opened.orElseThrow(), new ServerFolder(server(wal)), WalArchive.Settings.with(codec));
  }

  private void assertFetched(WalArchive archive, Wal wal, String name) throws IOException {
    var out = folder.resolve("RECOVERYXLOG");
    archive.get(WalName.parse(name), out);
    assertThat(Files.mismatch(out, wal.folder().resolve(name))).as(name).isEqualTo(-1);
  }

  /// Runs a process and kills it soon after a random one of its answers.
  private void run(Random random, Wal wal, String what, Path answers, Codec codec, int atOnce)
      throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledProcess.class.getName(),
                what,
                server.orElseThrow().endpoint().toString(),
                pgdata(wal).toString(),
                answers.toString(),
                codec.option(),
                Integer.toString(atOnce),
                Integer.toString(SEGMENTS),
                server(wal)));
    var log = folder.resolve("killed.log").toFile();
    var process = new ProcessBuilder(command).redirectError(log).start();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).as(() -> read(log.toPath())).isEqualTo("ready");
      for (var answer = random.nextInt(SEGMENTS); answer > 0; answer--) {
        assertThat(out.readLine()).as(() -> read(log.toPath())).isNotNull();
      }
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(60_000)));
      if (process.isAlive()) {
        killedAtWork.incrementAndGet();
      }
      process.destroyForcibly().waitFor();
    }
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException cause) {
      return cause.toString();
    }
  }
}
