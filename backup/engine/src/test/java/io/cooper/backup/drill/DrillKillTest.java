package io.cooper.backup.drill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.restore.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/// Drills that are killed: nothing of them runs on, and the next one removes what they left.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DrillKillTest {
  private static final String SECRET = "not-to-be-seen-in-a-server";

  @TempDir static Path folder = Path.of(".");

  private Optional<Site> open = Optional.empty();

  @BeforeAll
  void make() throws Exception {
    open = Optional.of(new Site(folder));
    var primary = site().primary(Binaries.embedded(), List.of("-k", "--wal-segsize=1"));
    site().backUp(primary, BackupSettings.of(primary.data()).immediately());
    for (int round = 0; round < 5; round++) {
      primary.execute(
          "INSERT INTO notes (body) SELECT repeat(md5(i::text), 20) FROM generate_series(1, 2000) i",
          "SELECT pg_switch_wal()");
    }
    Site.awaitArchived(primary);
    primary.stop();
  }

  @AfterAll
  void stop() throws Exception {
    site().close();
  }

  private Site site() {
    return open.orElseThrow();
  }

  private Path scratch() {
    return folder.resolve("scratch");
  }

  private Process begun(Drill.Stage stage) throws IOException {
    var builder =
        new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            KilledDrill.class.getName(),
            folder.resolve("store").toString(),
            scratch().toString(),
            Binaries.embedded().bin().toString());
    builder.environment().put("AWS_SECRET_ACCESS_KEY", SECRET);
    var process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    var said = process.inputReader();
    for (var line = said.readLine(); !stage.name().equals(line); line = said.readLine()) {
      assertThat(line).as("it ended before " + stage).isNotNull();
    }
    return process;
  }

  /// Processes whose command names the scratch folder, but for the drill itself.
  private List<ProcessHandle> left(Process drill) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != drill.pid())
        .filter(process ->
            process.info().commandLine().orElse("").contains(scratch() + "/cooper-drill-"))
        .toList();
  }

  private void requireNoneLeft(Process drill) throws Exception {
    for (int look = 0; look < 200 && !left(drill).isEmpty(); look++) {
      Thread.sleep(100);
    }
    assertThat(left(drill)).as("processes of a drill that was killed").isEmpty();
  }

  /// @param millis after a stage began, at most
  @ParameterizedTest
  @CsvSource({"RESTORING, 300", "RECOVERING, 100", "RECOVERING, 1500", "CHECKING, 50"})
  @Tag("S136")
  void a_drill_that_is_killed_takes_its_server_along_and_the_next_one_clears_up(
      Drill.Stage stage, int millis) throws Exception {
    var process = begun(stage);
    var ended = process.waitFor(new Random(millis).nextInt(millis), TimeUnit.MILLISECONDS);
    requireNoSecrets(process);
    process.destroyForcibly();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    requireNoneLeft(process);
    assertThat(ended || !Files.list(scratch()).toList().isEmpty()).isTrue();
    var others = Files.createDirectories(scratch().resolve("cooper-drill-of-somebody-else"));

    var places =
        new DrillSettings.Places(
            Optional.of(Binaries.embedded().bin()),
            Optional.empty(),
            folder.resolve("cache"),
            Map.of());
    var result =
        new Drill(site().store(), Site.SERVER, DrillSettings.in(scratch(), places))
            .run(Drill.Watch.silent());

    assertThat(result.problems()).isEmpty();
    if (!ended) {
      assertThat(result.notices()).anySatisfy(note -> assertThat(note).startsWith("removed "));
    }
    try (var entries = Files.list(scratch())) {
      assertThat(entries).containsExactly(others);
    }
    assertThat(DrillText.json("srv", result)).doesNotContain(SECRET);
  }

  private void requireNoSecrets(Process drill) {
    for (var process : left(drill)) {
      try {
        var environment =
            Files.readString(Path.of("/proc/%d/environ".formatted(process.pid())), UTF_8);
        assertThat(environment).doesNotContain(SECRET);
      } catch (IOException _) {
        // It ended, or belongs to another user now.
      }
    }
  }
}
