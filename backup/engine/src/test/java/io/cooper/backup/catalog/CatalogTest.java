package io.cooper.backup.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.ServerFolder;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import io.cooper.store.Intent;
import io.cooper.store.MemoryStore;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

@Tag("S119")
@Tag("S120")
class CatalogTest {
  private final MemoryStore store = new MemoryStore();
  private final Catalog catalog = new Catalog(store, new ServerFolder("srv"));

  @BeforeEach
  void backups() throws IOException {
    describe(
        "20260101T000000",
        """
        backup_name=first
        begin_time=2026-01-01 00:00:00.000001+00:00
        begin_wal=000000010000000000000003
        begin_xlog=0/3000028
        cluster_size=30000000
        end_time=2026-01-01 00:02:05+00:00
        end_wal=000000010000000000000006
        end_xlog=0/6000000
        server_name=cloud
        status=DONE
        systemid=7710538029073545286
        tablespaces=[('Ts B', 16402, '/ts b é')]
        timeline=1
        version=150018
        """);
    write("20260101T000000/data.tar.gz", new byte[6_000_000]);
    write("20260101T000000/data_0001.tar.gz", new byte[3_000_000]);
    write("20260101T000000/16402.tar.gz", new byte[1_000_000]);
    write("20260101T000000/annotations/keep", "standalone".getBytes(UTF_8));
    describe("20260102T000000", "error=failure uploading data (disk on fire)\nstatus=FAILED\n");
    describe("20260103T000000", "status=STARTED\nversion=150018\n");
    describe("20260104T000000", "status=DONE\nrubbish\n");
    describe("20260105T000000", "status=DONE\nversion=150018\n");
    describe(
        "20260106T000000",
        "snapshots_info={'provider': 'gcp', 'snapshots': []}\nstatus=DONE\nversion=150018\nzebra=1\n");
    write("20260107T000000/data.tar", new byte[10]);
    write("not-a-backup/data.tar", new byte[10]);
  }

  @Test
  void every_backup_is_listed_and_none_hides_another() {
    assertThat(CatalogText.table(catalog.backups()))
        .isEqualTo(
            """
            ID               NAME   STATUS      ENDED                 TOOK   SIZE      STORED    RATIO  WAL                                                 KEEP
            20260101T000000  first  DONE        2026-01-01 00:02:05Z  2m04s  28.6 MiB  9.5 MiB   3.0    000000010000000000000003..000000010000000000000005  standalone
            20260102T000000  -      FAILED      -                     -      -         0 B       -      -                                                   -
            20260103T000000  -      STARTED     -                     -      -         0 B       -      -                                                   -
            20260104T000000  -      UNREADABLE  -                     -      -         -         -      -                                                   -
            20260105T000000  -      INCOMPLETE  -                     -      -         0 B       -      -                                                   -
            20260106T000000  -      DONE        -                     -      -         snapshot  -      -                                                   -
            20260107T000000  -      UNREADABLE  -                     -      -         -         -      -                                                   -
            20260102T000000: failure uploading data (disk on fire)
            BAD_INPUT memory:/srv/base/20260104T000000/backup.info: line 2 has no '=': 'rubbish'
              try: if the backup's archives are whole, write the file again from another copy of it; otherwise delete the backup
            20260105T000000: says it is done, and has no data archive
            20260106T000000: backup.info has keys that no known barman writes, at which barman stops for all backups of the server: zebra
            NO_SUCH_OBJECT memory:/srv/base/20260107T000000/backup.info: is not there, so the backup is not finished or was deleted in part
              try: if no backup runs, delete what is left of it
            """);
  }

  @Test
  void programs_get_the_same() {
    var list = new JsonMapper().readTree(CatalogText.json(catalog.place(), catalog.backups()));

    assertThat(list.at("/server").asString()).isEqualTo("memory:/srv");
    assertThat(list.at("/backups").size()).isEqualTo(7);
    var first = list.at("/backups/0");
    assertThat(first.at("/endTime").asString()).isEqualTo("2026-01-01T00:02:05Z");
    assertThat(first.at("/durationMillis").asLong()).isEqualTo(124_999);
    assertThat(first.at("/storedBytes").asLong()).isEqualTo(10_000_000);
    assertThat(first.at("/ratio").asDouble()).isEqualTo(3.0);
    assertThat(first.at("/endWal").asString()).isEqualTo("000000010000000000000005");
    assertThat(first.at("/tablespaces/0/location").asString()).isEqualTo("/ts b é");
    assertThat(first.has("error")).isFalse();
    assertThat(list.at("/backups/3/problem/code").asString()).isEqualTo("BAD_INPUT");
    var shown =
        new JsonMapper()
            .readTree(CatalogText.json(catalog.place(), catalog.backup("first")))
            .at("/backup");
    assertThat(shown).isEqualTo(first);
  }

  @Test
  void one_backup_is_shown_with_what_is_known_of_it() {
    assertThat(CatalogText.details(catalog.backup("20260101T000000")))
        .contains("took               2m04s\n")
        .contains("stored             9.5 MiB in 3 archives\n")
        .contains("LSN                0/3000028 to 0/6000000\n")
        .contains("tablespace         Ts B (16402) at /ts b é\n")
        .contains("PostgreSQL         15.18\n")
        .doesNotContain("error");
  }

  @Test
  void the_latest_is_the_newest_that_can_be_restored() {
    assertThat(catalog.backup("latest").id().text()).isEqualTo("20260106T000000");
  }

  @Test
  void a_backup_that_is_not_there_is_told_from_one_that_cannot_be_read() {
    assertProblem(Code.NO_SUCH_OBJECT, "20250101T000000");
    assertProblem(Code.BAD_INPUT, "20260104T000000");
  }

  @Test
  void a_name_that_two_backups_have_is_no_answer() throws IOException {
    describe("20260108T000000", "backup_name=first\nstatus=DONE\n");

    assertProblem(Code.BAD_USE, "first");
  }

  @Test
  void a_server_that_does_not_exist_has_no_backups() {
    assertThat(new Catalog(store, new ServerFolder("none")).backups()).isEmpty();
  }

  @Test
  void a_description_of_absurd_size_is_not_read_into_memory() throws IOException {
    write("20260109T000000/backup.info", new byte[3 << 20]);

    assertProblem(Code.TOO_LARGE, "20260109T000000");
  }

  @Test
  void the_status_of_a_backup_is_its_own() {
    assertThat(((Backup.Described) catalog.backups().get(1)).info().status())
        .isEqualTo(BackupInfo.Status.FAILED);
  }

  private void assertProblem(Code code, String wanted) {
    assertThatThrownBy(() -> catalog.backup(wanted))
        .isInstanceOfSatisfying(
            ProblemException.class, thrown -> assertThat(thrown.problem().code()).isEqualTo(code));
  }

  private void describe(String id, String text) throws IOException {
    write(id + "/backup.info", text.getBytes(UTF_8));
  }

  private void write(String name, byte[] content) throws IOException {
    try (var object = store.create("srv/base/" + name, Intent.replacing())) {
      object.bytes().write(content);
      object.commit();
    }
  }
}
