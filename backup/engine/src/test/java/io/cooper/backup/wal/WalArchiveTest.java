package io.cooper.backup.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import io.cooper.store.FaultyStore;
import io.cooper.store.FaultyStore.Point;
import io.cooper.store.Intent;
import io.cooper.store.MemoryStore;
import io.cooper.store.NewObject;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S105")
@Tag("S111")
class WalArchiveTest {
  private static final String FIRST = "000000010000000000000001";
  private static final String FIRST_KEY = "srv/wals/0000000100000000/" + FIRST;
  private static final ServerFolder SERVER = new ServerFolder("srv");

  @TempDir Path folder;
  private final MemoryStore memory = new MemoryStore();
  private final TroubledStore store = new TroubledStore(memory);
  private Wal wal;

  @BeforeEach
  void cluster() {
    wal = Wal.in(folder.resolve("pgdata"));
  }

  @ParameterizedTest
  @EnumSource
  void a_segment_comes_back_as_it_went_in(Codec codec) throws IOException {
    var segment = wal.segment(FIRST, 1);

    var archived = archive(codec).put(segment);

    assertThat(archived.already()).isFalse();
    assertThat(keys()).contains(FIRST_KEY + codec.walSuffix());
    assertThat(fetched(FIRST)).hasSameBinaryContentAs(segment);
  }

  @Test
  void labels_partial_segments_and_histories_lie_where_barman_looks() throws IOException {
    var archive = archive(Codec.GZIP);
    archive.put(wal.segment(FIRST, 1));
    archive.put(wal.file(FIRST + ".00000028.backup", "START WAL LOCATION".getBytes(UTF_8)));
    archive.put(wal.segment("000000010000000000000002.partial", 2));
    archive.put(wal.history(2, "1\t0/2000\tno recovery target specified\n"));

    assertThat(keys())
        .containsExactly(
            "srv/cooper/identity",
            FIRST_KEY + ".00000028.backup.gz",
            FIRST_KEY + ".gz",
            "srv/wals/0000000100000000/000000010000000000000002.partial.gz",
            "srv/wals/00000002.history.gz");
    assertThat(Files.readString(fetched("00000002.history"))).startsWith("1\t0/2000");
    assertThat(archive.history(2).orElseThrow().includes(1, Lsn.parse("0/1FFF"))).isTrue();
    assertThat(archive.history(2).orElseThrow().includes(1, Lsn.parse("0/2000"))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void the_same_segment_again_is_success_whatever_its_compression(Codec codec) {
    archive(Codec.ZSTD).put(wal.segment(FIRST, 1));

    assertThat(archive(codec).put(wal.segment(FIRST, 1)).already()).isTrue();
    assertThat(keys()).containsExactly("srv/cooper/identity", FIRST_KEY + ".zst");
  }

  @ParameterizedTest
  @EnumSource
  @Tag("S87")
  void other_content_under_the_same_name_is_never_written(Codec codec) throws IOException {
    archive(Codec.ZSTD).put(wal.segment(FIRST, 1));
    var mine = wal.content(FIRST, 1);

    assertProblem(
        Code.WAL_CONFLICT, FIRST_KEY + ".zst", () -> archive(codec).put(wal.segment(FIRST, 2)));
    assertThat(Files.readAllBytes(fetched(FIRST))).isEqualTo(mine);
  }

  @Test
  void of_two_servers_that_send_one_name_at_once_one_is_told() throws Exception {
    var other = Wal.in(folder.resolve("other"));
    for (var round = 0; round < 20; round++) {
      var name = Wal.name(round + 1);
      var ours = wal.segment(name, 1);
      var theirs = other.segment(name, 2);
      var outcomes =
          List.of(ours, theirs).parallelStream().map(file -> outcome(file)).sorted().toList();

      assertThat(outcomes).containsExactly("WAL_CONFLICT", "stored");
    }
  }

  private String outcome(Path file) {
    try {
      archive(Codec.NONE).put(file);
      return "stored";
    } catch (ProblemException thrown) {
      return thrown.problem().code().name();
    }
  }

  @Test
  void a_partial_segment_may_differ_behind_the_end_of_its_wal() {
    var name = "000000010000000000000002.partial";
    var whole = wal.content(name, 1);
    var zeroed = Arrays.copyOf(Arrays.copyOf(whole, 40 * Wal.PAGE + 700), whole.length);
    var recycled = zeroed.clone();
    System.arraycopy(wal.content(FIRST, 3), 0, recycled, 41 * Wal.PAGE, 20 * Wal.PAGE);
    archive(Codec.NONE).put(wal.file(name, recycled));

    assertThat(archive(Codec.NONE).put(wal.file(name, zeroed)).already()).isTrue();
    assertProblem(Code.WAL_CONFLICT, name, () -> archive(Codec.NONE).put(wal.file(name, whole)));
  }

  @Test
  @Tag("S87")
  @Tag("S128")
  void a_cluster_that_was_made_anew_is_kept_out_of_the_old_ones_archive() {
    archive(Codec.NONE).put(wal.segment(FIRST, 1));
    var foreign = Wal.in(folder.resolve("new"), 42, Wal.MEBIBYTE);

    assertProblem(
        Code.FOREIGN_ARCHIVE,
        "memory:/srv",
        () -> archive(Codec.NONE).put(foreign.segment("000000010000000000000007", 1)));
    assertThat(keys()).noneMatch(key -> key.contains("0007"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Tag("S87")
  @Tag("S131")
  void whose_archive_it_is_is_found_again_in_what_barman_left(boolean inBackup) throws IOException {
    if (inBackup) {
      write(
          SERVER.info(new BackupId("20260101T000000")),
          BackupInfo.of(BackupInfo.Status.DONE)
              .with(BackupInfo.SYSTEM_ID, Long.toUnsignedString(Wal.CLUSTER))
              .bytes());
    } else {
      write("srv/wals/0000000100000000/000000010000000000000001.rubbish", new byte[3]);
      write(FIRST_KEY, new byte[3]);
      write("srv/wals/0000000100000000/" + Wal.name(2), wal.content(Wal.name(2), 1));
    }
    var foreign = Wal.in(folder.resolve("new"), 42, Wal.MEBIBYTE);

    assertProblem(
        Code.FOREIGN_ARCHIVE,
        "memory:/srv",
        () -> archive(Codec.NONE).put(foreign.segment(Wal.name(9), 1)));
    assertThat(archive(Codec.NONE).put(wal.segment(Wal.name(9), 1)).already()).isFalse();
  }

  @Test
  @Tag("S87")
  void an_archive_in_which_no_segment_can_be_read_belongs_to_nobody_who_can_prove_it()
      throws IOException {
    write(FIRST_KEY, new byte[500]);

    assertProblem(
        Code.OBJECT_DAMAGED, FIRST_KEY, () -> archive(Codec.NONE).put(wal.segment(Wal.name(9), 1)));
  }

  @Test
  void who_owns_it_is_not_said_while_the_store_does_not_answer() {
    store.broken = key -> key.endsWith("identity");

    assertProblem(
        Code.STORE_UNREACHABLE,
        "srv/cooper/identity",
        () -> archive(Codec.NONE).put(wal.segment(FIRST, 1)));
    assertThat(keys()).isEmpty();
  }

  @Test
  @Tag("S128")
  void a_fail_over_goes_on_in_the_same_archive_and_leaves_its_history_there() {
    archive(Codec.NONE).put(wal.segment(FIRST, 1));
    wal.history(2, "1\t0/180000\tno recovery target specified\n");

    archive(Codec.NONE).put(wal.segment("000000020000000000000001", 2));

    assertThat(keys())
        .contains(
            "srv/wals/00000002.history", "srv/wals/0000000200000000/000000020000000000000001");
  }

  @Test
  @Tag("S128")
  void a_second_timeline_of_the_same_number_is_kept_out_before_its_first_segment() {
    var archive = archive(Codec.NONE);
    archive.put(wal.segment(FIRST, 1));
    archive.put(wal.history(2, "1\t0/180000\tno recovery target specified\n"));
    var restored = Wal.in(folder.resolve("restored"));
    restored.history(2, "1\t0/140000\tbefore 2026-11-21 08:00:00+00\n");

    assertProblem(
        Code.WAL_CONFLICT,
        "srv/wals/00000002.history",
        () -> archive(Codec.NONE).put(restored.segment("000000020000000000000005", 2)));
    assertThat(keys()).noneMatch(key -> key.endsWith("0005"));
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void what_is_no_segment_of_its_name_is_not_archived(String name, byte[] content, String what) {
    var file = wal.file(name, content);

    assertThatThrownBy(() -> archive(Codec.NONE).put(file))
        .isInstanceOfSatisfying(
            ProblemException.class,
            thrown -> {
              assertThat(thrown.problem().where()).contains(name);
              assertThat(thrown.problem().what()).contains(what);
              assertThat(thrown.problem().code()).isIn(Code.BAD_INPUT, Code.BAD_USE);
            });
    assertThat(keys()).isEmpty();
  }

  static List<Object[]> badFiles() {
    var good = Wal.content(FIRST, 1, Wal.CLUSTER, Wal.MEBIBYTE);
    var foreign = Wal.content(FIRST, 1, 42, Wal.MEBIBYTE);
    return List.of(
        new Object[] {FIRST, new byte[0], "0 bytes"},
        new Object[] {FIRST, new byte[1 << 20], "no header"},
        new Object[] {FIRST, Arrays.copyOf(good, 700_000), "700000 bytes"},
        new Object[] {"000000010000000000000002", good, "0/100000"},
        new Object[] {"000000010000000000001001", good, "0/100000"},
        new Object[] {FIRST, foreign, "cluster 42"},
        new Object[] {"00000002.history", new byte[0], "0 bytes"},
        new Object[] {"RECOVERYXLOG", good, "no name of a WAL"});
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "ZSTD"})
  void a_store_that_may_only_be_read_is_one_clear_error_and_still_restores(Codec codec)
      throws IOException {
    archive(Codec.NONE).put(wal.segment(FIRST, 1));
    var readOnly =
        new FaultyStore(memory)
            .fail(Point.COMMIT, _ -> true, Code.STORE_DENIED, 0, Integer.MAX_VALUE);
    var archive = archive(readOnly, codec);

    assertProblem(Code.STORE_DENIED, Wal.name(2), () -> archive.put(wal.segment(Wal.name(2), 2)));
    assertThat(archive.put(wal.segment(FIRST, 1)).already()).isTrue();
    assertThat(keys()).containsExactly("srv/cooper/identity", FIRST_KEY);
    var out = folder.resolve("back");
    archive.get(WalName.parse(FIRST), out);
    assertThat(out).hasSameBinaryContentAs(wal.folder().resolve(FIRST));
  }

  @Test
  void a_segment_that_became_shorter_while_it_was_sent_is_not_archived() throws IOException {
    archive(Codec.NONE).put(wal.segment(FIRST, 1));
    var second = wal.segment(Wal.name(2), 2);
    for (var codec : List.of(Codec.NONE, Codec.GZIP)) {
      // It is cut after it was looked at, just before it is read.
      var cutting =
          new TroubledStore(memory) {
            @Override
            public NewObject create(String key, Intent intent) throws StoreException {
              try (var file = FileChannel.open(second, StandardOpenOption.WRITE)) {
                file.truncate(700_000);
              } catch (IOException cause) {
                throw new AssertionError(cause);
              }
              return super.create(key, intent);
            }
          };

      assertProblem(Code.DISK, Wal.name(2), () -> archive(cutting, codec).put(second));
      wal.segment(Wal.name(2), 2);
    }
    assertThat(keys()).containsExactly("srv/cooper/identity", FIRST_KEY);
  }

  @Test
  void a_file_that_is_not_there_is_told_from_a_store_that_is_not_there() {
    assertProblem(
        Code.BAD_INPUT, FIRST, () -> archive(Codec.NONE).put(wal.folder().resolve(FIRST)));
  }

  @Test
  void what_the_archive_does_not_have_is_told_from_what_it_cannot_be_asked_for() {
    archive(Codec.NONE).put(wal.segment(FIRST, 1));

    assertProblem(Code.NO_SUCH_OBJECT, Wal.name(2), () -> fetched(Wal.name(2)));
    store.broken = _ -> true;
    assertProblem(Code.STORE_UNREACHABLE, Wal.name(2), () -> fetched(Wal.name(2)));
    assertProblem(Code.STORE_UNREACHABLE, FIRST, () -> fetched(FIRST));
  }

  @ParameterizedTest
  @EnumSource
  void a_stored_segment_that_was_cut_is_never_delivered(Codec codec) throws IOException {
    var archive = archive(codec);
    archive.put(wal.segment(FIRST, 1));
    var key = FIRST_KEY + codec.walSuffix();
    var whole = read(key);
    for (var length : IntStream.of(0, 1, 39, 41, whole.length / 2, whole.length - 1).toArray()) {
      write(key, Arrays.copyOf(whole, length));

      assertProblem(Code.OBJECT_DAMAGED, key, () -> fetched(FIRST));
      assertThat(folder.resolve("out")).isEmptyDirectory();
    }
  }

  @Test
  void a_stored_segment_of_another_place_is_never_delivered() throws IOException {
    write(FIRST_KEY, wal.content(Wal.name(2), 1));

    assertProblem(Code.OBJECT_DAMAGED, FIRST_KEY, () -> fetched(FIRST));
  }

  @Test
  void a_stored_segment_that_is_too_long_is_never_delivered() throws IOException {
    write(FIRST_KEY, Arrays.copyOf(wal.content(FIRST, 1), (1 << 20) + 1));

    assertProblem(Code.OBJECT_DAMAGED, FIRST_KEY, () -> fetched(FIRST));
  }

  @Test
  void a_suffix_that_lies_is_told_as_damage() throws IOException {
    write(FIRST_KEY + ".gz", wal.content(FIRST, 1));

    assertProblem(Code.OBJECT_DAMAGED, FIRST_KEY + ".gz", () -> fetched(FIRST));
  }

  @Test
  void a_sound_copy_is_taken_where_another_one_is_damaged() throws IOException {
    archive(Codec.ZSTD).put(wal.segment(FIRST, 1));
    write(FIRST_KEY, new byte[100]);

    assertThat(Files.readAllBytes(fetched(FIRST))).isEqualTo(wal.content(FIRST, 1));
  }

  @Test
  void a_whole_segment_goes_before_a_partial_one_which_goes_before_none() throws IOException {
    write(FIRST_KEY + ".partial", wal.content(FIRST, 7));

    assertThat(Files.readAllBytes(fetched(FIRST))).isEqualTo(wal.content(FIRST, 7));
    archive(Codec.ZSTD).put(wal.segment(FIRST, 1));
    assertThat(Files.readAllBytes(fetched(FIRST))).isEqualTo(wal.content(FIRST, 1));
  }

  @Test
  void a_partial_segment_never_stands_for_a_whole_one_that_is_damaged() throws IOException {
    write(FIRST_KEY, new byte[100]);
    write(FIRST_KEY + ".partial", wal.content(FIRST, 7));

    assertProblem(Code.OBJECT_DAMAGED, FIRST_KEY, () -> fetched(FIRST));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 64})
  void segments_of_other_sizes_are_known_by_their_headers(int mebibytes) throws IOException {
    var large = Wal.in(folder.resolve("large"), 7, mebibytes << 20);
    var name = "000000010000000A00000003";
    var segment = large.segment(name, 1);

    archive(Codec.LZ4).put(segment);

    assertThat(fetched(name)).hasSameBinaryContentAs(segment);
  }

  @Test
  void history_files_can_have_tags_of_their_own() {
    var settings =
        new WalArchive.Settings(
            Codec.NONE, Codec.Level.Named.LOW, Map.of("kind", "wal"), Map.of("kind", "history"));
    var archive = new WalArchive(store, SERVER, settings);
    archive.put(wal.segment(FIRST, 1));
    archive.put(wal.history(2, "1\t0/180000\tx\n"));

    assertThat(memory.tags(FIRST_KEY)).containsEntry("kind", "wal");
    assertThat(memory.tags("srv/wals/00000002.history")).containsEntry("kind", "history");
  }

  private WalArchive archive(Codec codec) {
    return archive(store, codec);
  }

  static WalArchive archive(ObjectStore store, Codec codec) {
    return new WalArchive(store, SERVER, WalArchive.Settings.with(codec));
  }

  private Path fetched(String name) throws IOException {
    var out = Files.createDirectories(folder.resolve("out")).resolve("RECOVERYXLOG");
    Files.deleteIfExists(out);
    archive(Codec.NONE).get(WalName.parse(name), out);
    return out;
  }

  private List<String> keys() {
    try (var objects = memory.list("", "")) {
      return objects.map(object -> object.key()).toList();
    } catch (IOException cause) {
      throw new AssertionError(cause);
    }
  }

  private byte[] read(String key) throws IOException {
    try (var in = memory.open(key)) {
      return in.readAllBytes();
    }
  }

  private void write(String key, byte[] content) throws IOException {
    try (var object = memory.create(key, Intent.replacing())) {
      object.bytes().write(content);
      object.commit();
    }
  }

  static void assertProblem(Code code, String where, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class,
            thrown -> {
              assertThat(thrown.problem().code()).as(thrown.toString()).isEqualTo(code);
              assertThat(thrown.problem().where()).contains(where);
            });
  }
}
