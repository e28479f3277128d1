package io.cooper.store.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cooper.problem.Code;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.ObjectStoreContract;
import io.cooper.store.Secret;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract against a server in this process, and what only Google has.
@Tag("S83")
@Tag("S86")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GcsStoreTest extends ObjectStoreContract {
  private static final int PART = 1 << 20;

  private final AtomicInteger buckets = new AtomicInteger();
  private Optional<LocalGcs> server = Optional.empty();
  private String bucket = "";

  @BeforeAll
  void start() throws IOException {
    server = Optional.of(new LocalGcs());
  }

  @AfterAll
  void stop() {
    server.ifPresent(LocalGcs::close);
  }

  private LocalGcs server() {
    return server.orElseThrow();
  }

  private GcsSettings settings() {
    return GcsSettings.of(
            bucket,
            "some prefix/pg-mäin",
            Optional.of(server().endpoint()),
            new GcsCredentials.Json(new Secret(server().serviceAccount())))
        .inParts(PART)
        .tagged(Map.of("owner", "pg ä"));
  }

  @Override
  protected ObjectStore open() throws IOException {
    bucket = "contract-" + buckets.incrementAndGet();
    server().withBucket(bucket).keeping(Integer.MAX_VALUE);
    return new GcsStore(settings());
  }

  @Override
  protected boolean tellsOfAbandonedUploads() {
    return false;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, (256 << 10) - 1, 256 << 10, PART, PART + 1, 2 * PART, 3 * PART + 77})
  void an_object_of_any_size_is_whole(int size) throws IOException {
    put("sized", bytes(size));
    assertThat(get("sized")).isEqualTo(bytes(size));
  }

  @Test
  void a_store_that_keeps_less_than_it_is_sent_gets_the_rest_again() throws IOException {
    server().keeping(256 << 10);
    put("slowly", bytes(3 * PART + 77));
    assertThat(get("slowly")).isEqualTo(bytes(3 * PART + 77));
  }

  @ParameterizedTest
  @CsvSource({
    "10, POST, false",
    "10, POST, true",
    "3000000, POST, false",
    "3000000, PUT, false",
    "3000000, PUT, true",
  })
  void a_request_whose_answer_was_lost_is_made_good(int size, String method, boolean arrived)
      throws IOException {
    var content = bytes(size);
    server()
        .plan(
            1,
            line -> line.startsWith(method + " /upload"),
            new LocalGcs.Fault(503, "backendError", "later", arrived));
    try (var object = store().create("resumed", Intent.onlyNew().ofAtMost(size))) {
      boolean failed = false;
      try {
        object.bytes().write(content);
      } catch (StoreException broken) {
        assertThat(broken.code()).isEqualTo(Code.STORE_BUSY);
        assertThat(object.resend()).isTrue();
        failed = true;
      }
      if (!failed) {
        var broken = catchThrowableOfType(StoreException.class, object::commit);
        assertThat(broken.code()).isEqualTo(Code.STORE_BUSY);
        assertThat(object.resend()).isTrue();
      }
      assertThat(object.commit().size()).isEqualTo(size);
    }
    assertThat(get("resumed")).isEqualTo(content);
  }

  @Test
  void the_last_answer_of_a_resumable_upload_may_be_lost() throws IOException {
    var content = bytes(2 * PART + 5);
    try (var object = store().create("last", Intent.onlyNew())) {
      object.bytes().write(content);
      object.bytes().flush();
      server()
          .plan(
              1,
              line -> line.startsWith("PUT") && sessionsBefore() >= 2,
              new LocalGcs.Fault(500, "internalError", "lost", true));
      var broken = catchThrowableOfType(StoreException.class, object::commit);
      assertThat(broken.code()).isEqualTo(Code.STORE_BUSY);
      assertThat(object.resend()).isTrue();
      assertThat(object.commit().size()).isEqualTo(content.length);
    }
    assertThat(get("last")).isEqualTo(content);
  }

  private long sessionsBefore() {
    return server().requests().stream()
        .filter(line -> line.startsWith("PUT") && line.contains(bucket + "/"))
        .count();
  }

  @Test
  void what_is_given_up_is_cancelled() throws IOException {
    try (var object = store().create("given up", Intent.replacing())) {
      object.bytes().write(bytes(3 * PART));
    }
    assertThat(server().requests())
        .anyMatch(line -> line.startsWith("DELETE /upload") && line.contains(bucket));
    assertThat(store().find("given up")).isEmpty();
  }

  @Test
  @Tag("S86")
  void tags_are_entries_of_metadata() throws IOException {
    var tags = Map.of("backupId", "20261121T084231");
    for (int size : new int[] {5, 2 * PART}) {
      try (var object = store().create("tagged", Intent.replacing().tagged(tags))) {
        object.bytes().write(bytes(size));
        object.commit();
      }
      assertThat(server().metadata(bucket, "some prefix/pg-mäin/tagged"))
          .containsEntry("owner", "pg ä")
          .containsEntry("backupId", "20261121T084231");
    }
  }

  @Test
  void bytes_that_changed_at_the_store_are_noticed() throws IOException {
    put("damaged", bytes(100_000));
    server().damage(bucket, "some prefix/pg-mäin/damaged");
    assertCode(Code.OBJECT_DAMAGED, () -> get("damaged"));
  }
}
