package io.cooper.backup.interop;

import io.cooper.backup.cloud.Cloud;
import io.cooper.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// barman-cloud's programs beside our store, on one cloud.
final class Barman implements AutoCloseable {
  private final Path bin;
  private final Path folder;
  private final Cloud cloud;
  private final ObjectStore store;

  private Barman(Path bin, Path folder, Cloud cloud, ObjectStore store) {
    this.bin = bin;
    this.folder = folder;
    this.cloud = cloud;
    this.store = store;
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

  /// The same cloud and store, with the programs of another release.
  Barman of(Path otherBin) {
    return new Barman(otherBin, folder, cloud, store);
  }

  /// Starts a real S3 server, with nothing in it.
  static Barman start(Path folder) throws IOException {
    return start(folder, Cloud.Kind.MINIO);
  }

  /// Starts a real S3 server, with nothing in it.
  ///
  /// @param prefix as somebody writes it who does not think of its consequences
  static Barman start(Path folder, String prefix) throws IOException {
    return in(folder, Cloud.start(Cloud.Kind.MINIO, folder, prefix));
  }

  /// Starts a cloud, with nothing in it.
  static Barman start(Path folder, Cloud.Kind kind) throws IOException {
    return in(folder, Cloud.start(kind, folder));
  }

  private static Barman in(Path folder, Cloud cloud) throws IOException {
    return new Barman(installed().orElseThrow(), folder, cloud, cloud.open());
  }

  /// What the programs work on.
  ObjectStore store() {
    return store;
  }

  /// What a program printed, and how it ended.
  record Ran(int exit, String output) {}

  /// Runs a program as its user would, the store and the server's name after the options.
  Ran run(String program, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(bin.resolve(program).toString());
    command.addAll(cloud.barmansOptions());
    command.addAll(options);
    command.addAll(List.of(cloud.barmansUrl(), "srv"));
    command.addAll(List.of(arguments));
    var log = folder.resolve("barman.log");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(cloud.environment());
    var process = builder.start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException(program + " does not end");
    }
    return new Ran(process.exitValue(), Files.readString(log));
  }

  @Override
  public void close() throws Exception {
    store.close();
    cloud.close();
  }
}
