package io.cooper.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.Progress;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Folders;
import io.cooper.backup.postgres.Postgres;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import io.cooper.store.StoredObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Processes that are killed at random moments, and what they leave.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KillTest {
  private static final String MODE =
      "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_backup_start%'"
          + " AND pid <> pg_backend_pid()";

  @TempDir static Path folder = Path.of(".");

  private Optional<Site> open = Optional.empty();
  private Optional<Postgres> running = Optional.empty();

  @BeforeAll
  void start() throws Exception {
    open = Optional.of(new Site(folder));
    running = Optional.of(site().primary(Binaries.embedded(), List.of("-k")));
    server()
        .execute(
            "CREATE TABLE more AS SELECT md5(i::text) AS body FROM generate_series(1, 200000) i",
            "CHECKPOINT");
  }

  @AfterAll
  void stop() throws Exception {
    site().close();
  }

  private Site site() {
    return open.orElseThrow();
  }

  private Postgres server() {
    return running.orElseThrow();
  }

  /// How it was before it was killed, if it was not done by then.
  private boolean kill(Random random, long within, String... arguments) throws Exception {
    var process = begun(arguments);
    var killed = !process.waitFor(random.nextLong(within), TimeUnit.MILLISECONDS);
    assertThat(process.descendants()).isEmpty();
    process.destroyForcibly();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return killed;
  }

  private static Process begun(String... arguments) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledWork.class.getName()));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    BufferedReader said = process.inputReader();
    assertThat(said.readLine()).isEqualTo(KilledWork.BEGINS);
    return process;
  }

  private static long millis(String... arguments) throws Exception {
    var began = System.nanoTime();
    assertThat(begun(arguments).waitFor()).isZero();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
  }

  @ParameterizedTest
  @CsvSource("4, 1")
  void a_backup_that_is_killed_leaves_nothing_that_the_next_one_does_not_clear_away(
      int rounds, long seed) throws Exception {
    killBackups(rounds, new Random(seed));
  }

  @ParameterizedTest
  @CsvSource("30, 7")
  @Tag("soak")
  void nor_do_many(int rounds, long seed) throws Exception {
    killBackups(rounds, new Random(seed));
  }

  private void killBackups(int rounds, Random random) throws Exception {
    String[] backup = {
      "backup",
      folder.resolve("store").toString(),
      server().data().toString(),
      Integer.toString(server().port())
    };
    long within = millis(backup);
    for (int round = 0; round < rounds; round++) {
      kill(random, within, backup);

      requireNoBackupMode();
      var taken =
          site()
              .backUp(
                  server(),
                  BackupSettings.of(server().data()).immediately().awaitingWal(Optional.empty()));
      var all = infos();
      assertThat(all.get(taken.id())).isEqualTo(Status.DONE);
      assertThat(all.values()).describedAs("%s", all).isSubsetOf(Status.DONE, Status.FAILED);
      assertThat(site().store().abandoned("")).isEmpty();
      assertThat(archives()).allMatch(key -> all.get(idOf(key)) == Status.DONE);
      assertThat(keys("srv/cooper/")).noneMatch(key -> key.endsWith(".running"));
    }
  }

  private void requireNoBackupMode() throws Exception {
    for (int look = 0; look < 600 && !server().ask(MODE).equals("0"); look++) {
      Thread.sleep(100);
    }
    assertThat(server().ask(MODE)).isEqualTo("0");
  }

  private List<String> keys(String prefix) throws Exception {
    try (var all = site().store().list(prefix, "")) {
      return all.map(StoredObject::key).toList();
    }
  }

  private List<String> archives() throws Exception {
    return keys(Site.SERVER.bases()).stream().filter(key -> key.contains(".tar")).toList();
  }

  private static BackupId idOf(String key) {
    return BackupId.find(key.substring(Site.SERVER.bases().length()).split("/")[0]).orElseThrow();
  }

  private Map<BackupId, Status> infos() throws Exception {
    var found = new HashMap<BackupId, Status>();
    for (var key : keys(Site.SERVER.bases())) {
      if (key.endsWith("/backup.info")) {
        try (var bytes = site().store().open(key)) {
          found.put(idOf(key), BackupInfo.parse(key, bytes.readAllBytes()).status());
        }
      }
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource("4, 3")
  void a_restore_that_is_killed_is_never_taken_for_whole(int rounds, long seed) throws Exception {
    killRestores(rounds, new Random(seed));
  }

  @ParameterizedTest
  @CsvSource("30, 11")
  @Tag("soak")
  void nor_are_many(int rounds, long seed) throws Exception {
    killRestores(rounds, new Random(seed));
  }

  private void killRestores(int rounds, Random random) throws Exception {
    site()
        .backUp(
            server(),
            BackupSettings.of(server().data()).immediately().awaitingWal(Optional.empty()));
    var data = folder.resolve("restored");
    String[] restore = {"restore", folder.resolve("store").toString(), data.toString()};
    long within = millis(restore);
    Folders.delete(data);
    for (int round = 0; round < rounds; round++) {
      kill(random, within, restore);

      if (isWhole(data)) {
        assertThat(data.resolve("backup_label")).exists();
        assertThat(data.resolve("PG_VERSION")).exists();
      } else if (Files.exists(data) && !isEmpty(data)) {
        requireRefused(data);
      }
      Folders.delete(data);
    }
  }

  private static boolean isWhole(Path data) {
    return Files.exists(data.resolve("global/pg_control"))
        && !Files.exists(data.resolve(Destination.MARKER));
  }

  private static boolean isEmpty(Path data) throws IOException {
    try (var entries = Files.list(data)) {
      return entries.findAny().isEmpty();
    }
  }

  private void requireRefused(Path data) throws Exception {
    assertThat(data.resolve(Destination.MARKER)).exists();
    var failed =
        catchThrowableOfType(
            ProblemException.class,
            () ->
                new Restore(site().store(), Site.SERVER, RestoreSettings.newest())
                    .into(data, Progress.silent()));
    assertThat(failed.problem().code()).isEqualTo(Code.BAD_USE);
    assertThat(failed.problem().what()).contains("was not completed");
    if (!Files.exists(data.resolve("global/pg_control"))) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> Postgres.of(Binaries.embedded(), data).start());
    }
  }

  @org.junit.jupiter.api.Test
  void a_full_disk_is_told_and_the_folder_is_empty_again() throws Exception {
    site()
        .backUp(
            server(),
            BackupSettings.of(server().data()).immediately().awaitingWal(Optional.empty()));
    var small = Files.createDirectory(folder.resolve("small"));
    var mounted =
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=8m", "none", small.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("mount.log").toFile())
            .start()
            .waitFor();
    org.assertj.core.api.Assumptions.assumeThat(mounted)
        .describedAs("nothing can be mounted here")
        .isZero();
    try {
      var data = small.resolve("data");
      var failed =
          catchThrowable(() ->
              new Restore(site().store(), Site.SERVER, RestoreSettings.newest())
                  .into(data, Progress.silent()));

      assertThat(failed).isInstanceOf(ProblemException.class);
      var problem = ((ProblemException) failed).problem();
      assertThat(problem.code()).isEqualTo(Code.DISK);
      assertThat(problem.where()).startsWith(data.toString());
      assertThat(problem.what()).contains("No space left");
      assertThat(data).isEmptyDirectory();
    } finally {
      new ProcessBuilder("umount", small.toString()).start().waitFor();
    }
  }
}
