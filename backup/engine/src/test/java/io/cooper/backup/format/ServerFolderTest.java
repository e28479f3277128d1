package io.cooper.backup.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.problem.ProblemException;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerFolderTest {
  private final ServerFolder folder = new ServerFolder("srv");
  private final BackupId id = new BackupId("20261121T084231");

  @ParameterizedTest
  @CsvSource({
    "000000010000000A00000003, ZSTD, srv/wals/000000010000000A/000000010000000A00000003.zst",
    "000000010000000A00000003, NONE, srv/wals/000000010000000A/000000010000000A00000003",
    "000000010000000000000003.partial, GZIP, srv/wals/0000000100000000/000000010000000000000003.partial.gz",
    "000000010000000000000003.00000028.backup, BZIP2, srv/wals/0000000100000000/000000010000000000000003.00000028.backup.bz2",
    "00000002.history, SNAPPY, srv/wals/00000002.history.snappy",
    "00000002.history, XZ, srv/wals/00000002.history.xz",
    "00000002.history, LZ4, srv/wals/00000002.history.lz4",
  })
  void wal_lies_where_barman_looks(String name, Codec codec, String key) {
    assertThat(folder.wal(WalName.parse(name), codec)).isEqualTo(key);
    assertThat(folder.walAt(key)).contains(new ServerFolder.StoredName(WalName.parse(name), codec));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "srv/wals/000000010000000000000003",
        "srv/wals/0000000100000001/000000010000000000000003",
        "srv/wals/0000000100000000/000000010000000000000003.rar",
        "srv/wals/0000000100000000/000000010000000000000003.gz.tmp",
        "srv/wals/0000000100000000/00000002.history",
        "other/wals/00000002.history",
        "srv/base/20261121T084231/backup.info",
        "srv/wals/",
      })
  void what_is_no_wal_file_of_this_server_is_passed_over(String key) {
    assertThat(folder.walAt(key)).isEmpty();
  }

  @Test
  void a_backup_lies_where_barman_looks() {
    assertThat(folder.info(id)).isEqualTo("srv/base/20261121T084231/backup.info");
    assertThat(folder.data(id, 0, Codec.NONE)).isEqualTo("srv/base/20261121T084231/data.tar");
    assertThat(folder.data(id, 12, Codec.LZ4))
        .isEqualTo("srv/base/20261121T084231/data_0012.tar.lz4");
    assertThat(folder.tablespace(id, 16386, 0, Codec.GZIP))
        .isEqualTo("srv/base/20261121T084231/16386.tar.gz");
    assertThat(folder.keep(id)).isEqualTo("srv/base/20261121T084231/annotations/keep");
  }

  @ParameterizedTest
  @CsvSource({
    "data.tar, -1, 0, NONE",
    "data_0001.tar.zst, -1, 1, ZSTD",
    "16386.tar.bz2, 16386, 0, BZIP2",
    "4294967295_10000.tar.snappy, 4294967295, 10000, SNAPPY",
  })
  void data_archives_are_known_by_their_names(String file, long oid, int part, Codec codec) {
    assertThat(folder.dataAt(id, folder.base(id) + file))
        .contains(
            new ServerFolder.DataName(oid < 0 ? Optional.empty() : Optional.of(oid), part, codec));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backup.info",
        "backup_label",
        "annotations/keep",
        "data.tar.xz",
        "data.zip",
        "database.tar",
        "data_1.tar",
        "sub/data.tar"
      })
  void what_is_no_data_archive_is_passed_over(String file) {
    assertThat(folder.dataAt(id, folder.base(id) + file)).isEmpty();
  }

  @Test
  void data_in_xz_would_be_read_by_nobody() {
    assertThatThrownBy(() -> folder.data(id, 0, Codec.XZ))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "a\nb", "\0"})
  void a_name_that_is_not_one_level_of_a_key_is_refused(String name) {
    assertThatThrownBy(() -> new ServerFolder(name)).isInstanceOf(ProblemException.class);
  }

  @Test
  void an_id_is_the_local_time_of_the_begin() {
    var now = ZonedDateTime.of(2026, 11, 21, 8, 42, 31, 999, ZoneId.of("Asia/Tokyo"));

    assertThat(BackupId.at(now)).isEqualTo(id);
    assertThat(id.time()).hasToString("2026-11-21T08:42:31");
    assertThat(BackupId.find("latest")).isEmpty();
  }
}
