package io.cooper.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.cooper.problem.Code;
import io.cooper.store.FaultProxy;
import io.cooper.store.Intent;
import io.cooper.store.LocalAuthority;
import io.cooper.store.ObjectStore;
import io.cooper.store.Secret;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What goes wrong at S3 is told apart, each with one remedy, and never with a secret.
@Tag("S95")
@Tag("S92")
class S3FailureTest {
  private static final String SECRET = "canary-secret-5f1d";
  private static final String TOKEN = "canary-token-9c2e";

  @TempDir private Path folder;
  private final LocalS3 server = new Local().started;

  /// A server that is there before the first test asks for it.
  private static final class Local {
    private final LocalS3 started;

    Local() {
      try {
        started = new LocalS3(SECRET).withBucket("backups");
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
  }

  @BeforeEach
  void tokenIsNeeded() {
    server.withToken(TOKEN, false);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private S3Settings good() {
    return server.settings("backups", "pg").as(S3Profile.OTHER).waiting(PATIENCE);
  }

  private static final S3Settings.Timeouts PATIENCE =
      new S3Settings.Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(2));

  /// Everything that a store can be asked fails alike; gives the failure of looking up.
  private static StoreException failure(S3Settings settings, Code code) throws IOException {
    try (var store = new S3Store(settings)) {
      var all =
          List.<ThrowingCallable>of(
              () -> store.open("a"),
              () -> store.open("a", 5, 5),
              () -> put(store, "a", 10, Intent.replacing()),
              () -> put(store, "a", 10, Intent.onlyNew()),
              () -> put(store, "a", 6 << 20, Intent.onlyNew()),
              () -> store.list("", ""),
              () -> store.folders(""),
              () -> store.delete(List.of("a")),
              () -> store.delete(List.of("a", "b")),
              () -> store.abandoned(""),
              () -> store.find("a"));
      var failures = new ArrayList<StoreException>();
      for (var each : all) {
        var failure = catchThrowableOfType(StoreException.class, each);
        assertThat(failure).isNotNull();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure.problem().where()).startsWith(settings.name());
        assertIsClean(failure);
        failures.add(failure);
      }
      assertThat(settings.toString()).doesNotContain("canary");
      return failures.getLast();
    }
  }

  private static void assertIsClean(StoreException failure) {
    var text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    assertThat(text.toString()).doesNotContain("canary");
    assertThat(failure.problem().toString()).doesNotContain("canary");
  }

  private static void put(ObjectStore store, String key, int size, Intent intent)
      throws IOException {
    try (var object = store.create(key, intent)) {
      object.bytes().write(new byte[size]);
      object.commit();
    }
  }

  @Test
  void with_the_right_settings_all_is_well() throws IOException {
    try (var store = new S3Store(good().inParts(5 << 20, 2))) {
      put(store, "a", 6 << 20, Intent.onlyNew());
      assertThat(store.find("a")).isPresent();
    }
  }

  @Test
  void an_unknown_access_key() throws IOException {
    var keys =
        new S3Credentials.Keys("AKIAOTHER", new Secret(SECRET), Optional.of(new Secret(TOKEN)));
    assertThat(failure(good().askedBy(keys), Code.STORE_CREDENTIALS).problem().what())
        .contains("does not know this access key", "InvalidAccessKeyId");
  }

  @Test
  void a_wrong_secret() throws IOException {
    var keys =
        new S3Credentials.Keys(
            LocalS3.ACCESS_KEY, new Secret("canary-other"), Optional.of(new Secret(TOKEN)));
    assertThat(failure(good().askedBy(keys), Code.STORE_CREDENTIALS).problem().what())
        .contains("secret key does not belong to the access key");
  }

  @Test
  void a_token_that_expired() throws IOException {
    server.withToken(TOKEN, true);
    assertThat(failure(good(), Code.STORE_CREDENTIALS).problem().what())
        .contains("session token has expired");
  }

  @Test
  void a_token_that_is_not_valid() throws IOException {
    var settings = good();
    server.withToken("another", false);
    assertThat(failure(settings, Code.STORE_CREDENTIALS).problem().what())
        .contains("session token is not valid");
  }

  @Test
  void a_server_that_repeats_the_token() throws IOException {
    server.with(LocalS3.Quirk.ECHOES_TOKENS).denying(_ -> true);
    assertThat(failure(good(), Code.STORE_DENIED).problem().what()).contains("(secret)");
  }

  @Test
  void no_permission() throws IOException {
    server.denying(_ -> true);
    var failure = failure(good(), Code.STORE_DENIED);
    assertThat(failure.problem().what()).contains("does not allow", "AccessDenied");
    assertThat(failure.problem().remedy()).contains("s3:GetObject", "s3:PutObject");
  }

  @Test
  void the_wrong_region() throws IOException {
    var settings = good();
    server.inRegion("eu-central-1");
    var failure = failure(settings, Code.STORE_REGION);
    assertThat(failure.problem().what()).contains("eu-central-1", "us-east-1");
    assertThat(failure.problem().remedy()).isEqualTo("set the region to eu-central-1");
  }

  @Test
  void no_such_bucket() throws IOException {
    var settings = server.settings("other", "pg").as(S3Profile.OTHER);
    assertThat(failure(settings, Code.NO_SUCH_BUCKET).problem().what()).contains("no bucket other");
  }

  @Test
  void a_clock_that_is_wrong() throws IOException {
    server.at(Clock.offset(Clock.systemUTC(), Duration.ofHours(2)));
    assertThat(failure(good(), Code.STORE_CLOCK).problem().what()).contains("clock", "GMT");
  }

  @Test
  void a_store_that_is_busy() throws IOException {
    server.plan(Integer.MAX_VALUE, _ -> true, new LocalS3.Fault(503, "SlowDown", false));
    failure(good(), Code.STORE_BUSY);
  }

  @Test
  void half_an_answer_that_something_is_not_there_does_not_say_so() throws IOException {
    try (var proxy =
            FaultProxy.before(
                server.endpoint(),
                FaultProxy.Dialect.S3,
                1,
                1,
                List.of(FaultProxy.Fault.TRUNCATE_ANSWER));
        var store = new S3Store(good().at(proxy.endpoint()))) {
      for (var each :
          List.<ThrowingCallable>of(() -> store.find("absent"), () -> store.open("absent"))) {
        var failure = catchThrowableOfType(StoreException.class, each);
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(Code.STORE_UNREACHABLE);
      }
      proxy.calmDown();
      assertThat(store.find("absent")).isEmpty();
    }
  }

  @Test
  void a_range_that_is_refused_although_it_is_there_is_no_empty_object() throws IOException {
    try (var proxy =
            FaultProxy.before(
                server.endpoint(),
                FaultProxy.Dialect.S3,
                1,
                1,
                List.of(FaultProxy.Fault.NO_SUCH_RANGE));
        var direct = new S3Store(good());
        var store = new S3Store(good().at(proxy.endpoint()))) {
      put(direct, "a", 10, Intent.replacing());
      for (var each :
          List.<ThrowingCallable>of(
              () -> store.open("a").readAllBytes(),
              () -> store.open("a", 5, 5).readAllBytes(),
              () -> store.list("", ""))) {
        var failure = catchThrowableOfType(StoreException.class, each);
        assertThat(failure.code().worthRetrying()).as(failure.getMessage()).isTrue();
      }
    }
  }

  @Test
  void a_store_that_is_full() throws IOException {
    server.plan(1, _ -> true, new LocalS3.Fault(507, "XMinioStorageFull", false));
    try (var store = new S3Store(good())) {
      var failure =
          catchThrowableOfType(StoreException.class, () -> put(store, "a", 1, Intent.replacing()));
      assertThat(failure.problem().what()).contains("no room");
    }
  }

  @Test
  void nothing_listens() throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(failure(at("http://127.0.0.1:" + port), Code.STORE_UNREACHABLE).problem().what())
        .contains("no connection to", "refused");
  }

  @Test
  void a_name_that_is_not_known() throws IOException {
    assertThat(failure(at("http://store.invalid"), Code.STORE_UNREACHABLE).problem().what())
        .contains("store.invalid is not known");
  }

  @Test
  void a_server_that_never_answers() throws IOException {
    var impatient = new S3Settings.Timeouts(Duration.ofSeconds(1), Duration.ofMillis(200));
    try (var silent = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
      var settings = at("http://127.0.0.1:" + silent.getLocalPort()).waiting(impatient);
      assertThat(failure(settings, Code.STORE_UNREACHABLE).problem().what())
          .contains("did not answer in time");
    }
  }

  @Test
  void a_server_that_does_not_speak_s3() throws IOException {
    var web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            var page = "<html>not found</html>".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(404, page.length);
            exchange.getResponseBody().write(page);
          }
        });
    web.start();
    try {
      var settings = at("http://127.0.0.1:" + web.getAddress().getPort());
      assertThat(failure(settings, Code.STORE_REFUSED).problem().what())
          .contains("does not speak S3");
    } finally {
      web.stop(0);
    }
  }

  @Test
  void a_certificate_that_nobody_trusts() throws Exception {
    var authority = LocalAuthority.in(folder);
    try (var secure =
        new LocalS3(SECRET, authority.tls()).withBucket("backups").withToken(TOKEN, false)) {
      var settings = secure.settings("backups", "pg").as(S3Profile.OTHER);
      var failure = failure(settings, Code.STORE_TLS);
      assertThat(failure.problem().remedy()).contains("CA file");
      try (var store = new S3Store(settings.trusting(authority.certificate()))) {
        put(store, "a", 10, Intent.onlyNew());
        assertThat(store.find("a")).isPresent();
      }
    }
  }

  @Test
  void a_ca_file_that_has_no_certificate() throws IOException {
    var empty = Files.writeString(folder.resolve("empty.pem"), "\n");
    for (var file : List.of(empty, folder.resolve("absent.pem"))) {
      var failure =
          catchThrowableOfType(
              StoreException.class, () -> new S3Store(good().trusting(file)).close());
      assertThat(failure.code()).isEqualTo(Code.BAD_INPUT);
      assertThat(failure.problem().where()).isEqualTo(file.toString());
    }
  }

  @Test
  @Tag("U61")
  void new_checksum_headers_that_are_refused_lead_to_the_profiles() throws IOException {
    server.with(LocalS3.Quirk.REFUSES_NEW_CHECKSUMS);
    try (var store = new S3Store(good().as(S3Profile.MINIO))) {
      var failure =
          catchThrowableOfType(StoreException.class, () -> put(store, "a", 10, Intent.replacing()));
      assertThat(failure.code()).isEqualTo(Code.STORE_REFUSED);
      assertThat(failure.problem().remedy()).contains("--profile do-spaces");
    }
  }

  private S3Settings at(String address) {
    return S3Settings.of("backups", "pg", Optional.of(URI.create(address)), good().credentials())
        .inRegion("us-east-1")
        .withPathStyle(true)
        .inParts(5 << 20, 2)
        .waiting(PATIENCE);
  }

  @ParameterizedTest
  @CsvSource({"10, PUT", "6291456, POST"})
  void a_commit_whose_answer_was_lost_succeeds_when_called_again(int size, String method)
      throws IOException {
    try (var store = new S3Store(good().inParts(5 << 20, 2));
        var object = store.create("a", Intent.onlyNew().ofAtMost(size))) {
      object.bytes().write(new byte[size]);
      server.plan(
          1,
          line -> line.startsWith(method) && !line.contains("uploads"),
          new LocalS3.Fault(500, "InternalError", true));
      var lost = catchThrowableOfType(StoreException.class, object::commit);
      assertThat(lost.code()).isEqualTo(Code.STORE_BUSY);
      assertThat(object.resend()).isTrue();
      assertThat(object.commit().size()).isEqualTo(size);
      assertThat(store.abandoned("")).isEmpty();
    }
  }

  @Test
  void an_object_of_somebody_else_is_not_taken_for_ones_own() throws IOException {
    try (var store = new S3Store(good().as(S3Profile.MINIO));
        var object = store.create("a", Intent.onlyNew())) {
      object.bytes().write(new byte[10]);
      server.plan(
          1, line -> line.startsWith("PUT"), new LocalS3.Fault(500, "InternalError", false));
      assertThat(catchThrowableOfType(StoreException.class, object::commit).code())
          .isEqualTo(Code.STORE_BUSY);
      put(store, "a", 10, Intent.onlyNew());
      assertThat(catchThrowableOfType(StoreException.class, object::commit).code())
          .isEqualTo(Code.OBJECT_EXISTS);
    }
  }

  @Test
  void nothing_is_tried_twice() throws IOException {
    server.plan(100, _ -> true, new LocalS3.Fault(503, "SlowDown", false));
    try (var store = new S3Store(good())) {
      assertThat(catchThrowableOfType(StoreException.class, () -> store.find("a"))).isNotNull();
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void a_deletion_that_is_partly_denied_removes_the_rest_and_names_the_first() throws IOException {
    try (var store = new S3Store(good())) {
      for (var key : List.of("a", "b", "c", "d")) {
        put(store, key, 1, Intent.replacing());
      }
      server.denying(line -> line.matches("DELETE /backups/pg/[bc]"));
      var failure =
          catchThrowableOfType(
              StoreException.class, () -> store.delete(List.of("a", "b", "c", "d")));
      assertThat(failure.code()).isEqualTo(Code.STORE_DENIED);
      assertThat(failure.problem().where()).isEqualTo("s3://backups/pg/b");
      assertThat(failure.problem().what()).contains("2 of 4");
      assertThat(store.find("a")).isEmpty();
      assertThat(store.find("d")).isEmpty();
    }
  }
}
