package io.cooper.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What `cooper train` archives into: as much of an S3 store as WAL and a base backup need, on this
/// machine. An archive_command starts the program for each segment, and half of that is the loading
/// of classes.
final class TrainedArchive implements AutoCloseable {
  private static final String SEGMENT = "000000010000000000000001";
  private static final int MEBIBYTE = 1 << 20;
  private static final int PAGE = 8192;
  private static final Pattern PREFIX = Pattern.compile("(?s)^(?:.*&)?prefix=([^&]*).*$");

  private final HttpServer server;
  private final Map<String, byte[]> objects = new ConcurrentSkipListMap<>();

  TrainedArchive() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  String endpoint() {
    return "http://%s:%d"
        .formatted(
            InetAddress.getLoopbackAddress().getHostAddress(), server.getAddress().getPort());
  }

  /// A segment of 1 MiB in the `pg_wal` of a data directory.
  static Path segment(Path pgdata) throws IOException {
    var wal = Files.createDirectories(pgdata.resolve("pg_wal"));
    var bytes = ByteBuffer.allocate(MEBIBYTE).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort((short) 0xD118).putShort((short) 2);
    bytes.putInt(1).putLong(MEBIBYTE).putInt(0).putInt(0);
    bytes.putLong(1).putInt(MEBIBYTE).putInt(PAGE);
    return Files.write(wal.resolve(SEGMENT), bytes.array());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var key = exchange.getRequestURI().getPath().replaceFirst("^/[^/]*/?", "");
      var query = String.valueOf(exchange.getRequestURI().getQuery());
      var body = body(exchange);
      switch (exchange.getRequestMethod()) {
        case "PUT" -> {
          objects.merge(
              key, body, query.contains("partNumber") ? this::joined : (_, whole) -> whole);
          say(exchange, 200, "");
        }
        case "GET" -> get(exchange, key, query);
        case "POST" -> say(exchange, 200, posted(query));
        case "DELETE" -> {
          objects.remove(key);
          say(exchange, 204, "");
        }
        default -> say(exchange, 501, "");
      }
    }
  }

  /// What is sent, without the signatures of its pieces.
  private static byte[] body(HttpExchange exchange) throws IOException {
    var in = exchange.getRequestBody();
    var hash = String.valueOf(exchange.getRequestHeaders().getFirst("x-amz-content-sha256"));
    if (!hash.startsWith("STREAMING-")) {
      return in.readAllBytes();
    }
    var plain = new ByteArrayOutputStream();
    for (int length = length(in); length > 0; length = length(in)) {
      plain.write(in.readNBytes(length));
      in.skipNBytes(2);
    }
    in.readAllBytes();
    return plain.toByteArray();
  }

  /// Of the next piece: hexadecimal digits before its signature.
  private static int length(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int read = in.read(); read >= 0 && read != '\n'; read = in.read()) {
      line.append((char) read);
    }
    return Integer.parseInt(line.toString().replaceFirst(";.*", "").strip(), 16);
  }

  /// Parts come one after another here.
  private byte[] joined(byte[] before, byte[] part) {
    return ByteBuffer.allocate(before.length + part.length).put(before).put(part).array();
  }

  private static String posted(String query) {
    return query.contains("uploadId")
        ? "<CompleteMultipartUploadResult><ETag>\"1-1\"</ETag></CompleteMultipartUploadResult>"
        : query.contains("uploads")
            ? "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
            : "<DeleteResult/>";
  }

  private void get(HttpExchange exchange, String key, String query) throws IOException {
    var object = objects.get(key);
    if (query.contains("list-type=2")) {
      var prefix = PREFIX.matcher(query).replaceFirst("$1");
      say(exchange, 200, query.contains("delimiter=") ? folders(prefix) : listing(prefix));
    } else if (query.contains("uploads")) {
      say(exchange, 200, "<ListMultipartUploadsResult/>");
    } else if (object == null) {
      say(exchange, 404, "<Error><Code>NoSuchKey</Code></Error>");
    } else {
      say(exchange, 200, object);
    }
  }

  private String listing(String prefix) {
    return list(
        objects.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(prefix))
            .map(entry ->
                "<Contents><Key>%s</Key><Size>%d</Size><ETag>\"1\"</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
                    .formatted(entry.getKey(), entry.getValue().length)));
  }

  private String folders(String prefix) {
    return list(
        objects.keySet().stream()
            .filter(key -> key.startsWith(prefix) && key.indexOf('/', prefix.length()) >= 0)
            .map(key -> key.substring(0, key.indexOf('/', prefix.length()) + 1))
            .distinct()
            .map("<CommonPrefixes><Prefix>%s</Prefix></CommonPrefixes>"::formatted));
  }

  private static String list(Stream<String> entries) {
    return entries.collect(
        Collectors.joining(
            "", "<ListBucketResult><IsTruncated>false</IsTruncated>", "</ListBucketResult>"));
  }

  private static void say(HttpExchange exchange, int status, String body) throws IOException {
    say(exchange, status, body.getBytes(UTF_8));
  }

  private static void say(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("ETag", "\"1\"");
    exchange.getResponseHeaders().set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");
    exchange.getResponseHeaders().set("Content-Type", "application/xml");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  /// Where the segment is put in one compression; each has an archive of its own.
  static String serverName(String profile, String compression) {
    return "%s-%s".formatted(profile, compression).toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
