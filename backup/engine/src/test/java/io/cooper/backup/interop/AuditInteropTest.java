package io.cooper.backup.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cooper.backup.audit.ArchiveAudit;
import io.cooper.backup.audit.ArchiveAudit.Reading;
import io.cooper.backup.audit.Audit;
import io.cooper.backup.audit.Finding;
import io.cooper.backup.audit.Finding.Kind;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Postgres;
import io.cooper.store.Intent;
import io.cooper.store.s3.MinioServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An archive that barman-cloud wrote from a live server.
@Tag("interop")
class AuditInteropTest {
  private static final ServerFolder SERVER = new ServerFolder("srv");
  private static final List<List<String>> COMPRESSIONS =
      List.of(
          List.of(),
          List.of("--gzip"),
          List.of("--bzip2"),
          List.of("--xz"),
          List.of("--snappy"),
          List.of("--lz4"),
          List.of("--zstd"));

  @TempDir private Path folder;

  private static Audit audit(Barman barman) throws Exception {
    var settings = ArchiveAudit.Settings.usual().reading(Reading.ALL);
    return new ArchiveAudit(barman.store(), SERVER, settings).run();
  }

  @Test
  void is_sound_in_every_compression_and_what_is_cut_is_found() throws Exception {
    assumeThat(Barman.installed()).describedAs("barman-cloud: scripts/interop-setup").isPresent();
    assumeThat(MinioServer.program()).describedAs("MinIO: scripts/interop-setup").isPresent();
    var kept = Files.createDirectories(folder.resolve("kept"));
    try (var barman = Barman.start(folder);
        var server =
            Postgres.create(
                Binaries.embedded(),
                folder.resolve("data"),
                List.of("-k", "--wal-segsize=1"),
                "archive_mode = on",
                "archive_command = 'cp %%p %s/%%f'".formatted(kept))) {
      server.start();
      server.execute(
          "CREATE TABLE notes AS SELECT md5(i::text) AS body FROM generate_series(1, 90000) i");
      server.stop();
      var files = files(kept);
      assertThat(files).hasSizeGreaterThan(COMPRESSIONS.size());
      for (int at = 0; at < COMPRESSIONS.size(); at++) {
        var ran =
            barman.run("barman-cloud-wal-archive", COMPRESSIONS.get(at), files.get(at).toString());
        assertThat(ran.exit()).as(ran.output()).isZero();
      }
      assertThat(audit(barman).findings()).isEmpty();

      var cut = SERVER.wals() + "0000000100000000/" + files.get(6).getFileName() + ".zst";
      var bytes = barman.store().open(cut).readAllBytes();
      try (var object = barman.store().create(cut, Intent.replacing())) {
        object.bytes().write(Arrays.copyOf(bytes, bytes.length / 2));
        object.commit();
      }
      assertThat(audit(barman).findings())
          .extracting(Finding::kind, Finding::where)
          .containsExactly(tuple(Kind.DAMAGED, cut));
    }
  }

  private static List<Path> files(Path folder) throws Exception {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().length() == 24).sorted().toList();
    }
  }
}
