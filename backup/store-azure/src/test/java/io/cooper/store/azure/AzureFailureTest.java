package io.cooper.store.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cooper.problem.Code;
import io.cooper.store.Intent;
import io.cooper.store.Secret;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Answers as Azure's manual lists them, from a server in this process.
@Tag("S84")
@Tag("S92")
@Tag("S95")
class AzureFailureTest {
  private static final String CANARY = "Y2FuYXJ5LWNhbmFyeQ";

  private final HttpServer server = server();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile int status;
  private volatile String code = "";
  private volatile String message = "";

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @BeforeEach
  void start() {
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.incrementAndGet();
      exchange.getRequestBody().readAllBytes();
      var body =
          "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>%s %s</Message></Error>"
              .formatted(code, message, exchange.getRequestURI().getQuery())
              .replace("&", "&amp;")
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/xml");
      if (!code.isEmpty()) {
        exchange.getResponseHeaders().set("x-ms-error-code", code);
      }
      boolean bodiless = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
      if (!bodiless) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private AzureSettings settings() {
    var address =
        URI.create("http://127.0.0.1:%d/account".formatted(server.getAddress().getPort()));
    var token = new Secret("sv=2024-11-04&sp=rl&sig=" + CANARY);
    return AzureSettings.of(
            "backups",
            "pg",
            Optional.of(address),
            new AzureCredentials.SharedAccess("account", token))
        .waiting(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @CsvSource({
    "403, AuthenticationFailed, Server failed to authenticate, STORE_CREDENTIALS",
    "401, InvalidAuthenticationInfo, no, STORE_CREDENTIALS",
    "401, NoAuthenticationInformation, no, STORE_CREDENTIALS",
    "403, AuthorizationPermissionMismatch, no, STORE_DENIED",
    "403, AuthorizationFailure, no, STORE_DENIED",
    "404, ContainerNotFound, no, NO_SUCH_BUCKET",
    "503, ServerBusy, wait, STORE_BUSY",
    "500, OperationTimedOut, wait, STORE_BUSY",
    "500, '', '', STORE_BUSY",
    "404, '', a web page, STORE_REFUSED",
    "409, BlobImmutableDueToPolicy, kept, STORE_REFUSED",
    "400, InvalidResourceName, no, BAD_USE",
  })
  void an_answer_has_its_meaning_whatever_was_asked(
      int answered, String said, String text, Code meaning) throws IOException {
    status = answered;
    code = said;
    message = text;
    try (var store = new AzureStore(settings())) {
      var all =
          List.<ThrowingCallable>of(
              () -> store.find("a"),
              () -> store.open("a"),
              () -> store.list("", ""),
              () -> store.folders(""),
              () -> store.delete(List.of("a")),
              () -> {
                try (var object = store.create("a", Intent.replacing())) {
                  object.commit();
                }
              });
      for (var each : all) {
        requests.set(0);
        var failure = catchThrowableOfType(StoreException.class, each);
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(meaning);
        assertThat(failure.problem().where()).startsWith("azblob://backups/pg");
        // A write that is refused may have arrived twice: it looks once whether the object is its
        // own.
        boolean looks = each.equals(all.getLast()) && meaning == Code.STORE_REFUSED;
        assertThat(requests).as("requests").hasValue(looks ? 2 : 1);
        var trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain(CANARY);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Signature not valid in the specified time frame, STORE_CREDENTIALS, has expired",
    "Request date header too old, STORE_CLOCK, clock",
  })
  void the_reasons_of_a_refused_signature_are_told_apart(String text, Code meaning, String what)
      throws IOException {
    status = 403;
    code = "AuthenticationFailed";
    message = text;
    try (var store = new AzureStore(settings())) {
      var failure = catchThrowableOfType(StoreException.class, () -> store.list("", ""));
      assertThat(failure.code()).isEqualTo(meaning);
      assertThat(failure.problem().what()).contains(what);
    }
  }
}
