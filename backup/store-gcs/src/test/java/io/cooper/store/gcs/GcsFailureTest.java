package io.cooper.store.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cooper.problem.Code;
import io.cooper.store.Intent;
import io.cooper.store.LocalAuthority;
import io.cooper.store.ObjectStore;
import io.cooper.store.Secret;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
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

/// What goes wrong at Google is told apart, each with one remedy, and never with a secret.
@Tag("S83")
@Tag("S92")
@Tag("S95")
class GcsFailureTest {
  private static final GcsSettings.Timeouts PATIENCE =
      new GcsSettings.Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(2));

  @TempDir private Path folder;
  private Optional<LocalGcs> started = Optional.empty();

  @BeforeEach
  void start() throws IOException {
    started = Optional.of(new LocalGcs().withBucket("backups"));
  }

  @AfterEach
  void stop() {
    started.ifPresent(LocalGcs::close);
  }

  private LocalGcs server() {
    return started.orElseThrow();
  }

  private GcsSettings settings(GcsCredentials who) {
    return settings("backups", server().endpoint().toString(), who);
  }

  private static GcsSettings settings(String bucket, String endpoint, GcsCredentials who) {
    return GcsSettings.of(bucket, "pg", Optional.of(URI.create(endpoint)), who)
        .inParts(256 << 10)
        .waiting(PATIENCE);
  }

  private GcsCredentials good() {
    return new GcsCredentials.Json(new Secret(server().serviceAccount()));
  }

  /// Everything that a store can be asked fails alike; gives the failure of looking up.
  private static StoreException failure(GcsSettings settings, Code code) throws IOException {
    try (var store = new GcsStore(settings)) {
      var all =
          List.<ThrowingCallable>of(
              () -> store.open("a"),
              () -> store.open("a", 5, 5),
              () -> put(store, "a", 10, Intent.replacing()),
              () -> put(store, "a", 10, Intent.onlyNew()),
              () -> put(store, "a", 600_000, Intent.replacing()),
              () -> put(store, "a", 600_000, Intent.onlyNew()),
              () -> store.list("", ""),
              () -> store.folders(""),
              () -> store.delete(List.of("a")),
              () -> store.delete(List.of("a", "b")),
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
      assertThat(settings.toString()).doesNotContain("PRIVATE");
      return failures.getLast();
    }
  }

  private static void assertIsClean(StoreException failure) {
    var text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    assertThat(text.toString()).doesNotContain("PRIVATE", "private_key", "upload_id", "Bearer");
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
    var file = Files.writeString(folder.resolve("account.json"), server().serviceAccount());
    for (var who : List.of(good(), new GcsCredentials.KeyFile(file))) {
      try (var store = new GcsStore(settings(who))) {
        put(store, "a", 600_000, Intent.replacing());
        assertThat(store.find("a")).isPresent();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "401, authError, Invalid Credentials, STORE_CREDENTIALS",
    "401, required, Anonymous caller does not have access, STORE_CREDENTIALS",
    "403, forbidden, no access, STORE_DENIED",
    "403, insufficientPermissions, no access, STORE_DENIED",
    "403, accountDisabled, billing, STORE_DENIED",
    "403, rateLimitExceeded, slower, STORE_BUSY",
    "403, userRateLimitExceeded, slower, STORE_BUSY",
    "403, retentionPolicyNotMet, kept, STORE_REFUSED",
    "404, notFound, The specified bucket does not exist., NO_SUCH_BUCKET",
    "404, '', a web page, STORE_REFUSED",
    "408, uploadBrokenConnection, again, STORE_BUSY",
    "409, conflict, again, STORE_BUSY",
    "413, uploadTooLarge, too large, TOO_LARGE",
    "429, rateLimitExceeded, slower, STORE_BUSY",
    "429, '', slower, STORE_BUSY",
    "500, internalError, later, STORE_BUSY",
    "503, backendError, later, STORE_BUSY",
    "503, '', a proxy, STORE_BUSY",
    "400, invalid, no such thing, STORE_REFUSED",
  })
  void an_answer_has_its_meaning_whatever_was_asked(
      int status, String reason, String message, Code meaning) throws IOException {
    server()
        .plan(
            Integer.MAX_VALUE,
            line -> !line.contains("/token"),
            new LocalGcs.Fault(status, reason, message, false));
    failure(settings(good()), meaning);
  }

  @Test
  void a_bucket_that_is_not_there() throws IOException {
    var settings = settings("other", server().endpoint().toString(), good());
    assertThat(failure(settings, Code.NO_SUCH_BUCKET).problem().what()).contains("no bucket other");
  }

  @Test
  void a_bucket_that_is_not_there_at_a_server_that_says_no_more_than_not_found()
      throws IOException {
    server().vague();
    failure(settings("other", server().endpoint().toString(), good()), Code.NO_SUCH_BUCKET);
    try (var store = new GcsStore(settings(good()))) {
      assertThat(store.find("absent")).isEmpty();
      var absent = catchThrowableOfType(StoreException.class, () -> store.open("absent"));
      assertThat(absent.code()).isEqualTo(Code.NO_SUCH_OBJECT);
    }
  }

  @Test
  void no_permission() throws IOException {
    server().denying(_ -> true);
    assertThat(failure(settings(good()), Code.STORE_DENIED).problem().remedy())
        .contains("Storage Object User");
  }

  @Test
  void a_key_that_was_revoked() throws Exception {
    var revoked = new GcsCredentials.Json(new Secret(server().revokedServiceAccount()));
    assertThat(failure(settings(revoked), Code.STORE_CREDENTIALS).problem().what())
        .contains("gives no token");
  }

  @Test
  void a_clock_that_is_wrong() throws IOException {
    server().at(Clock.offset(Clock.systemUTC(), Duration.ofHours(3)));
    assertThat(failure(settings(good()), Code.STORE_CLOCK).problem().what()).contains("clock");
  }

  @Test
  void a_token_server_that_is_busy() throws IOException {
    server()
        .plan(
            Integer.MAX_VALUE,
            line -> line.contains("/token"),
            new LocalGcs.Fault(503, "", "later", false));
    failure(settings(good()), Code.STORE_BUSY);
  }

  @Test
  void what_are_no_credentials() throws IOException {
    var broken = new GcsCredentials.Json(new Secret("{\"private_key\": \"PRIVATE\"}"));
    failure(settings(broken), Code.BAD_INPUT);
    var absent = folder.resolve("absent.json");
    try (var store = new GcsStore(settings(new GcsCredentials.KeyFile(absent)))) {
      var failure = catchThrowableOfType(StoreException.class, () -> store.find("a"));
      assertThat(failure.code()).isEqualTo(Code.BAD_INPUT);
      assertThat(failure.problem().where()).isEqualTo(absent.toString());
    }
  }

  @Test
  void nobody_is_let_in_without_credentials() throws IOException {
    failure(settings(new GcsCredentials.Nobody()), Code.STORE_CREDENTIALS);
  }

  @Test
  void nothing_listens() throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var nowhere = settings("backups", "http://127.0.0.1:" + port, good());
    failure(nowhere, Code.STORE_UNREACHABLE);
  }

  @Test
  void a_name_that_is_not_known() throws IOException {
    var noName = settings("backups", "http://store.invalid", good());
    assertThat(failure(noName, Code.STORE_UNREACHABLE).problem().what())
        .contains("store.invalid is not known");
  }

  @Test
  void a_server_that_never_answers() throws IOException {
    try (var silent = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
      var impatient = new GcsSettings.Timeouts(Duration.ofSeconds(1), Duration.ofMillis(200));
      var settings =
          settings(
                  "backups",
                  "http://127.0.0.1:" + silent.getLocalPort(),
                  new GcsCredentials.Nobody())
              .waiting(impatient);
      assertThat(failure(settings, Code.STORE_UNREACHABLE).problem().what())
          .contains("did not answer in time");
    }
  }

  @Test
  void a_certificate_that_nobody_trusts() throws Exception {
    var authority = LocalAuthority.in(folder);
    try (var secure = new LocalGcs(authority.tls()).withBucket("backups")) {
      var who = new GcsCredentials.Json(new Secret(secure.serviceAccount()));
      var settings = settings("backups", secure.endpoint().toString(), who);
      assertThat(failure(settings, Code.STORE_TLS).problem().remedy()).contains("CA file");
      try (var store = new GcsStore(settings.trusting(authority.certificate()))) {
        put(store, "a", 10, Intent.onlyNew());
        assertThat(store.find("a")).isPresent();
      }
    }
  }

  @Test
  void nothing_is_tried_twice() throws IOException {
    try (var store = new GcsStore(settings(good()))) {
      put(store, "a", 10, Intent.replacing());
      server()
          .plan(
              Integer.MAX_VALUE,
              _ -> true,
              new LocalGcs.Fault(503, "backendError", "later", false));
      int before = server().requests().size();
      assertThat(catchThrowable(() -> store.find("a"))).isInstanceOf(StoreException.class);
      assertThat(catchThrowable(() -> store.list("", ""))).isInstanceOf(StoreException.class);
      assertThat(catchThrowable(() -> put(store, "a", 10, Intent.replacing())))
          .isInstanceOf(StoreException.class);
      assertThat(server().requests()).hasSize(before + 3);
    }
  }
}
