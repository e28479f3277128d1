package io.cooper.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cooper.backup.base.Progress;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.BackupInfo.Tablespace;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.Lsn;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.MemoryStore;
import io.cooper.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a restore refuses, and what it leaves.
class RestoreTest {
  private static final String ID = "20261121T084231";
  private static final UnaryOperator<BackupInfo> AS_IT_IS = UnaryOperator.identity();

  @TempDir Path folder;

  private final MemoryStore store = new MemoryStore();

  private Restore.Restored restore(RestoreSettings settings) throws Exception {
    return new Restore(store, MadeBackup.SERVER, settings)
        .into(folder.resolve("data"), Progress.silent());
  }

  private Problem refusal(RestoreSettings settings) {
    var failed = catchThrowable(() -> restore(settings));
    return switch (failed) {
      case ProblemException known -> known.problem();
      case StoreException known -> known.problem();
      case null, default -> throw new AssertionError("it was not refused", failed);
    };
  }

  private void requireNothingLeft() throws Exception {
    if (Files.exists(folder.resolve("data"))) {
      assertThat(folder.resolve("data")).isEmptyDirectory();
    }
    try (var beside = Files.list(folder)) {
      assertThat(beside).allMatch(path -> path.endsWith("data"));
    }
  }

  @Test
  void what_is_in_the_archive_is_in_the_folder() throws Exception {
    new MadeBackup()
        .folder("base/")
        .file("base/5", "pages")
        .link(TarConstants.LF_SYMLINK, "./log", "base")
        .link(TarConstants.LF_LINK, "base/6", "base/5")
        .store(store, ID, AS_IT_IS);

    restore(RestoreSettings.newest());

    var data = folder.resolve("data");
    assertThat(data.resolve("base/5")).hasContent("pages");
    assertThat(data.resolve("base/6")).hasContent("pages").isRegularFile();
    assertThat(Files.readSymbolicLink(data.resolve("log"))).isEqualTo(Path.of("base"));
    assertThat(data.resolve("global/pg_control")).hasBinaryContent(MadeBackup.CONTROL);
    assertThat(data.resolve("pg_wal")).isEmptyDirectory();
    assertThat(data.resolve("pg_tblspc")).isEmptyDirectory();
    assertThat(data.resolve(Destination.MARKER)).doesNotExist();
  }

  static Stream<MadeBackup> hostile() {
    return Stream.of(
        new MadeBackup().file("../evil", "x"),
        new MadeBackup().file("base/../../evil", "x"),
        new MadeBackup().file("/tmp/evil", "x"),
        new MadeBackup().file("base//evil", "x"),
        new MadeBackup().folder("../evil/"),
        new MadeBackup().link(TarConstants.LF_SYMLINK, "base", "../.."),
        new MadeBackup().link(TarConstants.LF_SYMLINK, "base", "/etc"),
        new MadeBackup().link(TarConstants.LF_SYMLINK, "base", "..").file("base/evil", "x"),
        new MadeBackup().link(TarConstants.LF_SYMLINK, "../evil", "base"),
        new MadeBackup().link(TarConstants.LF_LINK, "passwd", "/etc/passwd"),
        new MadeBackup().link(TarConstants.LF_LINK, "passwd", "../../etc/passwd"),
        new MadeBackup().link(TarConstants.LF_CHR, "device", ""),
        new MadeBackup().file("pg_tblspc/16384/evil", "x"));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void an_archive_that_leads_elsewhere_is_refused(MadeBackup backup) throws Exception {
    backup.store(store, ID, AS_IT_IS);

    var refusal = refusal(RestoreSettings.newest());

    assertThat(refusal.where()).endsWith("data.tar");
    requireNothingLeft();
  }

  @Test
  void a_file_is_never_written_through_a_link_that_is_allowed() throws Exception {
    Files.createDirectory(folder.resolve("elsewhere"));
    new MadeBackup()
        .link(TarConstants.LF_SYMLINK, "base", folder.resolve("elsewhere").toString())
        .file("base/evil", "x")
        .store(store, ID, AS_IT_IS);

    refusal(RestoreSettings.newest().keepingOutsideLinks());

    assertThat(folder.resolve("elsewhere")).isEmptyDirectory();
  }

  @Test
  void a_link_for_wal_on_another_volume_becomes_a_folder() throws Exception {
    new MadeBackup()
        .link(TarConstants.LF_SYMLINK, "./pg_wal", "/var/lib/postgresql/wal/pg_wal")
        .store(store, ID, AS_IT_IS);

    restore(RestoreSettings.newest());

    assertThat(
            Files.isDirectory(
                folder.resolve("data/pg_wal"), java.nio.file.LinkOption.NOFOLLOW_LINKS))
        .isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"XZ"},
      mode = EnumSource.Mode.EXCLUDE)
  void an_archive_that_was_cut_is_refused_wherever_it_was_cut(Codec codec) throws Exception {
    var whole = MadeBackup.encoded(codec, new MadeBackup().file("zeros", new byte[70_000]).tar());
    var id = new BackupId(ID);
    MadeBackup.put(store, MadeBackup.SERVER.info(id), MadeBackup.info(ID).bytes());
    for (int length = 0; length < whole.length; length += 1 + whole.length / 23) {
      MadeBackup.put(store, MadeBackup.SERVER.data(id, 0, codec), Arrays.copyOf(whole, length));

      assertThat(refusal(RestoreSettings.newest()).code()).isEqualTo(Code.OBJECT_DAMAGED);

      requireNothingLeft();
    }
    MadeBackup.put(store, MadeBackup.SERVER.data(id, 0, codec), whole);
    restore(RestoreSettings.newest());
    assertThat(folder.resolve("data/zeros")).hasSize(70_000);
  }

  @Test
  void a_tar_that_was_cut_between_two_entries_is_refused() throws Exception {
    var whole = new MadeBackup().file("zeros", new byte[5120]).tar();
    var id = new BackupId(ID);
    MadeBackup.put(store, MadeBackup.SERVER.info(id), MadeBackup.info(ID).bytes());
    for (int records = 1; records < 18; records++) {
      MadeBackup.put(
          store, MadeBackup.SERVER.data(id, 0, Codec.NONE), Arrays.copyOf(whole, records * 512));

      assertThat(refusal(RestoreSettings.newest()).code()).isEqualTo(Code.OBJECT_DAMAGED);
    }
  }

  @Test
  void a_suffix_that_lies_is_refused() throws Exception {
    var id = new BackupId(ID);
    MadeBackup.put(store, MadeBackup.SERVER.info(id), MadeBackup.info(ID).bytes());
    MadeBackup.put(
        store,
        MadeBackup.SERVER.data(id, 0, Codec.GZIP),
        MadeBackup.encoded(Codec.ZSTD, new MadeBackup().tar()));

    assertThat(refusal(RestoreSettings.newest()).code()).isEqualTo(Code.OBJECT_DAMAGED);
    requireNothingLeft();
  }

  @Test
  void a_missing_part_is_told_before_anything_is_written() throws Exception {
    var id = new MadeBackup().store(store, ID, AS_IT_IS);
    MadeBackup.put(store, MadeBackup.SERVER.data(id, 2, Codec.NONE), new MadeBackup().tar());

    var refusal = refusal(RestoreSettings.newest());

    assertThat(refusal.code()).isEqualTo(Code.OBJECT_DAMAGED);
    assertThat(refusal.what()).contains("part 1");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void a_missing_tablespace_is_told_before_anything_is_written() throws Exception {
    new MadeBackup()
        .store(
            store,
            ID,
            info ->
                info.with(BackupInfo.TABLESPACES, List.of(new Tablespace("far", 16_384, "/far"))));

    assertThat(refusal(RestoreSettings.newest()).what()).contains("tablespace 16384");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void a_part_that_is_there_in_two_compressions_is_refused() throws Exception {
    var id = new MadeBackup().store(store, ID, AS_IT_IS);
    MadeBackup.put(
        store,
        MadeBackup.SERVER.data(id, 0, Codec.GZIP),
        MadeBackup.encoded(Codec.GZIP, new MadeBackup().tar()));

    assertThat(refusal(RestoreSettings.newest()).what()).contains("twice");
  }

  @Test
  void a_folder_that_is_not_empty_is_left_as_it_is() throws Exception {
    new MadeBackup().store(store, ID, AS_IT_IS);
    var data = Files.createDirectory(folder.resolve("data"));
    Files.writeString(data.resolve("mine"), "precious");

    var refusal = refusal(RestoreSettings.newest());

    assertThat(refusal.code()).isEqualTo(Code.BAD_USE);
    assertThat(refusal.where()).isEqualTo(data.toString());
    assertThat(data.resolve("mine")).hasContent("precious");
    assertThat(data.resolve(Destination.MARKER)).doesNotExist();
  }

  @Test
  void an_unknown_tablespace_is_told_with_its_likes() throws Exception {
    new MadeBackup()
        .store(
            store,
            ID,
            info ->
                info.with(BackupInfo.TABLESPACES, List.of(new Tablespace("fast", 16_384, "/far"))));
    MadeBackup.put(
        store,
        MadeBackup.SERVER.tablespace(new BackupId(ID), 16_384, 0, Codec.NONE),
        new MadeBackup().tar());

    var refusal =
        refusal(RestoreSettings.newest().movingTablespaces(Map.of("fst", folder.resolve("there"))));

    assertThat(refusal.where()).contains("fst");
    assertThat(refusal.what()).contains("did you mean fast?");
  }

  @Test
  void a_backup_that_failed_is_not_restored_even_if_it_is_named() throws Exception {
    var id =
        new MadeBackup()
            .store(
                store,
                ID,
                info ->
                    info.with(BackupInfo.STATUS, Status.FAILED).with(BackupInfo.ERROR, "broke"));

    var refusal = refusal(RestoreSettings.newest().of(new Wanted.Id(id)));

    assertThat(refusal.code()).isEqualTo(Code.BAD_USE);
    assertThat(refusal.what()).contains("FAILED").contains("broke");
  }

  @Test
  void recovery_settings_take_the_place_of_older_ones() throws Exception {
    new MadeBackup()
        .file(
            "./postgresql.auto.conf",
            "work_mem = '8MB'\nrecovery_target_lsn = '0/1'\nRestore_Command='old'\n")
        .store(store, ID, AS_IT_IS);

    restore(
        RestoreSettings.newest()
            .recovering(
                Recovery.by("fetch '%f' \\ %p")
                    .to(new Target.Name("it's"))
                    .on("2")
                    .exclusive()
                    .then(Recovery.Then.SHUTDOWN)));

    assertThat(folder.resolve("data/recovery.signal")).isEmptyFile();
    assertThat(folder.resolve("data/postgresql.auto.conf"))
        .hasContent(
            """
            work_mem = '8MB'
            restore_command = 'fetch ''%f'' \\\\ %p'
            recovery_target_timeline = '2'
            recovery_target_name = 'it''s'
            recovery_target_inclusive = 'off'
            recovery_target_action = 'shutdown'
            """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "newest", "1.5", ""})
  void a_timeline_that_is_none_is_refused(String timeline) {
    var refused =
        catchThrowableOfType(ProblemException.class, () -> Recovery.by("cp %f %p").on(timeline));

    assertThat(refused.problem().code()).isEqualTo(Code.BAD_USE);
  }

  /// Backups that ended at 08:42:11 (0/1100138), :31 (0/3100138) and :51 (0/5100138).
  private void three() throws Exception {
    for (var id : List.of("20261121T084211", ID, "20261121T084251")) {
      new MadeBackup().store(store, id, AS_IT_IS);
    }
    new MadeBackup()
        .store(
            store,
            "20261121T084259",
            info -> info.with(BackupInfo.STATUS, Status.STARTED).without(BackupInfo.END_TIME));
    MadeBackup.put(store, "srv/base/20261121T084258/backup.info", new byte[] {'x'});
  }

  static Stream<List<Object>> targets() {
    var end = OffsetDateTime.parse("2026-11-21T08:42:31Z");
    return Stream.of(
        List.of(new Target.Latest(), "20261121T084251"),
        List.of(new Target.Immediate(), "20261121T084251"),
        List.of(new Target.Time(end), ID),
        List.of(new Target.Time(end.plusSeconds(19)), ID),
        List.of(new Target.Time(end.minusNanos(1000)), "20261121T084211"),
        List.of(new Target.Place(Lsn.parse("0/3100138")), ID),
        List.of(new Target.Place(Lsn.parse("0/3100137")), "20261121T084211"));
  }

  @ParameterizedTest
  @MethodSource("targets")
  @Tag("S129")
  void the_newest_backup_before_the_target_is_chosen(List<Object> targetAndId) throws Exception {
    three();

    var chosen =
        new BackupChoice(store, MadeBackup.SERVER)
            .choose(new Wanted.Fitting(), (Target) targetAndId.getFirst(), "latest");

    assertThat(chosen.id()).hasToString((String) targetAndId.getLast());
  }

  /// Timeline 2 left timeline 1 just after the second backup.
  @ParameterizedTest
  @CsvSource({
    "latest, 20261121T084231",
    "2, 20261121T084231",
    "1, 20261121T084251",
    "current, 20261121T084251",
  })
  void a_backup_that_the_timeline_does_not_come_from_is_not_chosen(String timeline, String id)
      throws Exception {
    three();
    MadeBackup.put(
        store,
        "srv/wals/00000002.history",
        "1\t0/3100138\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII));

    var chosen =
        new BackupChoice(store, MadeBackup.SERVER)
            .choose(new Wanted.Fitting(), new Target.Latest(), timeline);

    assertThat(chosen.id()).hasToString(id);
  }

  @Test
  void a_target_before_all_backups_is_told() throws Exception {
    three();

    var refusal =
        refusal(
            RestoreSettings.newest()
                .recovering(Recovery.by("cp %f %p").to(new Target.Place(Lsn.parse("0/1")))));

    assertThat(refusal.code()).isEqualTo(Code.NO_SUCH_OBJECT);
  }

  @Test
  void a_named_target_needs_a_named_backup_where_there_are_several() throws Exception {
    three();

    var refusal =
        refusal(
            RestoreSettings.newest()
                .recovering(Recovery.by("cp %f %p").to(new Target.Name("before"))));

    assertThat(refusal.code()).isEqualTo(Code.BAD_USE);
    assertThat(refusal.remedy()).contains(ID);
  }
}
