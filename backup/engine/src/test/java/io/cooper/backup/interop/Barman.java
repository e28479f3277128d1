package io.cooper.backup.interop;

import io.cooper.store.FolderStore;
import io.cooper.store.Intent;
import io.cooper.store.StoredObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// barman-cloud's programs and an S3 server for them, from one Python environment.
final class Barman implements AutoCloseable {
  private static final String BUCKET = "bucket";

  /// Who gives one may read; the server believes any.
  private static final String CREDENTIAL =
      "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request,"
          + " SignedHeaders=host, Signature=00";

  private static final Pattern KEY = Pattern.compile("<Key>([^<]*)</Key>");

  private final Path bin;
  private final Path folder;
  private final Process server;
  private final String endpoint;
  private final HttpClient http = HttpClient.newHttpClient();

  private Barman(Path bin, Path folder) throws IOException, InterruptedException {
    this.bin = bin;
    this.folder = folder;
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    this.endpoint = "http://127.0.0.1:" + port;
    this.server =
        new ProcessBuilder(
                bin.resolve("moto_server").toString(),
                "-H",
                "127.0.0.1",
                "-p",
                Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("moto.log").toFile())
            .start();
    for (int look = 0; ; look++) {
      try {
        send(HttpRequest.newBuilder(uri("")).PUT(BodyPublishers.noBody()));
        return;
      } catch (IOException notYet) {
        if (look > 300 || !server.isAlive()) {
          server.destroyForcibly();
          throw notYet;
        }
        Thread.sleep(200);
      }
    }
  }

  /// Where the programs are, if they are: in the folder that COOPER_INTEROP names, or on the path.
  static Optional<Path> installed() {
    var interop = Optional.ofNullable(System.getenv("COOPER_INTEROP")).map(Path::of);
    return Stream.concat(
            interop.stream()
                .flatMap(home -> Stream.of(home.resolve("bin"), home.resolve("barman/venv/bin"))),
            Arrays.stream(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
                .map(Path::of))
        .filter(each ->
            Files.isExecutable(each.resolve("barman-cloud-restore"))
                && Files.isExecutable(each.resolve("moto_server")))
        .findFirst();
  }

  static Barman start(Path bin, Path folder) throws IOException, InterruptedException {
    return new Barman(bin, folder);
  }

  /// What a program printed, and how it ended.
  record Ran(int exit, String output) {}

  /// Runs a program as its user would, the store and the server's name after the options.
  Ran run(String program, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(bin.resolve(program).toString());
    command.addAll(List.of("--endpoint-url", endpoint));
    command.addAll(options);
    command.addAll(List.of("s3://" + BUCKET + "/some/prefix", "srv"));
    command.addAll(List.of(arguments));
    var log = folder.resolve("barman.log");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("AWS_ACCESS_KEY_ID", "any");
    builder.environment().put("AWS_SECRET_ACCESS_KEY", "any");
    builder.environment().put("AWS_DEFAULT_REGION", "us-east-1");
    var process = builder.start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException(program + " does not end");
    }
    return new Ran(process.exitValue(), Files.readString(log));
  }

  /// Puts what is in a folder into the bucket.
  void upload(FolderStore from) throws IOException, InterruptedException {
    List<String> keys;
    try (var all = from.list("", "")) {
      keys = all.map(StoredObject::key).toList();
    }
    for (var key : keys) {
      try (var bytes = from.open(key)) {
        send(
            HttpRequest.newBuilder(uri("/some/prefix/" + key))
                .PUT(BodyPublishers.ofByteArray(bytes.readAllBytes())));
      }
    }
  }

  /// Puts what is in the bucket into a folder.
  void download(FolderStore to) throws IOException, InterruptedException {
    var listing =
        new String(send(HttpRequest.newBuilder(uri("?list-type=2"))), StandardCharsets.UTF_8);
    for (var key : KEY.matcher(listing).results().map(found -> found.group(1)).toList()) {
      try (var object = to.create(key.substring("some/prefix/".length()), Intent.replacing())) {
        object.bytes().write(send(HttpRequest.newBuilder(uri("/" + key))));
        object.commit();
      }
    }
  }

  private URI uri(String path) {
    return URI.create(
        endpoint
            + "/"
            + BUCKET
            + (path.startsWith("?")
                ? path
                : URLEncoder.encode(path, StandardCharsets.UTF_8).replace("%2F", "/")));
  }

  private byte[] send(HttpRequest.Builder request) throws IOException, InterruptedException {
    var signed = request.header("Authorization", CREDENTIAL).build();
    var answer = http.send(signed, BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException(signed + ": " + new String(answer.body(), StandardCharsets.UTF_8));
    }
    return answer.body();
  }

  @Override
  public void close() {
    http.close();
    server.destroyForcibly();
  }
}
