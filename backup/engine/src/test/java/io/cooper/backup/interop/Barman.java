package io.cooper.backup.interop;

import io.cooper.store.ObjectStore;
import io.cooper.store.s3.MinioServer;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// barman-cloud's programs beside our store, on one S3 server.
final class Barman implements AutoCloseable {
  private static final String BUCKET = "bucket";
  private static final String PREFIX = "some/prefix";
  private static final int ATTEMPTS = 100;

  private final Path bin;
  private final Path folder;
  private final MinioServer server;
  private final ObjectStore store;

  private final String prefix;

  private Barman(Path bin, Path folder, MinioServer server, ObjectStore store, String prefix) {
    this.bin = bin;
    this.folder = folder;
    this.server = server;
    this.store = store;
    this.prefix = prefix;
  }

  /// Where the programs are, if they are: in the folder that COOPER_INTEROP names, or on the path.
  static Optional<Path> installed() {
    var interop =
        Optional.ofNullable(System.getenv("COOPER_INTEROP")).map(home -> Path.of(home, "bin"));
    var path =
        Arrays.stream(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
            .map(Path::of);
    return Stream.concat(interop.stream(), path)
        .filter(each -> Files.isExecutable(each.resolve("barman-cloud-restore")))
        .findFirst();
  }

  /// Where the programs of an older release are, if they are: what CloudNativePG's images have had.
  static Optional<Path> older() {
    return Optional.ofNullable(System.getenv("COOPER_INTEROP"))
        .map(home -> Path.of(home, "barman-3.17", "venv", "bin"))
        .filter(each -> Files.isExecutable(each.resolve("barman-cloud-restore")));
  }

  /// The same server and store, with the programs of another release.
  Barman of(Path otherBin) {
    return new Barman(otherBin, folder, server, store, prefix);
  }

  /// Starts the server, with nothing in it.
  static Barman start(Path folder) throws IOException {
    return start(folder, PREFIX);
  }

  /// Starts the server, with nothing in it.
  ///
  /// @param prefix as somebody writes it who does not think of its consequences
  static Barman start(Path folder, String prefix) throws IOException {
    var server =
        MinioServer.start(
            MinioServer.program().orElseThrow(), Files.createDirectory(folder.resolve("minio")));
    makeBucket(server);
    var store = new S3Store(server.settings(BUCKET, prefix).as(S3Profile.MINIO));
    return new Barman(installed().orElseThrow(), folder, server, store, prefix);
  }

  /// The server listens before it answers: until then it says 503.
  private static void makeBucket(MinioServer server) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        server.makeBucket(BUCKET);
        return;
      } catch (RuntimeException notYet) {
        if (attempt == ATTEMPTS) {
          server.close();
          throw notYet;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
    }
  }

  /// What the programs work on.
  ObjectStore store() {
    return store;
  }

  /// What a program printed, and how it ended.
  record Ran(int exit, String output) {}

  /// Runs a program as its user would, the store and the server's name after the options. It lists
  /// nothing below a prefix with a slash at its end, so it gets none.
  Ran run(String program, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(bin.resolve(program).toString());
    command.addAll(List.of("--endpoint-url", server.endpoint().toString()));
    command.addAll(options);
    command.addAll(List.of("s3://%s/%s".formatted(BUCKET, prefix.replaceAll("/+$", "")), "srv"));
    command.addAll(List.of(arguments));
    var log = folder.resolve("barman.log");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("AWS_ACCESS_KEY_ID", "interop-user");
    builder.environment().put("AWS_SECRET_ACCESS_KEY", "interop-password");
    builder.environment().put("AWS_DEFAULT_REGION", "us-east-1");
    var process = builder.start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException(program + " does not end");
    }
    return new Ran(process.exitValue(), Files.readString(log));
  }

  @Override
  public void close() {
    store.close();
    server.close();
  }
}
