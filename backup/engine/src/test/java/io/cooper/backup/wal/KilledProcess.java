package io.cooper.backup.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.WalName;
import io.cooper.store.FolderStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// What [KillTest] kills: a process that does what PostgreSQL's archiver or a recovery makes the
/// engine do, and writes down each answer.
final class KilledProcess {
  private KilledProcess() {}

  /// Begins.
  ///
  /// @param args what to do, the store, the data directory, the file of answers
  public static void main(String[] args) throws IOException {
    var root = Path.of(args[1]);
    var pgdata = Path.of(args[2]);
    var answers = Path.of(args[3]);
    try (var store = new FolderStore(root)) {
      var archive = WalArchiveTest.archive(store, Codec.LZ4);
      System.out.println("ready");
      if (args[0].equals("archive")) {
        archive(archive, pgdata, answers);
      } else {
        restore(archive, pgdata, answers, Integer.parseInt(args[4]));
      }
    }
  }

  private static void archive(WalArchive archive, Path pgdata, Path answers) throws IOException {
    var wal = Wal.in(pgdata);
    try (var archiver = new WalArchiver(archive, 4, pgdata.resolve("notes"))) {
      for (var name : ready(wal)) {
        archiver.archive(wal.folder().resolve(name));
        say(answers, name);
        wal.done(name);
      }
    }
  }

  private static List<String> ready(Wal wal) throws IOException {
    try (Stream<Path> marks = Files.list(wal.folder().resolve("archive_status"))) {
      return marks
          .map(mark -> mark.getFileName().toString())
          .filter(mark -> mark.endsWith(".ready"))
          .map(mark -> mark.replace(".ready", ""))
          .sorted()
          .toList();
    }
  }

  /// Restores one segment after the other into a folder; what has its name there was answered.
  private static void restore(WalArchive archive, Path pgdata, Path answers, int segments)
      throws IOException {
    var settings = new WalRestorer.Settings(4, pgdata.resolve("spool"), 6L * Wal.MEBIBYTE);
    Files.createDirectories(answers);
    try (var restorer = new WalRestorer(archive, settings)) {
      for (var number = 1; number <= segments; number++) {
        var name = Wal.name(number);
        restorer.restore(WalName.parse(name), answers.resolve(name));
      }
    }
  }

  private static void say(Path answers, String name) throws IOException {
    Files.write(
        answers,
        (name + "\n").getBytes(UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }
}
