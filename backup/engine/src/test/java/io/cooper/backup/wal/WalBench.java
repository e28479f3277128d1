package io.cooper.backup.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.store.Retrying;
import io.cooper.store.Secret;
import io.cooper.store.s3.S3Credentials;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Settings;
import io.cooper.store.s3.S3Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The resident engine for bench/wal: answers questions on its standard input until that ends, each
/// with the nanoseconds that it took.
///
/// - `archive SERVER CODEC FILE`
/// - `restore SERVER NAME DESTINATION`
final class WalBench {
  private WalBench() {}

  /// Begins.
  ///
  /// @param args endpoint, bucket, user, password, files at once, folder for the spool, and the
  ///   certificates to trust if they are not the usual ones
  public static void main(String[] args) throws IOException {
    var credentials = new S3Credentials.Keys(args[2], new Secret(args[3]), Optional.empty());
    var usual =
        S3Settings.of(args[1], "bench", Optional.of(URI.create(args[0])), credentials)
            .as(S3Profile.MINIO);
    var settings = args.length > 6 ? usual.trusting(Path.of(args[6])) : usual;
    var atOnce = Integer.parseInt(args[4]);
    Map<String, WalArchiver> archivers = new HashMap<>();
    Map<String, WalRestorer> restorers = new HashMap<>();
    try (var store = Retrying.of(new S3Store(settings));
        var questions = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      for (String line; (line = questions.readLine()) != null; ) {
        var words = line.split("\t", -1);
        var server = new ServerFolder(words[1]);
        var began = System.nanoTime();
        if (words[0].equals("archive")) {
          archivers
              .computeIfAbsent(
                  words[1],
                  _ ->
                      new WalArchiver(
                          new WalArchive(
                              store, server, WalArchive.Settings.with(Codec.named(words[2]))),
                          atOnce))
              .archive(Path.of(words[3]));
        } else {
          restorers
              .computeIfAbsent(
                  words[1],
                  _ ->
                      new WalRestorer(
                          new WalArchive(store, server, WalArchive.Settings.with(Codec.NONE)),
                          new WalRestorer.Settings(atOnce, Path.of(args[5]), 1L << 30)))
              .restore(WalName.parse(words[2]), Path.of(words[3]));
        }
        System.out.println(System.nanoTime() - began);
      }
    }
  }
}
