package io.cooper.store.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.problem.Code;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.ObjectStoreContract;
import io.cooper.store.Secret;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The contract against Azure's emulator.
@Tag("interop")
@Tag("S84")
@Tag("S86")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AzuriteTest extends ObjectStoreContract {
  private static final String ACCOUNT = AzuriteServer.ACCOUNT;
  private static final String KEY = AzuriteServer.KEY;

  private final AtomicInteger containers = new AtomicInteger();
  private Optional<AzuriteServer> server = Optional.empty();

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    var program = AzuriteServer.program();
    assumeTrue(program.isPresent(), "Azurite is not installed: scripts/interop-setup");
    server = Optional.of(AzuriteServer.start(program.get(), folder));
  }

  @AfterAll
  void stop() {
    server.ifPresent(AzuriteServer::close);
  }

  private URI address() {
    return server.orElseThrow().address();
  }

  private AzureSettings settings(String container) {
    return server.orElseThrow().settings(container, "some prefix/pg-mäin");
  }

  private String container() {
    var name = "contract-" + containers.incrementAndGet();
    server.orElseThrow().makeContainer(name);
    return name;
  }

  @Override
  protected ObjectStore open() throws IOException {
    return new AzureStore(settings(container()));
  }

  @Override
  protected int severalPages() {
    return 1100;
  }

  @Override
  protected boolean tellsOfAbandonedUploads() {
    return false;
  }

  @Override
  protected boolean takes(String key) {
    return !key.contains("\\");
  }

  @Override
  protected boolean ordersRareCharacters() {
    return false;
  }

  @Test
  void every_form_of_a_key_is_taken() throws IOException {
    var container = container();
    var key = new AzureCredentials.StorageKey(ACCOUNT, new Secret(KEY));
    try (var store = new AzureStore(AzureSettings.of(container, "", Optional.of(address()), key))) {
      put(store, "a");
      assertThat(store.find("a")).isPresent();
    }
  }

  @Test
  @Tag("S95")
  @Tag("S92")
  void what_goes_wrong_is_told_apart_and_holds_no_secret() throws IOException {
    var container = container();
    var wrong = new Secret("Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LTAxMjM=");
    var badKey = new AzureCredentials.StorageKey(ACCOUNT, wrong);
    // The emulator says AuthorizationFailure where Azure says AuthenticationFailed.
    assertFails(
        AzureSettings.of(container, "", Optional.of(address()), badKey),
        Code.STORE_DENIED,
        wrong.reveal());
    assertFails(settings("absent"), Code.NO_SUCH_BUCKET, KEY);
    var nowhere = Optional.of(URI.create("http://127.0.0.1:1/" + ACCOUNT));
    assertFails(
        AzureSettings.of(container, "", nowhere, badKey), Code.STORE_UNREACHABLE, wrong.reveal());
    var noName = Optional.of(URI.create("http://store.invalid/" + ACCOUNT));
    assertFails(
        AzureSettings.of(container, "", noName, badKey), Code.STORE_UNREACHABLE, wrong.reveal());
  }

  @Test
  @Tag("S92")
  void a_connection_string_that_cannot_be_read_is_not_repeated() {
    var broken = new AzureCredentials.ConnectionString(new Secret("AccountKey=canary;;x"));
    var settings = AzureSettings.of("c", "", Optional.empty(), broken);
    var failure =
        catchThrowableOfType(StoreException.class, () -> new AzureStore(settings).close());
    assertThat(failure.code()).isEqualTo(Code.BAD_INPUT);
    assertThat(text(failure)).doesNotContain("canary");
  }

  private static void assertFails(AzureSettings settings, Code code, String secret)
      throws IOException {
    try (var store = new AzureStore(settings)) {
      var all =
          List.<ThrowingCallable>of(
              () -> store.find("a"),
              () -> store.open("a"),
              () -> store.list("", ""),
              () -> store.folders(""),
              () -> store.delete(List.of("a")),
              () -> put(store, "a"));
      for (var each : all) {
        var failure = catchThrowableOfType(StoreException.class, each);
        assertThat(failure.code()).as(text(failure)).isEqualTo(code);
        assertThat(failure.problem().where()).startsWith(settings.name());
        assertThat(text(failure)).doesNotContain(secret);
      }
      assertThat(settings.toString()).doesNotContain(secret);
    }
  }

  private static String text(StoreException failure) {
    var text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static void put(ObjectStore store, String key) throws IOException {
    try (var object = store.create(key, Intent.onlyNew())) {
      object.bytes().write(1);
      object.commit();
    }
  }
}
