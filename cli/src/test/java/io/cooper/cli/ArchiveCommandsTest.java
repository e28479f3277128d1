package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `cooper wal` and `cooper backup` over a folder as the store.
class ArchiveCommandsTest {
  private static final String SEGMENT = DataDirectory.SEGMENT;

  @TempDir private Path scratch;
  private DataDirectory data = new DataDirectory(Path.of(""));

  @BeforeEach
  void data() throws IOException {
    data = DataDirectory.in(scratch.resolve("data"), 42);
  }

  private Run run(String command, String subcommand, String... more) {
    var arguments = new ArrayList<>(List.of(command, subcommand));
    arguments.addAll(
        List.of("--store", scratch.resolve("store").toUri().toString(), "--server", "pg"));
    arguments.addAll(List.of(more));
    return Run.with(
        Map.of("COOPER_CACHE_DIR", scratch.resolve("cache").toString()),
        arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "bzip2", "xz", "snappy", "lz4", "zstd"})
  void a_segment_comes_back_as_it_went_in(String compression) throws IOException {
    var file = data.segment(42, 7);
    var stored = run("wal", "archive", "--compression", compression, file.toString());
    assertThat(stored.status()).as(stored.err()).isZero();
    assertThat(stored.out()).isEmpty();

    var back = scratch.resolve("back");
    var fetched = run("wal", "restore", SEGMENT, back.toString());

    assertThat(fetched.status()).as(fetched.err()).isZero();
    assertThat(back).hasSameBinaryContentAs(file);
  }

  @Test
  void a_segment_that_the_archive_does_not_have_is_status_four_and_writes_nothing()
      throws IOException {
    run("wal", "archive", data.segment(42, 7).toString());
    var back = scratch.resolve("back");

    var fetched = run("wal", "restore", "000000010000000000000004", back.toString());

    assertThat(fetched.status()).isEqualTo(4);
    assertThat(fetched.err()).contains("000000010000000000000004").doesNotContain("\tat ");
    assertThat(back).doesNotExist();
  }

  @Test
  void other_content_under_the_same_name_is_refused_and_the_same_again_is_success()
      throws IOException {
    run("wal", "archive", data.segment(42, 7).toString());
    assertThat(run("wal", "archive", data.segment(42, 7).toString()).status()).isZero();

    var refused = run("wal", "archive", data.segment(42, 8).toString());

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("WAL_CONFLICT").contains(SEGMENT);
    var back = scratch.resolve("back");
    run("wal", "restore", SEGMENT, back.toString());
    assertThat(back).hasSameBinaryContentAs(data.segment(42, 7));
  }

  @Test
  void the_archive_of_another_cluster_is_not_written_to() throws IOException {
    run("wal", "archive", data.segment(42, 7).toString());
    DataDirectory.in(scratch.resolve("data"), 43);

    var refused = run("wal", "archive", data.segment(43, 7).toString());

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("FOREIGN_ARCHIVE").contains("42").contains("43");
  }

  @Test
  void what_is_no_wal_is_one_clear_error() throws IOException {
    var text = Files.writeString(data.folder().resolve("pg_wal").resolve(SEGMENT), "no WAL");

    var refused = run("wal", "archive", text.toString());

    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains(SEGMENT).contains("try:").doesNotContain("\tat ");
    assertThat(run("wal", "restore", "nonsense", "x").status()).isEqualTo(2);
    assertThat(run("wal", "archive", "--compression", "zip", text.toString()).err())
        .contains("gzip");
  }

  @Test
  void backups_are_listed_and_shown_whoever_wrote_them() throws IOException {
    var folder = Files.createDirectories(scratch.resolve("store/pg/base/20261121T084231"));
    Files.writeString(folder.resolve("data.tar"), "12345");
    Files.writeString(
        folder.resolve("backup.info"),
        """
        backup_name=nightly
        begin_time=2026-11-21 08:42:32.031018+00:00
        begin_wal=000000010000000000000003
        begin_xlog=0/3000028
        end_time=2026-11-21 08:42:47.046528+00:00
        end_wal=000000010000000000000003
        end_xlog=0/3000138
        server_name=cloud
        status=DONE
        systemid=42
        timeline=1
        version=180001
        """);

    assertThat(run("backup", "list").out()).contains("20261121T084231").contains("nightly");
    assertThat(run("backup", "show", "nightly").out())
        .contains("20261121T084231")
        .contains("0/3000138");
    var json = run("backup", "list", "--format", "json").json();
    assertThat(json.mappings("backups").flatMap(backup -> backup.text("id").stream()))
        .containsExactly("20261121T084231");
    assertThat(run("backup", "show", "other").status()).isEqualTo(4);
  }

  private void damagedBackup() throws IOException {
    var folder = Files.createDirectories(scratch.resolve("store/pg/base/20261121T084231"));
    Files.writeString(folder.resolve("data.tar"), "12345");
    Files.writeString(
        folder.resolve("backup.info"),
        """
        begin_wal=000000010000000000000003
        begin_xlog=0/3000028
        end_wal=000000010000000000000003
        end_xlog=0/3000138
        server_name=cloud
        status=DONE
        systemid=42
        timeline=1
        version=180001
        """);
  }

  @Test
  @Tag("S137")
  void a_damaged_backup_is_status_one_and_the_result_is_kept_and_listed() throws IOException {
    damagedBackup();

    var verified = run("backup", "verify");

    assertThat(verified.status()).as(verified.err()).isEqualTo(1);
    assertThat(verified.out())
        .contains("20261121T084231 IS DAMAGED", "data.tar", "000000010000000000000003", "try:");
    try (var kept = Files.list(scratch.resolve("store/pg/cooper/verified/20261121T084231"))) {
      assertThat(kept).singleElement().asString().endsWith("-damaged.json");
    }
    assertThat(run("backup", "list").out()).contains("VERIFIED", "Z DAMAGED");
    assertThat(run("backup", "show", "latest").out()).containsPattern("verified +20.*DAMAGED");
    var json = run("backup", "verify", "--all", "--no-record", "--format", "json").json();
    assertThat(json.mappings("verifications").flatMap(each -> each.mappings("problems")))
        .hasSize(2);
    assertThat(run("backup", "verify", "--id", "other").status()).isEqualTo(4);
  }

  private Run drill(String... more) {
    var arguments =
        new ArrayList<>(
            List.of(
                "drill",
                "--store",
                scratch.resolve("store").toUri().toString(),
                "--server",
                "pg",
                "--scratch",
                scratch.resolve("scratch").toString()));
    arguments.addAll(List.of(more));
    return Run.with(
        Map.of("COOPER_CACHE_DIR", scratch.resolve("cache").toString(), "PATH", "/nowhere"),
        arguments.toArray(String[]::new));
  }

  @Test
  @Tag("S136")
  void a_drill_that_cannot_be_held_says_why_and_is_no_verdict() throws IOException {
    assertThat(drill().status()).isEqualTo(4);
    damagedBackup();
    var secret = Files.writeString(scratch.resolve("key.pem"), "the secret itself");

    var unsigned = drill("--signing-key", secret.toString());

    assertThat(unsigned.status()).isEqualTo(2);
    assertThat(unsigned.err()).contains("key.pem", "openssl").doesNotContain("the secret");
    assertThat(drill("--rto", "soon").err()).contains("--rto soon", "4h");
    assertThat(drill("--sql", "app=/nowhere.sql").status()).isEqualTo(2);
    assertThat(drill("--bindir", scratch.toString()).status()).isEqualTo(3);
    assertThat(scratch.resolve("store/pg/cooper")).doesNotExist();
  }

  @Test
  void results_of_drills_are_listed_and_unsigned_ones_are_told_from_signed_ones() throws Exception {
    var folder = Files.createDirectories(scratch.resolve("store/pg/cooper/drills"));
    Files.writeString(folder.resolve("20261121T000000.000Z-passed.json"), "{}");
    var keys = java.security.KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    var pem =
        Files.writeString(
            scratch.resolve("drill.pub"),
            "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
                .formatted(
                    java.util.Base64.getMimeEncoder()
                        .encodeToString(keys.getPublic().getEncoded())));

    assertThat(run("backup", "drills").out()).contains("20261121T000000.000Z-passed.json  passed");
    var listed = run("backup", "drills", "--public-key", pem.toString());
    assertThat(listed.status()).isEqualTo(1);
    assertThat(listed.out()).contains("not signed");
  }

  @Test
  void a_server_without_backups_is_an_empty_list_and_a_word() {
    var run = run("backup", "list");

    assertThat(run.status()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("no backups");
  }

  @Test
  @Tag("S98")
  void a_store_is_measured_and_the_settings_that_follow_are_told() throws IOException {
    var folder = Files.createDirectories(scratch.resolve("store"));
    var measure =
        List.of("store", "measure", "--store", folder.toUri().toString(), "--seconds", "1");

    var text = run(measure, "--connections", "1,2");

    assertThat(text.status()).as(text.err()).isZero();
    assertThat(text.out()).contains("WRITE MB/s").contains("spec.configuration.data: ");
    var sample = data.segment(42, 7).toString();
    var json = run(measure, "--connections", "2,1", "--sample", sample, "--format", "json").json();
    assertThat(json.mappings("rates").map(rate -> rate.text("connections").orElse("")))
        .containsExactly("1", "2");
    assertThat(json.mappings("compressions")).hasSize(6);
    assertThat(json.mappings("advice")).hasSize(2);
    assertThat(folder).isEmptyDirectory();
    assertThat(run(measure, "--connections", "0").status()).isEqualTo(2);
    assertThat(run(measure, "--sample", "nothing.here").err()).contains("nothing.here");
  }

  private static Run run(List<String> command, String... more) {
    return Run.of(Stream.concat(command.stream(), Arrays.stream(more)).toArray(String[]::new));
  }

  @Test
  @Tag("S93")
  void a_store_that_works_is_told_so_and_one_that_nobody_answers_names_the_layer() {
    var folder = scratch.resolve("store").toUri().toString();
    assertThat(Run.of("store", "test", "--store", folder).status()).isZero();

    var refused =
        Run.of(
            "store",
            "test",
            "--store",
            "s3://bucket/prefix",
            "--endpoint",
            "http://127.0.0.1:1",
            "--region",
            "us-east-1",
            "--format",
            "json");

    assertThat(refused.status()).as(refused.err()).isEqualTo(3);
    assertThat(refused.out()).contains("\"failed\":\"tcp\"").contains("127.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s4://bucket/x",
        "bucket",
        "s3://",
        "s3://key:secret@bucket/prefix",
        "gs://",
        "azure://container/prefix"
      })
  void a_store_that_cannot_be_used_is_one_clear_error(String url) {
    var run = Run.of("backup", "list", "--store", url, "--server", "pg");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("try:").doesNotContain("secret").doesNotContain("\tat ");
  }
}
