package io.cooper.store.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.cooper.problem.Code;
import io.cooper.store.FaultyStore;
import io.cooper.store.FaultyStore.Point;
import io.cooper.store.FolderStore;
import io.cooper.store.LocalAuthority;
import io.cooper.store.MemoryStore;
import io.cooper.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("S93")
@Tag("S94")
class StoreProbeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final MemoryStore memory = new MemoryStore();
  private final FaultyStore store = new FaultyStore(memory);
  private final HttpServer web = server();

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @BeforeEach
  void start() {
    web.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(403, -1);
          exchange.close();
        });
    web.start();
  }

  @AfterEach
  void stop() {
    web.stop(0);
  }

  private ProbeReport probe(ObjectStore of, String address) {
    return StoreProbe.of(of, StoreProbe.Endpoint.of(URI.create(address)), PATIENCE);
  }

  private String address() {
    return "http://127.0.0.1:" + web.getAddress().getPort();
  }

  private static Layer firstFailure(ProbeReport report) {
    return report.firstFailure().orElseThrow().layer();
  }

  @Test
  void a_store_that_works_has_no_failure_and_nothing_is_left() throws Exception {
    var report = probe(store, address());
    assertThat(report.firstFailure()).isEmpty();
    assertThat(report.steps())
        .extracting(ProbeReport.Step::layer)
        .containsExactly(
            Layer.DNS,
            Layer.TCP,
            Layer.HTTP,
            Layer.AUTHENTICATION,
            Layer.BUCKET,
            Layer.PREFIX,
            Layer.PUT,
            Layer.GET,
            Layer.LIST,
            Layer.DELETE);
    assertThat(memory.list("", "")).isEmpty();
  }

  @Test
  void a_folder_has_no_network(@TempDir Path folder) {
    try (var local = new FolderStore(folder)) {
      assertThat(StoreProbe.of(local).steps())
          .allSatisfy(step -> assertThat(step.state()).isEqualTo(ProbeReport.State.GOOD))
          .extracting(ProbeReport.Step::layer)
          .startsWith(Layer.BUCKET, Layer.PREFIX, Layer.PUT);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void an_unknown_name_is_the_layer_of_names() {
    var report = probe(store, "http://store.invalid");
    assertThat(firstFailure(report)).isEqualTo(Layer.DNS);
    assertThat(report.steps().getFirst().what()).contains("store.invalid");
    assertThat(report.steps().subList(1, report.steps().size()))
        .hasSize(9)
        .allSatisfy(step -> assertThat(step.state()).isEqualTo(ProbeReport.State.NOT_TRIED));
    assertThat(store.calls()).isEmpty();
  }

  @Test
  void a_closed_port_is_the_layer_of_connections() throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(firstFailure(probe(store, "http://127.0.0.1:" + port))).isEqualTo(Layer.TCP);
  }

  @Test
  void a_server_without_tls_is_the_layer_of_tls() {
    var report = probe(store, address().replace("http:", "https:"));
    assertThat(firstFailure(report)).isEqualTo(Layer.TLS);
  }

  @Test
  void a_certificate_that_nobody_trusts_is_the_layer_of_tls(@TempDir Path folder) throws Exception {
    var secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    secure.setHttpsConfigurator(new HttpsConfigurator(LocalAuthority.in(folder).tls()));
    secure.start();
    try {
      var report = probe(store, "https://127.0.0.1:" + secure.getAddress().getPort());
      assertThat(firstFailure(report)).isEqualTo(Layer.TLS);
      assertThat(report.firstFailure().orElseThrow().problem().orElseThrow().code())
          .isEqualTo(Code.STORE_TLS);
    } finally {
      secure.stop(0);
    }
  }

  @Test
  void a_server_that_says_something_else_is_the_layer_of_http() throws Exception {
    try (var ssh = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> {
        try {
          while (true) {
            try (var socket = ssh.accept()) {
              socket
                  .getOutputStream()
                  .write("SSH-2.0-OpenSSH\r\n".getBytes(StandardCharsets.US_ASCII));
            }
          }
        } catch (IOException closed) {
          // The test is over.
        }
      });
      var report = probe(store, "http://127.0.0.1:" + ssh.getLocalPort());
      assertThat(firstFailure(report)).isEqualTo(Layer.HTTP);
      assertThat(report.firstFailure().orElseThrow().what()).contains("SSH-2.0");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "LIST, STORE_CREDENTIALS, AUTHENTICATION",
    "LIST, STORE_CLOCK, AUTHENTICATION",
    "LIST, NO_SUCH_BUCKET, BUCKET",
    "LIST, STORE_REGION, BUCKET",
    "LIST, STORE_DENIED, PREFIX",
    "CREATE, STORE_DENIED, PUT",
    "COMMIT, STORE_REFUSED, PUT",
    "OPEN, STORE_DENIED, GET",
    "DELETE, STORE_DENIED, DELETE",
  })
  void what_the_store_says_names_the_layer(Point point, Code code, Layer layer) {
    store.fail(point, code, 1);
    var report = probe(store, address());
    assertThat(firstFailure(report)).isEqualTo(layer);
    assertThat(report.firstFailure().orElseThrow().problem().orElseThrow().code()).isEqualTo(code);
  }

  @Test
  void a_probe_that_cannot_be_read_is_removed_nevertheless() throws Exception {
    store.fail(Point.OPEN, Code.STORE_DENIED, 1);
    probe(store, address());
    assertThat(memory.list("", "")).isEmpty();
  }

  @Test
  void the_text_names_the_first_failure_and_its_remedy() {
    store.fail(Point.LIST, Code.NO_SUCH_BUCKET, 1);
    assertThat(probe(store, address()).text().lines().toList())
        .anySatisfy(
            line -> assertThat(line).matches("bucket +FAILED +\\d+ ms +LIST fails as planned"))
        .contains("  try: wait")
        .anySatisfy(line -> assertThat(line).matches("put +-"));
  }

  @Test
  void the_json_says_the_same() {
    store.fail(Point.LIST, Code.NO_SUCH_BUCKET, 1);
    var json = probe(store, address()).json();
    assertThat(json)
        .startsWith(
            "{\"schemaVersion\":1,\"store\":\"memory:\",\"good\":false,\"failed\":\"bucket\",\"steps\":[{\"layer\":\"dns\",\"state\":\"good\",\"millis\":")
        .contains(
            "{\"layer\":\"put\",\"state\":\"not tried\"}",
            "\"code\":\"NO_SUCH_BUCKET\",\"where\":\"memory:/\",\"remedy\":\"wait\"}")
        .endsWith("{\"layer\":\"delete\",\"state\":\"not tried\"}]}");
  }

  @Test
  void odd_characters_are_escaped_in_json() {
    var step =
        new ProbeReport.Step(
            Layer.DNS, ProbeReport.State.GOOD, Duration.ZERO, "a\"b\\c\nd", Optional.empty());
    assertThat(new ProbeReport("s", List.of(step)).json())
        .contains("\"what\":\"a\\\"b\\\\c\\u000ad\"");
  }
}
