package io.cooper.backup.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.store.FolderStore;
import io.cooper.store.ObjectStore;
import io.cooper.store.s3.MinioServer;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Store;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// What [KillTest] kills: a process that does what PostgreSQL's archiver or a recovery makes the
/// engine do, and writes down each answer.
final class KilledProcess {
  static final String BUCKET = "killed";

  private KilledProcess() {}

  /// Begins.
  ///
  /// @param args what to do; a folder, or the endpoint of a [MinioServer]; the data directory;
  ///   where answers go; the compression; how many at once; how many segments there are; the
  ///   server's name, if it is not the usual one
  public static void main(String[] args) throws IOException {
    var pgdata = Path.of(args[2]);
    var answers = Path.of(args[3]);
    var atOnce = Integer.parseInt(args[5]);
    try (var store = store(args[1])) {
      var server = new ServerFolder(args.length > 7 ? args[7] : "srv");
      var archive = new WalArchive(store, server, WalArchive.Settings.with(Codec.named(args[4])));
      // What is loaded and connected by the first question is not what is to be killed.
      archive.has(WalName.parse(Wal.name(1)));
      System.out.println("ready");
      if (args[0].equals("archive")) {
        archive(archive, pgdata, answers, atOnce);
      } else {
        restore(archive, pgdata, answers, atOnce, Integer.parseInt(args[6]));
      }
    }
  }

  private static ObjectStore store(String place) throws IOException {
    return place.startsWith("http:")
        ? new S3Store(MinioServer.settings(URI.create(place), BUCKET, "kill").as(S3Profile.MINIO))
        : new FolderStore(Path.of(place));
  }

  private static void archive(WalArchive archive, Path pgdata, Path answers, int atOnce)
      throws IOException {
    var wal = Wal.in(pgdata);
    try (var archiver = new WalArchiver(archive, atOnce, pgdata.resolve("notes"))) {
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
  private static void restore(
      WalArchive archive, Path pgdata, Path answers, int ahead, int segments) throws IOException {
    var settings = new WalRestorer.Settings(ahead, pgdata.resolve("spool"), 6L * Wal.MEBIBYTE);
    Files.createDirectories(answers);
    try (var restorer = new WalRestorer(archive, settings)) {
      for (var number = 1; number <= segments; number++) {
        var name = Wal.name(number);
        restorer.restore(WalName.parse(name), answers.resolve(name));
        System.out.println(name);
      }
    }
  }

  private static void say(Path answers, String name) throws IOException {
    Files.write(
        answers,
        (name + "\n").getBytes(UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    System.out.println(name);
  }
}
