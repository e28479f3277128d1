package io.cooper.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.WalName;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is read out of WAL, beside pg_waldump.
@Tag("interop")
class SegmentScanTest {
  private static final int DEBIANS = 15;
  private static final Pattern RECORD =
      Pattern.compile("len \\(rec/tot\\): +\\d+/ +(\\d+), .* lsn: ([0-9A-F/]+), .* desc: (.*)");
  private static final Pattern END =
      Pattern.compile(
          "(?:COMMIT|ABORT)\\S* .*?(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d\\.\\d+) UTC.*");

  @TempDir private Path folder;

  private record Dumped(Optional<Lsn> last, Optional<Instant> newest, int records) {}

  @Test
  void ends_of_transactions_and_records_are_those_that_pg_waldump_prints() throws Exception {
    var binaries = Binaries.installed(DEBIANS);
    assumeThat(binaries).describedAs("PostgreSQL 15 of Debian, with pg_waldump").isPresent();
    var kept = Files.createDirectories(folder.resolve("kept"));
    try (var server =
        Postgres.create(
            binaries.get(),
            folder.resolve("data"),
            List.of("-k", "--wal-segsize=1"),
            "archive_mode = on",
            "max_prepared_transactions = 5",
            "archive_command = 'cp %%p %s/%%f'".formatted(kept))) {
      server.start();
      work(server);
      server.stop();
    }

    var compared = 0;
    var ends = 0;
    for (var file : segments(kept)) {
      var name = (WalName.Segment) WalName.parse(file.getFileName().toString());
      try (var in = Files.newInputStream(file)) {
        var scanned = SegmentScan.of(name, Optional.empty(), in);
        var dumped = dumped(binaries.get(), file);
        assertThat(scanned.damage()).as("%s", file).isEmpty();
        if (dumped.records() > 0) {
          assertThat(scanned.lastRecord()).as("%s", file).isEqualTo(dumped.last());
          assertThat(scanned.newest()).as("%s", file).isEqualTo(dumped.newest());
          compared++;
          ends += dumped.newest().isPresent() ? 1 : 0;
        }
      }
    }
    assertThat(compared).isGreaterThanOrEqualTo(6);
    assertThat(ends).isGreaterThanOrEqualTo(4);
  }

  private static void work(Postgres server) throws Exception {
    server.execute("CREATE TABLE notes (id bigserial PRIMARY KEY, body text)");
    for (int round = 0; round < 12; round++) {
      server.execute(
          "INSERT INTO notes (body) SELECT repeat(md5(i::text), 20) FROM generate_series(1, 600) i",
          "BEGIN",
          "INSERT INTO notes (body) VALUES ('never')",
          "ROLLBACK",
          "BEGIN",
          "SAVEPOINT one",
          "INSERT INTO notes (body) VALUES ('sub')",
          "RELEASE one",
          "PREPARE TRANSACTION 'p%d'".formatted(round),
          (round % 2 == 0 ? "COMMIT" : "ROLLBACK") + " PREPARED 'p%d'".formatted(round));
      if (round % 3 == 0) {
        server.execute("SELECT pg_switch_wal()");
      }
    }
  }

  private static List<Path> segments(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(file ->
              WalName.find(file.getFileName().toString()).orElseThrow() instanceof WalName.Segment)
          .sorted()
          .toList();
    }
  }

  /// The records that begin and end in a segment. pg_waldump ends with an error at the one that
  /// crosses its end, for it is given one file.
  private Dumped dumped(Binaries binaries, Path file) throws Exception {
    var alone = Files.createDirectories(folder.resolve("alone"));
    var copy = Files.copy(file, alone.resolve(file.getFileName()));
    var output = folder.resolve("dump.txt");
    var builder =
        new ProcessBuilder(binaries.bin().resolve("pg_waldump").toString(), copy.toString())
            .redirectOutput(output.toFile())
            .redirectError(folder.resolve("dump.err").toFile());
    builder.environment().put("TZ", "UTC");
    builder.start().waitFor();
    Files.delete(copy);
    Optional<Lsn> last = Optional.empty();
    Optional<Instant> newest = Optional.empty();
    var records = new ArrayList<String>();
    for (var line : Files.readAllLines(output)) {
      var record = RECORD.matcher(line);
      if (!record.find()) {
        continue;
      }
      records.add(line);
      last = Optional.of(Lsn.parse(record.group(2)));
      var end = END.matcher(record.group(3));
      if (line.contains("rmgr: Transaction") && end.find()) {
        var time = Instant.parse(end.group(1) + "T" + end.group(2) + "Z");
        newest = newest.filter(time::isBefore).or(() -> Optional.of(time));
      }
    }
    return new Dumped(last, newest, records.size());
  }
}
