package io.cooper.backup.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.store.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S105")
class WalArchiverTest {
  @TempDir Path folder;
  private final TroubledStore store = new TroubledStore(new MemoryStore());
  private final WalArchive archive = WalArchiveTest.archive(store, Codec.NONE);
  private Wal wal;

  @BeforeEach
  void cluster() {
    wal = Wal.in(folder.resolve("pgdata"));
    IntStream.rangeClosed(1, 12)
        .mapToObj(Wal::name)
        .forEach(name -> {
          wal.segment(name, name.hashCode());
          wal.ready(name);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void all_that_is_ready_is_stored_once_each_however_many_run(int parallel) {
    try (var archiver = new WalArchiver(archive, parallel)) {
      for (var number = 1; number <= 12; number++) {
        archiver.archive(wal.folder().resolve(Wal.name(number)));
        wal.done(Wal.name(number));

        assertThat(archive.has(WalName.parse(Wal.name(number)))).isTrue();
      }
    }
    assertThat(store.created).as("twelve segments and the identity").hasValue(13);
  }

  @Test
  void the_next_ones_are_stored_before_they_are_asked_for() {
    try (var archiver = new WalArchiver(archive, 4)) {
      archiver.archive(wal.folder().resolve(Wal.name(1)));
    }
    assertThat(IntStream.rangeClosed(1, 12).filter(this::isStored).count()).isBetween(5L, 9L);
    assertThat(isStored(2)).isTrue();
  }

  @Test
  void a_neighbour_that_fails_does_not_fail_the_one_that_was_asked_for() {
    wal.file(Wal.name(2), new byte[10]);
    store.broken = key -> key.contains(Wal.name(3));
    try (var archiver = new WalArchiver(archive, 4)) {
      archiver.archive(wal.folder().resolve(Wal.name(1)));

      WalArchiveTest.assertProblem(
          Code.BAD_INPUT, Wal.name(2), () -> archiver.archive(wal.folder().resolve(Wal.name(2))));
      WalArchiveTest.assertProblem(
          Code.STORE_UNREACHABLE,
          Wal.name(3),
          () -> archiver.archive(wal.folder().resolve(Wal.name(3))));
    }
  }

  @Test
  void what_failed_ahead_is_tried_again_when_it_is_asked_for() {
    store.broken = key -> key.contains(Wal.name(2));
    try (var archiver = new WalArchiver(archive, 2)) {
      archiver.archive(wal.folder().resolve(Wal.name(1)));
      store.broken = _ -> false;

      archiver.archive(wal.folder().resolve(Wal.name(2)));
    }
    assertThat(isStored(2)).isTrue();
  }

  @Test
  void histories_go_first_as_postgresql_has_it() {
    wal.history(2, "1\t0/180000\tx\n");
    wal.ready("00000002.history");
    try (var archiver = new WalArchiver(archive, 2)) {
      archiver.archive(wal.folder().resolve(Wal.name(1)));
    }
    assertThat(archive.has(WalName.parse("00000002.history"))).isTrue();
  }

  @Test
  void the_next_process_knows_from_a_note_what_is_stored() {
    try (var first = archiver()) {
      first.archive(wal.folder().resolve(Wal.name(1)));
    }
    var sent = store.created.get();
    store.broken = _ -> true;
    try (var second = archiver()) {
      assertThat(second.archive(wal.folder().resolve(Wal.name(2))).already()).isTrue();
    }
    assertThat(store.created).hasValue(sent);
  }

  @Test
  void a_note_is_no_good_for_another_file_of_the_same_name() throws IOException {
    try (var first = archiver()) {
      first.archive(wal.folder().resolve(Wal.name(1)));
    }
    var file = wal.segment(Wal.name(2), 999);
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    try (var second = archiver()) {
      WalArchiveTest.assertProblem(Code.WAL_CONFLICT, Wal.name(2), () -> second.archive(file));
    }
  }

  @Test
  void notes_that_nobody_will_ask_for_are_dropped() throws IOException {
    var notes = folder.resolve("notes");
    try (var first = archiver()) {
      first.archive(wal.folder().resolve(Wal.name(1)));
    }
    IntStream.rangeClosed(1, 12).mapToObj(Wal::name).forEach(wal::done);
    wal.segment(Wal.name(13), 13);
    wal.ready(Wal.name(13));
    try (var second = archiver()) {
      second.archive(wal.folder().resolve(Wal.name(13)));
    }
    try (var left = Files.walk(notes)) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void a_folder_for_notes_that_cannot_be_made_costs_only_comparisons() throws IOException {
    Files.write(folder.resolve("notes"), "a file".getBytes(UTF_8));
    try (var archiver = archiver()) {
      archiver.archive(wal.folder().resolve(Wal.name(1)));
    }
    try (var archiver = archiver()) {
      assertThat(archiver.archive(wal.folder().resolve(Wal.name(2))).already()).isTrue();
    }
  }

  private WalArchiver archiver() {
    return new WalArchiver(archive, 4, folder.resolve("notes"));
  }

  private boolean isStored(int number) {
    return archive.has(WalName.parse(Wal.name(number)));
  }
}
