package io.cooper.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.backup.audit.ArchiveAudit;
import io.cooper.backup.audit.ArchiveAudit.Reading;
import io.cooper.backup.audit.Audit;
import io.cooper.backup.audit.Finding.Kind;
import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.Progress;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Postgres;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import io.cooper.store.StoredObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A segment is lost. What the planner offers, PostgreSQL recovers to; what it refuses, PostgreSQL
/// does not.
@Tag("S129")
class HoleTest {
  private static final String ROWS = "SELECT count(*) FROM moments";

  @TempDir private Path folder;

  private static OffsetDateTime now(Postgres server) throws Exception {
    return OffsetDateTime.parse(
        server.ask("SELECT to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.USTZH:TZM')"));
  }

  @Test
  void what_is_offered_is_reached_and_what_is_refused_is_not() throws Exception {
    try (var site = new Site(folder)) {
      var primary = site.primary(Binaries.embedded(), List.of("-k", "--wal-segsize=1"));
      primary.execute("CREATE TABLE moments (number int)");
      site.backUp(primary, BackupSettings.of(primary.data()).immediately());
      var times = new ArrayList<OffsetDateTime>();
      for (int moment = 0; moment < 6; moment++) {
        primary.execute("INSERT INTO moments VALUES (%d)".formatted(moment));
        times.add(now(primary));
        primary.execute("SELECT pg_sleep(0.05)");
        Site.awaitArchived(primary);
      }
      var lost = lost(site, primary);
      assertThat(audit(site).findings()).isEmpty();
      // Restored while all WAL is there, and started when some is lost.
      restoreOnly(site, "inside", times.get(4));
      site.store().delete(List.of(lost));
      assertThat(audit(site).findings())
          .singleElement()
          .matches(found -> found.kind() == Kind.MISSING && lost.endsWith(found.where()));
      var choice = new BackupChoice(site.store(), Site.SERVER);

      var offered = 0;
      for (int moment = 0; moment < 6; moment++) {
        var plan = choice.plan(new Wanted.Fitting(), new Target.Time(times.get(moment)), "latest");
        if (plan.obstacle().isEmpty()) {
          offered++;
          assertThat(rows(site, "offered" + moment, times.get(moment)))
              .isEqualTo(Integer.toString(moment + 1));
        } else {
          assertThat(plan.obstacle().get().code()).isEqualTo(Code.NO_SUCH_OBJECT);
          assertThat(plan.nearest()).isNotEmpty();
          var time = times.get(moment);
          assertThatThrownBy(() -> rows(site, "refused", time))
              .isInstanceOf(ProblemException.class)
              .hasMessageContaining("is missing");
        }
      }

      assertThat(offered).isBetween(1, 5);
      try (var stubborn = Postgres.of(Binaries.embedded(), folder.resolve("inside"))) {
        assertThatThrownBy(stubborn::start)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("before configured recovery target was reached");
      }
    }
  }

  private static Audit audit(Site site) throws Exception {
    var settings = ArchiveAudit.Settings.usual().reading(Reading.ALL);
    return new ArchiveAudit(site.store(), Site.SERVER, settings).run();
  }

  /// The key of a segment in the middle of what follows the backup.
  private static String lost(Site site, Postgres primary) throws Exception {
    var newest = primary.ask("SELECT last_archived_wal FROM pg_stat_archiver");
    try (var objects = site.store().list(Site.SERVER.wals(), "")) {
      var keys =
          objects
              .map(StoredObject::key)
              .filter(key -> key.matches(".*/[0-9A-F]{24}"))
              .filter(key -> key.substring(key.length() - 24).compareTo(newest) <= 0)
              .toList();
      return keys.get(keys.size() - 4);
    }
  }

  private static RestoreSettings settings(Site site, OffsetDateTime time) {
    return RestoreSettings.newest().recovering(site.recovery().to(new Target.Time(time)));
  }

  private void restoreOnly(Site site, String name, OffsetDateTime time) throws Exception {
    var data = folder.resolve(name);
    new Restore(site.store(), Site.SERVER, settings(site, time)).into(data, Progress.silent());
    Files.writeString(
        data.resolve("postgresql.conf"),
        Files.readString(data.resolve("postgresql.conf")) + "archive_mode = off\n");
  }

  private static String rows(Site site, String name, OffsetDateTime time) throws Exception {
    try (var server =
        site.restored(Binaries.embedded(), name, settings(site, time), "archive_mode = off")) {
      return server.ask(ROWS);
    }
  }
}
