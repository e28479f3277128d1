package io.cooper.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.Progress;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Postgres;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Every kind of target, on one archive whose moments are known: one, two, three rows after the
/// backup, and between them a time, a place, a name and a transaction.
@Tag("S129")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TargetTest {
  private static final String ROWS = "SELECT count(*) FROM moments";

  @TempDir static Path folder = Path.of(".");

  private Optional<Site> open = Optional.empty();
  private OffsetDateTime time = OffsetDateTime.MIN;
  private Lsn place = new Lsn(0);
  private long transaction;
  private OffsetDateTime backedUp = OffsetDateTime.MIN;

  @BeforeAll
  void make() throws Exception {
    open = Optional.of(new Site(folder));
    var primary = site().primary(Binaries.embedded(), List.of("-k"));
    primary.execute("CREATE TABLE moments (number int)");
    backedUp =
        site()
            .backUp(primary, BackupSettings.of(primary.data()).immediately())
            .info()
            .get(io.cooper.backup.format.BackupInfo.END_TIME)
            .orElseThrow();
    primary.execute("INSERT INTO moments VALUES (1)");
    place = Lsn.parse(primary.ask("SELECT pg_current_wal_insert_lsn()"));
    time = now(primary);
    primary.execute("SELECT pg_sleep(0.1)");
    transaction =
        Long.parseLong(
            primary.ask(
                "WITH two AS (INSERT INTO moments VALUES (2) RETURNING 1)"
                    + " SELECT pg_current_xact_id()::text FROM two"));
    primary.execute(
        "SELECT pg_create_restore_point('before three')", "INSERT INTO moments VALUES (3)");
    Site.awaitArchived(primary);
  }

  private static OffsetDateTime now(Postgres server) throws Exception {
    return OffsetDateTime.parse(
        server.ask("SELECT to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM')"));
  }

  @AfterAll
  void stop() throws Exception {
    site().close();
  }

  private Site site() {
    return open.orElseThrow();
  }

  private String rowsAt(String name, Recovery recovery) throws Exception {
    try (var server =
        site()
            .restored(
                Binaries.embedded(),
                name,
                RestoreSettings.newest().recovering(recovery),
                "archive_mode = off")) {
      return server.ask(ROWS);
    }
  }

  private Recovery to(Target target) {
    return site().recovery().to(target);
  }

  @Test
  void a_time() throws Exception {
    assertThat(rowsAt("time", to(new Target.Time(time)))).isEqualTo("1");
  }

  @Test
  void a_place() throws Exception {
    assertThat(rowsAt("place", to(new Target.Place(place)))).isIn("1", "2");
    assertThat(rowsAt("before the place", to(new Target.Place(place)).exclusive())).isEqualTo("1");
  }

  @Test
  void a_name() throws Exception {
    assertThat(rowsAt("name", to(new Target.Name("before three")))).isEqualTo("2");
  }

  @Test
  void a_transaction_and_what_was_before_it() throws Exception {
    assertThat(rowsAt("with it", to(new Target.Transaction(transaction)))).isEqualTo("2");
    assertThat(rowsAt("without", to(new Target.Transaction(transaction)).exclusive()))
        .isEqualTo("1");
  }

  @Test
  void the_moment_of_the_backup_and_the_latest_there_is() throws Exception {
    assertThat(rowsAt("immediate", to(new Target.Immediate()))).isEqualTo("0");
    assertThat(rowsAt("latest", to(new Target.Latest()))).isEqualTo("3");
  }

  private ProblemException refused(Target target) {
    var data = folder.resolve("refused");
    var failed =
        catchThrowableOfType(
            ProblemException.class,
            () ->
                new Restore(
                        site().store(),
                        Site.SERVER,
                        RestoreSettings.newest().recovering(to(target)))
                    .into(data, Progress.silent()));
    assertThat(data).doesNotExist();
    return failed;
  }

  @Test
  void a_place_beyond_all_wal_is_told_with_the_newest_that_can_be_reached() {
    var failed = refused(new Target.Place(Lsn.parse("FF/0")));

    assertThat(failed.problem().code()).isEqualTo(Code.NO_SUCH_OBJECT);
    assertThat(failed.problem().what())
        .containsPattern("newest that can be reached is 0/[0-9A-F]+");
  }

  @Test
  void a_time_after_all_wal_is_told_with_the_newest_that_can_be_reached() {
    var failed = refused(new Target.Time(time.plusDays(1)));

    assertThat(failed.problem().code()).isEqualTo(Code.NO_SUCH_OBJECT);
    assertThat(failed.problem().what()).contains("newest that can be reached is just before 20");
  }

  @Test
  void a_time_before_all_backups_is_told_with_the_oldest_that_can_be_reached() {
    var failed = refused(new Target.Time(time.minusDays(1)));

    assertThat(failed.problem().code()).isEqualTo(Code.NO_SUCH_OBJECT);
    assertThat(failed.problem().what())
        .contains("oldest target that can be reached is " + backedUp);
  }
}
