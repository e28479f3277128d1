package io.cooper.backup.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.base.Progress;
import io.cooper.backup.catalog.Backup;
import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Postgres;
import io.cooper.backup.restore.Restore;
import io.cooper.backup.restore.RestoreSettings;
import io.cooper.backup.restore.Wanted;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import io.cooper.store.FaultProxy;
import io.cooper.store.FaultProxy.Fault;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Base backups of a live server on their way to a cloud and back, through a proxy that resets,
/// stalls, truncates, slows down, repeats and refuses.
@Tag("S113")
class BackupOnTheWayTest {
  private static final ServerFolder SERVER = new ServerFolder("srv");
  private static final int ONE_IN = 7;
  private static final int ATTEMPTS = 30;
  private static final List<Code> WHAT_FAULTS_ARE =
      List.of(Code.STORE_UNREACHABLE, Code.STORE_BUSY, Code.STORE_DENIED);

  /// Once final, a fault ends the backup: it is drawn half as often as the others.
  private static final List<Fault> FAULTS =
      Stream.of(Fault.values())
          .flatMap(fault -> fault == Fault.DENY ? Stream.of(fault) : Stream.of(fault, fault))
          .toList();

  @TempDir static Path folder = Path.of(".");

  @TempDir Path own = Path.of(".");

  private static Optional<Postgres> running = Optional.empty();

  @BeforeAll
  static void start() throws Exception {
    var server = Postgres.create(Binaries.embedded(), folder.resolve("data"));
    running = Optional.of(server.start());
    server.execute(
        "CREATE TABLE notes AS SELECT md5(i::text) AS body FROM generate_series(1, 100000) i",
        "CHECKPOINT");
  }

  @AfterAll
  static void stop() throws Exception {
    if (running.isPresent()) {
      running.get().close();
    }
  }

  private static Postgres server() {
    return running.orElseThrow();
  }

  static Stream<Arguments> rounds() {
    return Stream.of(Arguments.of(Cloud.Kind.LOCAL_S3, 1), Arguments.of(Cloud.Kind.LOCAL_GCS, 2));
  }

  static Stream<Arguments> manyRounds() {
    return Stream.of(
            Cloud.Kind.LOCAL_S3, Cloud.Kind.LOCAL_GCS, Cloud.Kind.MINIO, Cloud.Kind.AZURITE)
        .flatMap(kind ->
            Stream.iterate(10, seed -> seed + 1).limit(8).map(seed -> Arguments.of(kind, seed)));
  }

  @ParameterizedTest
  @MethodSource("rounds")
  void whatever_happens_on_the_way_a_backup_that_is_done_can_be_restored(Cloud.Kind kind, int seed)
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
    var codec = List.of(Codec.NONE, Codec.LZ4, Codec.ZSTD).get(seed % 3);
    try (var cloud = Cloud.start(kind, own);
        var direct = cloud.open();
        var proxy = cloud.proxy(seed, ONE_IN, FAULTS)) {
      var id = backUp(cloud, proxy, direct, codec, seed);
      var through = restoreAtLast(cloud, proxy, id, seed);
      proxy.calmDown();
      var straight = own.resolve("straight");
      restore(direct, id, straight);

      assertThat(content(through)).isEqualTo(content(straight)).hasSizeGreaterThan(900);
      for (var left : direct.abandoned("")) {
        left.remove();
      }
      assertThat(direct.abandoned("")).isEmpty();
      assertThat(proxy.struck()).as("faults of seed " + seed).hasSizeGreaterThan(2);
    }
  }

  /// Tries until one is done. What is not acknowledged must not look done, unless only the last
  /// answer was lost.
  private BackupId backUp(Cloud cloud, FaultProxy proxy, ObjectStore direct, Codec codec, int seed)
      throws Exception {
    var settings =
        BackupSettings.of(server().data())
            .immediately()
            .compressed(codec)
            .splitAfter(8 << 20)
            .awaitingWal(Optional.empty());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try (var store = cloud.open(proxy, seed + attempt)) {
        var taken =
            new BaseBackup(server().database(), store, SERVER, settings).run(Progress.silent());
        assertThat(taken.info().status()).isEqualTo(BackupInfo.Status.DONE);
        return taken.id();
      } catch (ProblemException failure) {
        assertThat(failure.problem().code()).as(failure.toString()).isIn(WHAT_FAULTS_ARE);
      } catch (StoreException failure) {
        assertThat(failure.code()).as(failure.toString()).isIn(WHAT_FAULTS_ARE);
      }
      requireOnlyWholeOnes(direct, own.resolve("attempt " + attempt));
    }
    throw new AssertionError("no backup in %d attempts".formatted(ATTEMPTS));
  }

  private static void requireOnlyWholeOnes(ObjectStore direct, Path to) throws Exception {
    for (var backup : new Catalog(direct, SERVER).backups()) {
      if (backup instanceof Backup.Described described && described.isRestorable()) {
        restore(direct, described.id(), to.resolve(described.id().text()));
      }
    }
  }

  private static void restore(ObjectStore store, BackupId id, Path to) throws Exception {
    Files.createDirectories(to.getParent());
    new Restore(store, SERVER, RestoreSettings.newest().of(new Wanted.Id(id)))
        .into(to, Progress.silent());
  }

  /// Tries until it succeeds, each time into a new folder; what is half done must not look done.
  private Path restoreAtLast(Cloud cloud, FaultProxy proxy, BackupId id, int seed)
      throws Exception {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      var to = own.resolve("through " + attempt);
      try (var store = cloud.open(proxy, seed - attempt)) {
        restore(store, id, to);
        return to;
      } catch (ProblemException failure) {
        assertThat(failure.problem().code()).as(failure.toString()).isIn(WHAT_FAULTS_ARE);
      } catch (StoreException failure) {
        assertThat(failure.code()).as(failure.toString()).isIn(WHAT_FAULTS_ARE);
      }
      assertThat(to.resolve("global/pg_control")).doesNotExist();
    }
    throw new AssertionError("no restore in %d attempts".formatted(ATTEMPTS));
  }

  private static Map<String, String> content(Path root) throws Exception {
    var files = new TreeMap<String, String>();
    try (var all = Files.walk(root)) {
      for (var path : all.filter(Files::isRegularFile).toList()) {
        var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
        files.put(root.relativize(path).toString(), HexFormat.of().formatHex(digest));
      }
    }
    return files;
  }
}
