package io.cooper.backup.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.PythonLiteral;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.s3.MinioServer;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/// Both directions with barman's own tools, over a real S3 server. The rows of the appendix of
/// facts/barman-object-store.md stand at the tests.
@Tag("interop")
@Tag("S105")
@Tag("S111")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BarmanTest {
  private static final String BUCKET = "barman";
  private static final String PREFIX = "some/prefix";

  private Path folder = Path.of("");
  private Optional<MinioServer> server = Optional.empty();
  private Optional<ObjectStore> opened = Optional.empty();

  @BeforeAll
  void start(@TempDir Path given) throws IOException {
    folder = given;
    var minio = MinioServer.program();
    assumeTrue(minio.isPresent(), "MinIO is not installed: scripts/interop-setup");
    assumeTrue(
        tool("barman-cloud-wal-archive").isPresent(),
        "barman-cloud is not installed: scripts/interop-setup");
    var running = MinioServer.start(minio.get(), Files.createDirectory(folder.resolve("data")));
    server = Optional.of(running);
    running.makeBucket(BUCKET);
    opened = Optional.of(new S3Store(running.settings(BUCKET, PREFIX).as(S3Profile.MINIO)));
  }

  @AfterAll
  void stop() {
    opened.ifPresent(ObjectStore::close);
    server.ifPresent(MinioServer::close);
  }

  /// Row 5.
  @ParameterizedTest
  @EnumSource
  void we_restore_what_barman_archived(Codec codec) throws Exception {
    var server = "theirs-" + codec.option();
    var wal = Wal.in(folder.resolve(server), Wal.CLUSTER, 16 << 20);
    var segment = wal.segment(Wal.name(3), 3);
    var options = new ArrayList<String>();
    if (codec != Codec.NONE) {
      options.add("--" + codec.option());
    }

    assertThat(barman("wal-archive", options, server, segment.toString()).exit()).isZero();

    var out = folder.resolve("RECOVERYXLOG");
    archive(server, Codec.NONE).get(WalName.parse(Wal.name(3)), out);
    assertThat(Files.mismatch(out, segment)).isEqualTo(-1);
    assertThat(archive(server, Codec.ZSTD).put(segment).already())
        .as("the same segment again, from us")
        .isTrue();
    assertThat(archive(server, Codec.NONE).owner()).contains(Wal.CLUSTER);
  }

  /// Row 6.
  @ParameterizedTest
  @MethodSource("codecsAndLevels")
  void barman_restores_what_we_archived(Codec codec, Codec.Level level) throws Exception {
    var server = "ours-%s-%s".formatted(codec.option(), level);
    var wal = Wal.in(folder.resolve(server), Wal.CLUSTER, 16 << 20);
    var segment = wal.segment(Wal.name(3), 3);
    new WalArchive(
            store(),
            new ServerFolder(server),
            new WalArchive.Settings(codec, level, java.util.Map.of(), java.util.Map.of()))
        .put(segment);

    var out = folder.resolve(server + ".out");
    var restored = barman("wal-restore", spool(), server, Wal.name(3), out.toString());

    assertThat(restored.exit()).as(restored.text()).isZero();
    assertThat(Files.mismatch(out, segment)).isEqualTo(-1);
  }

  /// Rows 5 and 6 for the sizes that a cluster can have; the content is mostly a hole, or a test of
  /// the largest would take its time only.
  @ParameterizedTest
  @CsvSource({"1, GZIP", "4, NONE", "64, LZ4", "256, NONE", "1024, ZSTD"})
  void segments_of_any_size_go_both_ways(int mebibytes, Codec codec) throws Exception {
    var size = mebibytes << 20;
    var name = "000000010000000A00000001";
    var pgdata = folder.resolve("size-" + mebibytes);
    var segment = Wal.in(pgdata, Wal.CLUSTER, size).folder().resolve(name);
    try (var out = FileChannel.open(segment, CREATE_NEW, WRITE)) {
      out.write(ByteBuffer.wrap(Wal.begin(name, Wal.CLUSTER, size)));
      for (var at = size / 4L; at < size; at += size / 4L) {
        out.write(ByteBuffer.wrap(text("%d ".formatted(at).repeat(5_000))), at);
      }
      out.write(ByteBuffer.wrap(new byte[1]), size - 1L);
    }
    var option = codec == Codec.NONE ? List.<String>of() : List.of("--" + codec.option());
    var out = folder.resolve("size.out");

    archive("size-ours-" + mebibytes, codec).put(segment);
    var theirs = barman("wal-restore", spool(), "size-ours-" + mebibytes, name, out.toString());
    assertThat(theirs.exit()).as(theirs.text()).isZero();
    assertThat(Files.mismatch(out, segment)).isEqualTo(-1);

    var archived = barman("wal-archive", option, "size-theirs-" + mebibytes, segment.toString());
    assertThat(archived.exit()).as(archived.text()).isZero();
    archive("size-theirs-" + mebibytes, Codec.NONE).get(WalName.parse(name), out);
    assertThat(Files.mismatch(out, segment)).isEqualTo(-1);
    assertThat(archive("size-theirs-" + mebibytes, Codec.LZ4).put(segment).already()).isTrue();
    Files.delete(out);
    Files.delete(segment);
  }

  private static byte[] text(String text) {
    return text.getBytes(UTF_8);
  }

  static Stream<Object[]> codecsAndLevels() {
    return Stream.of(Codec.values())
        .flatMap(codec ->
            Stream.of(Codec.Level.Named.values()).map(level -> new Object[] {codec, level}));
  }

  /// Row 7, from them to us.
  @Test
  void we_find_histories_and_partial_segments_where_barman_put_them() throws Exception {
    var wal = Wal.in(folder.resolve("row7-theirs"));
    var history = wal.history(2, "1\t0/180000\tno recovery target specified\n");
    var partial = wal.segment(Wal.name(4) + ".partial", 4);
    for (var file : List.of(history, partial)) {
      assertThat(barman("wal-archive", List.of("--gzip"), "row7-theirs", file.toString()).exit())
          .isZero();
    }
    var archive = archive("row7-theirs", Codec.NONE);
    var out = folder.resolve("row7.out");

    assertThat(archive.history(2).orElseThrow().branches()).hasSize(1);
    assertThat(archive.get(WalName.parse(Wal.name(4)), out).name().text()).endsWith(".partial");
    assertThat(Files.mismatch(out, partial)).isEqualTo(-1);
  }

  /// Row 7, from us to them.
  @Test
  void barman_finds_histories_and_partial_segments_where_we_put_them() throws Exception {
    var wal = Wal.in(folder.resolve("row7-ours"));
    var history = wal.history(2, "1\t0/180000\tno recovery target specified\n");
    var partial = wal.segment(Wal.name(4) + ".partial", 4);
    var label = wal.file(Wal.name(4) + ".00000028.backup", "START".getBytes(UTF_8));
    var archive = archive("row7-ours", Codec.BZIP2);
    List.of(history, partial, label).forEach(archive::put);
    var out = folder.resolve("row7-theirs.out");

    assertThat(
            barman("wal-restore", spool(), "row7-ours", "00000002.history", out.toString()).exit())
        .isZero();
    assertThat(Files.mismatch(out, history)).isEqualTo(-1);
    assertThat(barman("wal-restore", spool(), "row7-ours", Wal.name(4), out.toString()).exit())
        .isZero();
    assertThat(Files.mismatch(out, partial)).isEqualTo(-1);
    var strict = new ArrayList<>(spool());
    strict.add("--no-partial");
    assertThat(barman("wal-restore", strict, "row7-ours", Wal.name(4), out.toString()).exit())
        .isEqualTo(1);
  }

  /// Rows 8 and 9, and that what we keep beside the archive disturbs nobody.
  @Test
  @Tag("S120")
  void barman_lists_and_shows_what_we_described() throws Exception {
    var folderOf = new ServerFolder("row8");
    archive("row8", Codec.LZ4).put(Wal.in(folder.resolve("row8")).segment(Wal.name(3), 1));
    var id = new BackupId("20261121T084231");
    write(folderOf.info(id), described().bytes());
    write(folderOf.data(id, 0, Codec.NONE), new byte[10_240]);
    write(folderOf.keep(id), "full".getBytes(UTF_8));

    var list = barman("backup-list", List.of("--format", "json"), "row8");
    var show = barman("backup-show", List.of("--format", "json"), "row8", "bk");

    assertThat(list.exit()).as(list.text()).isZero();
    var listed = new JsonMapper().readTree(list.text()).at("/backups_list/0");
    assertThat(listed.at("/backup_id").asString()).isEqualTo(id.text());
    assertThat(listed.at("/end_time_iso").asString()).isEqualTo("2026-11-21T08:42:47.046528+00:00");
    assertThat(barman("backup-list", List.of(), "row8").text()).contains(id.text(), "KEEP:FULL");
    var shown = new JsonMapper().readTree(show.text()).at("/cloud");
    assertThat(shown.at("/systemid").asString()).isEqualTo(Long.toString(Wal.CLUSTER));
    assertThat(shown.at("/timeline").asInt()).isEqualTo(1);
    assertThat(shown.at("/begin_xlog").asString()).isEqualTo("0/3000028");
    assertThat(new Catalog(store(), folderOf).backup("bk").keep()).isPresent();
  }

  /// Row 14.
  @Test
  @Tag("S128")
  void barman_tells_an_empty_archive_from_ours() throws Exception {
    assertThat(barman("check-wal-archive", List.of(), "row14").exit()).isZero();
    archive("row14", Codec.ZSTD).put(Wal.in(folder.resolve("row14")).segment(Wal.name(3), 1));

    assertThat(barman("check-wal-archive", List.of(), "row14").exit()).isEqualTo(1);
    assertThat(barman("check-wal-archive", List.of("--timeline", "2"), "row14").exit()).isZero();
  }

  @Test
  void a_segment_that_barman_replaced_is_told_as_a_conflict() throws Exception {
    var wal = Wal.in(folder.resolve("replaced"));
    archive("replaced", Codec.NONE).put(wal.segment(Wal.name(3), 1));
    assertThat(
            barman("wal-archive", List.of(), "replaced", wal.segment(Wal.name(3), 2).toString())
                .exit())
        .isZero();

    WalArchiveTest.assertProblem(
        Code.WAL_CONFLICT,
        Wal.name(3),
        () -> archive("replaced", Codec.NONE).put(wal.segment(Wal.name(3), 1)));
  }

  /// Python's own reader and writer of literals beside ours.
  @Test
  void python_writes_literals_as_we_do() throws Exception {
    var random = new java.util.Random(11);
    var texts = Stream.generate(() -> text(random)).limit(300).toList();
    var literals = texts.stream().map(text -> PythonLiteral.of(text).repr()).toList();
    var input = Files.write(folder.resolve("literals"), literals, UTF_8);
    var script =
        "import ast,sys;[print(repr(ast.literal_eval(l)))"
            + " for l in open(sys.argv[1],encoding='utf-8',newline='\\n').read().split('\\n')[:-1]]";

    var python = run(List.of(python().toString(), "-X", "utf8", "-c", script, input.toString()));

    assertThat(List.of(python.text().split("\n"))).isEqualTo(literals);
  }

  private static String text(java.util.Random random) {
    var text = new StringBuilder();
    for (var count = random.nextInt(12); count > 0; count--) {
      var code =
          switch (random.nextInt(4)) {
            case 0 -> "'\"\\\n\r\t ".codePointAt(random.nextInt(7));
            case 1 -> random.nextInt(0x300);
            // Characters whose kind Java and Python agree upon: no Unicode younger than both.
            case 2 -> 0x4E00 + random.nextInt(0x500);
            default -> 0x1F300 + random.nextInt(0x200);
          };
      text.appendCodePoint(code);
    }
    return text.toString();
  }

  /// The interpreter that barman's tools run in.
  private static Path python() throws IOException {
    return tool("barman-cloud-wal-archive").orElseThrow().toRealPath().resolveSibling("python3");
  }

  private static BackupInfo described() {
    var segment = (WalName.Segment) WalName.parse(Wal.name(3));
    return BackupInfo.of(BackupInfo.Status.DONE)
        .with(BackupInfo.NAME, "bk")
        .with(BackupInfo.LABEL, "START WAL LOCATION: 0/3000028\n")
        .with(
            BackupInfo.BEGIN_TIME,
            OffsetDateTime.of(2026, 11, 21, 8, 42, 32, 31_018_000, ZoneOffset.UTC))
        .with(BackupInfo.BEGIN_WAL, segment)
        .with(BackupInfo.BEGIN_LSN, Lsn.parse("0/3000028"))
        .with(BackupInfo.BEGIN_OFFSET, 40L)
        .with(
            BackupInfo.END_TIME,
            OffsetDateTime.of(2026, 11, 21, 8, 42, 47, 46_528_000, ZoneOffset.UTC))
        .with(BackupInfo.END_WAL, segment)
        .with(BackupInfo.END_LSN, Lsn.parse("0/3000138"))
        .with(BackupInfo.END_OFFSET, 312L)
        .with(BackupInfo.SYSTEM_ID, Long.toString(Wal.CLUSTER))
        .with(BackupInfo.TIMELINE, 1L)
        .with(BackupInfo.VERSION, 180_006L)
        .with(BackupInfo.TABLESPACES, List.of(new BackupInfo.Tablespace("Ts B", 16402, "/ts b é")))
        .with(BackupInfo.SEGMENT_SIZE, SegmentSize.USUAL);
  }

  private List<String> spool() throws IOException {
    return List.of("--spool-dir", Files.createTempDirectory(folder, "spool").toString());
  }

  private ObjectStore store() {
    return opened.orElseThrow();
  }

  private WalArchive archive(String server, Codec codec) {
    return new WalArchive(store(), new ServerFolder(server), WalArchive.Settings.with(codec));
  }

  private void write(String key, byte[] content) throws IOException {
    try (var object = store().create(key, Intent.replacing())) {
      object.bytes().write(content);
      object.commit();
    }
  }

  private record Ended(int exit, String text) {}

  private Ended barman(String what, List<String> options, String... arguments) throws Exception {
    var command = new ArrayList<String>();
    command.add(tool("barman-cloud-" + what).orElseThrow().toString());
    command.addAll(List.of("--endpoint-url", server.orElseThrow().endpoint().toString()));
    command.addAll(options);
    command.add("s3://%s/%s".formatted(BUCKET, PREFIX));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private Ended run(List<String> command) throws Exception {
    var errors = folder.resolve("errors.log");
    var builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder
        .environment()
        .putAll(
            java.util.Map.of(
                "AWS_ACCESS_KEY_ID", "interop-user",
                "AWS_SECRET_ACCESS_KEY", "interop-password",
                "AWS_DEFAULT_REGION", "us-east-1"));
    var process = builder.start();
    var text = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new Ended(process.exitValue(), text.isEmpty() ? Files.readString(errors) : text);
  }

  static Optional<Path> tool(String name) {
    return Stream.concat(
            Stream.ofNullable(System.getenv("COOPER_INTEROP")).map(root -> root + "/bin"),
            Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":")))
        .map(bin -> Path.of(bin, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
