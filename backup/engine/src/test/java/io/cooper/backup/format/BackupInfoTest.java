package io.cooper.backup.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackupInfoTest {
  /// As barman-cloud-backup 3.20.1 wrote it for a PostgreSQL 15 with two tablespaces.
  private static final String SEEN =
      """
      backup_label='START WAL LOCATION: 0/3000028 (file 000000010000000000000003)\\nCHECKPOINT LOCATION: 0/3000098\\nBACKUP METHOD: streamed\\n'
      backup_name=bk
      begin_offset=40
      begin_time=2026-11-21 08:42:32.031018+00:00
      begin_wal=000000010000000000000003
      begin_xlog=0/3000028
      children_backup_ids=None
      cluster_size=30837293
      compression=None
      config_file=/pgdata/postgresql.conf
      copy_stats={'total_time': 595.688868, 'number_of_workers': 2, 'analysis_time': 0, 'analysis_time_per_item': {'16386': 0, 'data': 0}}
      data_checksums=on
      deduplicated_size=None
      encryption=None
      end_offset=312
      end_time=2026-11-21 08:42:47.046528+00:00
      end_wal=000000010000000000000003
      end_xlog=0/3000138
      error=None
      hba_file=/pgdata/pg_hba.conf
      ident_file=/pgdata/pg_ident.conf
      included_files=['/pgdata/postgresql.auto.conf']
      mode=None
      parent_backup_id=None
      pgdata=/pgdata
      server_name=cloud
      size=None
      status=DONE
      summarize_wal=None
      systemid=7710538029073545286
      tablespaces=[('ts_a', 16386, '/ts_a'), ('Ts B', 16402, '/ts b é')]
      timeline=1
      version=150018
      xlog_segment_size=16777216
      """;

  @Test
  void what_barman_wrote_comes_back_byte_for_byte() {
    assertThat(parse(SEEN).bytes()).asString(UTF_8).isEqualTo(SEEN);
  }

  @Test
  void what_barman_wrote_is_understood() {
    var info = parse(SEEN);

    assertThat(info.status()).isEqualTo(BackupInfo.Status.DONE);
    assertThat(info.get(BackupInfo.NAME)).contains("bk");
    assertThat(info.get(BackupInfo.LABEL).orElseThrow())
        .startsWith("START WAL LOCATION: 0/3000028 (file 000000010000000000000003)\nCHECKPOINT");
    assertThat(info.get(BackupInfo.BEGIN_TIME))
        .contains(OffsetDateTime.of(2026, 11, 21, 8, 42, 32, 31_018_000, ZoneOffset.UTC));
    assertThat(info.get(BackupInfo.END_LSN)).contains(new Lsn(0x3000138));
    assertThat(info.get(BackupInfo.BEGIN_WAL)).contains(new WalName.Segment(1, 0, 3));
    assertThat(info.get(BackupInfo.ERROR)).isEmpty();
    assertThat(info.tablespaces())
        .containsExactly(
            new BackupInfo.Tablespace("ts_a", 16386, "/ts_a"),
            new BackupInfo.Tablespace("Ts B", 16402, "/ts b é"));
    assertThat(info.segmentSize()).isEqualTo(SegmentSize.USUAL);
  }

  @Test
  void what_is_built_is_what_barman_would_have_written() {
    var built =
        BackupInfo.of(BackupInfo.Status.DONE)
            .with(BackupInfo.LABEL, parse(SEEN).get(BackupInfo.LABEL).orElseThrow())
            .with(BackupInfo.NAME, "bk")
            .with(BackupInfo.BEGIN_OFFSET, 40L)
            .with(
                BackupInfo.BEGIN_TIME,
                OffsetDateTime.of(2026, 11, 21, 8, 42, 32, 31_018_000, ZoneOffset.UTC))
            .with(BackupInfo.BEGIN_WAL, new WalName.Segment(1, 0, 3))
            .with(BackupInfo.BEGIN_LSN, new Lsn(0x3000028))
            .with(BackupInfo.CLUSTER_SIZE, 30_837_293L)
            .with(BackupInfo.CONFIG_FILE, "/pgdata/postgresql.conf")
            .with(
                BackupInfo.COPY_STATS,
                new PythonLiteral.Dict(
                    List.of(
                        entry("total_time", PythonLiteral.of(595.688868)),
                        entry("number_of_workers", PythonLiteral.of(2)),
                        entry("analysis_time", PythonLiteral.of(0)),
                        entry(
                            "analysis_time_per_item",
                            new PythonLiteral.Dict(
                                List.of(
                                    entry("16386", PythonLiteral.of(0)),
                                    entry("data", PythonLiteral.of(0))))))))
            .with(BackupInfo.DATA_CHECKSUMS, "on")
            .with(BackupInfo.END_OFFSET, 312L)
            .with(
                BackupInfo.END_TIME,
                OffsetDateTime.of(2026, 11, 21, 8, 42, 47, 46_528_000, ZoneOffset.UTC))
            .with(BackupInfo.END_WAL, new WalName.Segment(1, 0, 3))
            .with(BackupInfo.END_LSN, new Lsn(0x3000138))
            .with(BackupInfo.HBA_FILE, "/pgdata/pg_hba.conf")
            .with(BackupInfo.IDENT_FILE, "/pgdata/pg_ident.conf")
            .with(BackupInfo.INCLUDED_FILES, List.of("/pgdata/postgresql.auto.conf"))
            .with(BackupInfo.PGDATA, "/pgdata")
            .with(BackupInfo.SYSTEM_ID, "7710538029073545286")
            .with(
                BackupInfo.TABLESPACES,
                List.of(
                    new BackupInfo.Tablespace("ts_a", 16386, "/ts_a"),
                    new BackupInfo.Tablespace("Ts B", 16402, "/ts b é")))
            .with(BackupInfo.TIMELINE, 1L)
            .with(BackupInfo.VERSION, 150_018L)
            .with(BackupInfo.SEGMENT_SIZE, SegmentSize.USUAL);

    assertThat(built.bytes()).asString(UTF_8).isEqualTo(SEEN);
  }

  @Test
  void old_readers_get_no_key_that_is_younger_than_they() {
    assertThat(new String(parse(SEEN).bytesForOldReaders(), UTF_8))
        .contains("version=150018\n")
        .doesNotContain(
            "cluster_size",
            "data_checksums",
            "summarize_wal",
            "parent_",
            "children_",
            "encryption");
  }

  @Test
  void a_key_that_no_barman_knows_is_told_and_never_written() {
    var info = parse(SEEN + "zebra=1\n");

    assertThat(info.unknownKeys()).containsExactly("zebra");
    assertThat(info.bytes()).asString(UTF_8).isEqualTo(SEEN);
  }

  @Test
  void a_file_of_the_barest_keys_in_another_order_with_comments_is_read() {
    var info =
        parse("# by hand\n\nversion = 130005\nstatus = DONE\n begin_time=2021-05-01T00:00:00Z\n");

    assertThat(info.get(BackupInfo.VERSION)).contains(130_005L);
    assertThat(info.get(BackupInfo.BEGIN_TIME))
        .contains(OffsetDateTime.of(2021, 5, 1, 0, 0, 0, 0, ZoneOffset.UTC));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sat May  1 10:00:00 2021", "Sat May 01 10:00:00 2021"})
  void times_of_old_versions_are_local(String written) {
    var info = parse("status=DONE\nbegin_time=%s\n".formatted(written));

    assertThat(info.get(BackupInfo.BEGIN_TIME).orElseThrow().toLocalDateTime())
        .hasToString("2021-05-01T10:00");
  }

  @Test
  void an_empty_file_is_a_backup_of_which_nothing_is_known() {
    assertThat(parse("").status()).isEqualTo(BackupInfo.Status.EMPTY);
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void a_file_that_was_cut_anywhere_is_refused_or_lacks_only_the_segment_size(int length) {
    var cut =
        new String(SEEN.getBytes(UTF_8), 0, length, java.nio.charset.StandardCharsets.ISO_8859_1);
    if (length == 0 || cut.endsWith("version=150018\n")) {
      return;
    }
    var afterStatus = cut.contains("status=DONE\n") && cut.endsWith("\n");
    if (afterStatus) {
      assertThat(parse(SEEN.getBytes(UTF_8), length).get(BackupInfo.VERSION)).isEmpty();
    } else {
      assertThatThrownBy(() -> parse(SEEN.getBytes(UTF_8), length))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("srv/base/x/backup.info");
    }
  }

  static IntStream cuts() {
    var length = SEEN.getBytes(UTF_8).length;
    return IntStream.concat(IntStream.range(0, 40), new Random(7).ints(120, 0, length - 1));
  }

  @Test
  void all_that_is_wrong_is_said_at_once() {
    assertThatThrownBy(
            () -> parse("status=DONE\nrubbish\nbegin_offset=four\ntablespaces=[('a', 'b')]\n"))
        .isInstanceOfSatisfying(
            ProblemException.class,
            thrown -> {
              assertThat(thrown.problem().code()).isEqualTo(Code.BAD_INPUT);
              assertThat(thrown.problem().where()).isEqualTo("srv/base/x/backup.info");
              assertThat(thrown.problem().what())
                  .contains("line 2 has no '='", "line 3: begin_offset", "line 4: tablespaces");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"two\nlines", "None", " blank", ""})
  void a_word_that_would_not_come_back_is_refused(String name) {
    if (name.isEmpty()) {
      assertThat(roundTrip(parse(SEEN).with(BackupInfo.NAME, name)).get(BackupInfo.NAME))
          .contains("");
      return;
    }
    assertThatThrownBy(() -> parse(SEEN).with(BackupInfo.NAME, name))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("backup_name");
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatever_is_put_in_comes_out_again(long seed) {
    var random = new Random(seed);
    var tablespaces =
        IntStream.range(0, random.nextInt(4))
            .mapToObj(_ ->
                new BackupInfo.Tablespace(
                    text(random), 1 + random.nextLong(0xFFFF_FFFFL), "/" + text(random)))
            .toList();
    var time =
        OffsetDateTime.of(
                2026, 1, 1, 0, 0, 0, 0, ZoneOffset.ofTotalSeconds(random.nextInt(80) * 900 - 36000))
            .plusNanos(random.nextBoolean() ? 0 : random.nextInt(1_000_000) * 1000L)
            .plusSeconds(random.nextInt());
    var lsn = new Lsn(random.nextLong());
    var label = text(random) + "\n" + text(random);
    var info =
        BackupInfo.of(BackupInfo.Status.DONE)
            .with(BackupInfo.LABEL, label)
            .with(BackupInfo.TABLESPACES, tablespaces)
            .with(BackupInfo.BEGIN_TIME, time)
            .with(BackupInfo.END_LSN, lsn);

    var back = roundTrip(info);

    assertThat(back).isEqualTo(info);
    assertThat(back.get(BackupInfo.LABEL)).contains(label);
    assertThat(back.tablespaces()).isEqualTo(tablespaces);
    assertThat(back.get(BackupInfo.BEGIN_TIME)).contains(time);
    assertThat(back.get(BackupInfo.END_LSN)).contains(lsn);
  }

  static IntStream seeds() {
    return IntStream.range(0, 200);
  }

  /// Any characters, with those that need care more often than others.
  static String text(Random random) {
    return random
        .ints(random.nextInt(12), 0, 10)
        .mapToObj(kind ->
            switch (kind) {
              case 0 -> "'";
              case 1 -> "\"";
              case 2 -> "\\";
              case 3 -> "\n";
              case 4 -> Character.toString(random.nextInt(0x20));
              case 5 -> Character.toString(0x80 + random.nextInt(0x500));
              case 6 -> Character.toString(0x1F300 + random.nextInt(0x200));
              default -> Character.toString('a' + random.nextInt(26));
            })
        .collect(Collectors.joining());
  }

  private static PythonLiteral.Entry entry(String key, PythonLiteral value) {
    return new PythonLiteral.Entry(PythonLiteral.of(key), value);
  }

  private static BackupInfo roundTrip(BackupInfo info) {
    return BackupInfo.parse("srv/base/x/backup.info", info.bytes());
  }

  private static BackupInfo parse(String text) {
    return BackupInfo.parse("srv/base/x/backup.info", text.getBytes(UTF_8));
  }

  private static BackupInfo parse(byte[] bytes, int length) {
    return BackupInfo.parse("srv/base/x/backup.info", java.util.Arrays.copyOf(bytes, length));
  }
}
