package io.cooper.backup.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Folders;
import io.cooper.backup.postgres.Postgres;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import io.cooper.store.FolderStore;
import io.cooper.store.MemoryStore;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Backups that do not come to their end, each from the same live server.
class FailedBackupTest {
  private static final ServerFolder SERVER = new ServerFolder("srv");
  private static final String MODE =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'PostgreSQL JDBC%'"
          + " AND query LIKE '%pg_backup_start%' AND pid <> pg_backend_pid()";

  @TempDir static Path folder = Path.of(".");

  private static Optional<Postgres> server = Optional.empty();

  private final ObjectStore store = new MemoryStore();

  @BeforeAll
  static void start() throws Exception {
    var started = Postgres.create(Binaries.embedded(), folder.resolve("data"));
    server = Optional.of(started.start());
    started.execute(
        "CREATE TABLE notes AS SELECT repeat(md5(i::text), 40) AS body"
            + " FROM generate_series(1, 5000) i",
        "CHECKPOINT");
  }

  @AfterAll
  static void stop() throws Exception {
    server.orElseThrow().close();
  }

  private static Postgres server() {
    return server.orElseThrow();
  }

  private static BackupSettings settings() {
    return BackupSettings.of(server().data()).immediately().awaitingWal(Optional.empty());
  }

  private static BaseBackup backup(ObjectStore to, BackupSettings settings) {
    return new BaseBackup(server().database(), to, SERVER, settings);
  }

  private BackupInfo onlyInfo() throws Exception {
    var id = BackupId.find(store.folders(SERVER.bases()).getFirst()).orElseThrow();
    try (var bytes = store.open(SERVER.info(id))) {
      return BackupInfo.parse("info", bytes.readAllBytes());
    }
  }

  private List<String> keys() throws Exception {
    try (var all = store.list("", "")) {
      return all.map(StoredObject::key).toList();
    }
  }

  private void requireOnlyAFailedInfo() throws Exception {
    assertThat(keys()).singleElement().asString().endsWith("/backup.info");
    assertThat(store.abandoned("")).isEmpty();
    var info = onlyInfo();
    assertThat(info.status()).isEqualTo(Status.FAILED);
    assertThat(info.get(BackupInfo.ERROR)).isPresent();
    assertThat(info.get(BackupInfo.END_TIME)).isEmpty();
    requireNoBackupMode();
  }

  private static void requireNoBackupMode() throws Exception {
    for (int look = 0; look < 100 && !server().ask(MODE).equals("0"); look++) {
      Thread.sleep(100);
    }
    assertThat(server().ask(MODE)).isEqualTo("0");
  }

  @Test
  void a_store_that_refuses_leaves_a_failed_backup_without_archives() throws Exception {
    var failed =
        catchThrowableOfType(
            StoreException.class,
            () -> backup(BrokenStore.refusing(store, 1 << 20), settings()).run(Progress.silent()));

    assertThat(failed.code()).isEqualTo(Code.STORE_BUSY);
    requireOnlyAFailedInfo();
    assertThat(onlyInfo().get(BackupInfo.ERROR).orElseThrow()).contains("does not take more");
  }

  @Test
  void archives_that_were_done_are_removed_when_a_later_one_fails() throws Exception {
    var several = settings().splitAfter(2 << 20).withJobs(1);
    var limit = new BrokenStore(store, 2 << 20, this::failAfterTwo);

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> backup(limit, several).run(Progress.silent()));

    requireOnlyAFailedInfo();
  }

  private void failAfterTwo() throws StoreException {
    try (var archives = store.list(SERVER.bases(), "")) {
      if (archives.filter(object -> object.key().endsWith(".tar")).count() >= 2) {
        throw new StoreException(
            new io.cooper.problem.Problem(Code.STORE_BUSY, "store", "is full", "wait"));
      }
    }
  }

  @Test
  void an_interrupt_cancels_the_backup() throws Exception {
    var caller = Thread.currentThread();
    var interrupting = new BrokenStore(store, 1 << 20, caller::interrupt);

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> backup(interrupting, settings().withJobs(1)).run(Progress.silent()));

    requireOnlyAFailedInfo();
    assertThat(onlyInfo().get(BackupInfo.ERROR).orElseThrow()).contains("cancelled");
  }

  @Test
  void a_session_that_is_lost_fails_the_backup() throws Exception {
    var terminating =
        new BrokenStore(
            store,
            1 << 20,
            () -> {
              try {
                server()
                    .execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
              } catch (java.sql.SQLException failed) {
                throw new java.io.IOException(failed);
              }
            });

    var failed =
        catchThrowableOfType(
            ProblemException.class, () -> backup(terminating, settings()).run(Progress.silent()));

    assertThat(failed.problem().code()).isEqualTo(Code.POSTGRES);
    requireOnlyAFailedInfo();
  }

  @Test
  void wal_that_does_not_arrive_fails_the_backup() throws Exception {
    var failed =
        catchThrowableOfType(
            ProblemException.class,
            () ->
                backup(store, settings().awaitingWal(Optional.of(Duration.ofSeconds(1))))
                    .run(Progress.silent()));

    assertThat(failed.problem().code()).isEqualTo(Code.NO_SUCH_OBJECT);
    assertThat(failed.problem().where()).contains("srv/wals/0000000100000000/00000001");
    requireOnlyAFailedInfo();
  }

  @Test
  void a_data_directory_of_another_cluster_is_refused_before_anything_is_stored() throws Exception {
    var other = folder.resolve("other/global");
    Files.createDirectories(other);
    Files.write(other.resolve("pg_control"), new byte[8192]);

    var failed =
        catchThrowableOfType(
            ProblemException.class,
            () ->
                backup(store, BackupSettings.of(folder.resolve("other")).immediately())
                    .run(Progress.silent()));

    assertThat(failed.problem().where()).isEqualTo(folder.resolve("other").toString());
    assertThat(keys()).isEmpty();
  }

  @Test
  void a_server_that_cannot_be_reached_is_told() throws Exception {
    var nobody = server().database();
    nobody.setPortNumbers(new int[] {1});

    var failed =
        catchThrowableOfType(
            ProblemException.class,
            () -> new BaseBackup(nobody, store, SERVER, settings()).run(Progress.silent()));

    assertThat(failed.problem().code()).isEqualTo(Code.POSTGRES);
    assertThat(keys()).isEmpty();
  }

  @Test
  void a_damaged_page_is_told_and_backed_up_as_it_is() throws Exception {
    var file = server().data().resolve(server().ask("SELECT pg_relation_filepath('notes')"));
    long at = 3 * 8192 + 5000;
    flip(file, at);
    try {
      var taken = backup(store, settings()).run(Progress.silent());

      assertThat(taken.inventory().damagedPages()).isEqualTo(1);
      assertThat(taken.inventory().damage())
          .containsExactly(
              new Inventory.DamagedPage(server().data().relativize(file).toString(), 3));
      assertThat(onlyInfo().status()).isEqualTo(Status.DONE);
    } finally {
      flip(file, at);
    }
  }

  private static void flip(Path file, long at) throws Exception {
    try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 1);
    }
  }

  @Test
  void a_killed_process_leaves_no_archive_and_no_backup_mode() throws Exception {
    var root = folder.resolve("killed");
    var hangs = folder.resolve("hangs");
    var process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledBackup.class.getName(),
                server().data().toString(),
                Integer.toString(server().port()),
                root.toString(),
                hangs.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("killed.log").toFile())
            .start();
    for (int look = 0; look < 1200 && process.isAlive() && !Files.exists(hangs); look++) {
      Thread.sleep(100);
    }
    assertThat(hangs).describedAs(Files.readString(folder.resolve("killed.log"))).exists();
    assertThat(server().ask(MODE)).isNotEqualTo("0");

    process.destroyForcibly();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();

    try (var left = new FolderStore(root);
        var all = left.list("", "")) {
      var keys = all.map(StoredObject::key).toList();
      assertThat(keys).hasSize(2).anyMatch(key -> key.endsWith("/backup.info"));
      assertThat(keys).anyMatch(key -> key.endsWith(".running"));
      assertThat(left.abandoned(SERVER.bases())).hasSize(1);
      var id = BackupId.find(left.folders(SERVER.bases()).getFirst()).orElseThrow();
      try (var bytes = left.open(SERVER.info(id))) {
        assertThat(BackupInfo.parse("info", bytes.readAllBytes()).status())
            .isEqualTo(Status.STARTED);
      }
    }
    requireNoBackupMode();
    Folders.delete(root);
  }
}
