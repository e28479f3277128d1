package io.cooper.backup.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalkTest {
  @TempDir Path root;

  private void make(String... files) throws Exception {
    for (var file : files) {
      var path = root.resolve(file);
      Files.createDirectories(Objects.requireNonNull(path.getParent()));
      Files.writeString(path, "x");
    }
  }

  private Set<String> found(Exclusions exclusions) {
    var names = new TreeSet<String>();
    try (var walk = Walk.over(root, exclusions)) {
      for (var next = walk.next(); next.isPresent(); next = walk.next()) {
        names.add(next.get().nameInData());
      }
    }
    return names;
  }

  @Test
  void what_barman_leaves_out_is_left_out() throws Exception {
    make(
        "PG_VERSION",
        "postmaster.pid",
        "postmaster.opts",
        "standby.signal",
        "recovery.signal",
        "pg_wal/000000010000000000000001",
        "pg_wal/archive_status/000000010000000000000001.done",
        "log/today.log",
        "deep/log/kept",
        "pg_replslot/slot/state",
        "pg_stat_tmp/global.stat",
        "base/5/1259",
        "base/5/pg_internal.init",
        "base/5/t3_16400",
        "base/5/t3_16400_vm.1",
        "base/5/table_1",
        "base/pgsql_tmp/pgsql_tmp123.0",
        "global/pg_control",
        "global/1262",
        "pg_tblspc/16384/PG_18_202506291/5/1");
    Files.createSymbolicLink(root.resolve("pg_tblspc/16385"), root.resolve("base"));

    assertThat(found(Exclusions.ofData(List.of("pg_tblspc/16384"))))
        .containsExactlyInAnyOrder(
            "./PG_VERSION",
            "./recovery.signal",
            "./pg_wal",
            "./log",
            "./deep",
            "deep/log",
            "deep/log/kept",
            "./pg_replslot",
            "./pg_stat_tmp",
            "./base",
            "base/5",
            "base/5/1259",
            "base/5/table_1",
            "./global",
            "global/1262",
            "./pg_tblspc",
            "pg_tblspc/16385");
  }

  @Test
  void of_a_tablespace_only_the_folder_of_this_version_is_taken() throws Exception {
    make("PG_18_202506291/5/1", "PG_17_202406281/5/1", "lost+found/x", "5");

    assertThat(found(Exclusions.ofTablespace(18)))
        .containsExactlyInAnyOrder("./PG_18_202506291", "PG_18_202506291/5", "PG_18_202506291/5/1");
  }
}
