package io.cooper.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cooper.problem.Code;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.Secret;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.s3.LocalS3.Quirk;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What an archive does, by the profile of each provider, against a server that is as strict as
/// that provider is known to be: its compatibility page, and the reports behind U61.
@Tag("S85")
@Tag("U61")
class S3ProviderTest {
  private static final String SECRET = "secret";
  private static final int PART = 5 << 20;

  /// What each of them does not take, or does otherwise. No `default`: one more profile is one more
  /// line here.
  private static List<Quirk> knownOf(S3Profile profile) {
    return switch (profile) {
      case AWS, MINIO -> List.of();
      case DO_SPACES -> List.of(Quirk.REFUSES_NEW_CHECKSUMS);
      case CEPH -> List.of(Quirk.REFUSES_NEW_CHECKSUMS, Quirk.IGNORES_CONDITIONS);
      case R2 -> List.of(Quirk.REFUSES_NEW_CHECKSUMS, Quirk.REFUSES_TAGS, Quirk.NEEDS_EQUAL_PARTS);
      case BACKBLAZE ->
          List.of(Quirk.REFUSES_NEW_CHECKSUMS, Quirk.REFUSES_CONDITIONS, Quirk.REFUSES_TAGS);
      case SEAWEEDFS ->
          List.of(
              Quirk.REFUSES_NEW_CHECKSUMS, Quirk.IGNORES_CONDITIONS, Quirk.FILES_ARE_NO_FOLDERS);
      case OTHER ->
          List.of(Quirk.REFUSES_NEW_CHECKSUMS, Quirk.REFUSES_CONDITIONS, Quirk.REFUSES_BULK_DELETE);
    };
  }

  /// A server of the provider, in the region that its profile signs for where that is the same
  /// everywhere.
  private static LocalS3 server(S3Profile profile) throws IOException {
    var server = new LocalS3(SECRET).withBucket("backups");
    knownOf(profile).forEach(server::with);
    return server.inRegion(profile.region(Optional.empty()).orElse("nyc3"));
  }

  private static ObjectStore store(LocalS3 server, S3Profile profile) throws StoreException {
    var keys = new S3Credentials.Keys(LocalS3.ACCESS_KEY, new Secret(SECRET), Optional.empty());
    var settings =
        S3Settings.of("backups", "pg", Optional.of(server.endpoint()), keys)
            .as(profile)
            .withPathStyle(true)
            .inParts(PART, 3)
            .tagged(Map.of("team", "db"));
    return new S3Store(
        profile.region(Optional.empty()).isPresent() ? settings : settings.inRegion("nyc3"));
  }

  private static void put(ObjectStore store, String key, int size, Intent intent)
      throws IOException {
    try (var object = store.create(key, intent)) {
      object.bytes().write(new byte[size]);
      object.commit();
    }
  }

  @ParameterizedTest
  @EnumSource
  void all_that_an_archive_does_works_at_every_provider(S3Profile profile) throws IOException {
    try (var server = server(profile);
        var store = store(server, profile)) {
      put(store, "srv/wals/1/a", 1 << 20, Intent.onlyNew());
      put(store, "srv/base/b/data.tar", 3 * PART + 17, Intent.replacing());
      put(store, "srv/base/b/data_0001.tar", 2 * PART, Intent.onlyNew());
      put(store, "srv/base/b/backup.info", 100, Intent.replacing());
      put(store, "srv/base/b/backup.info", 200, Intent.replacing());

      assertThat(store.find("srv/base/b/backup.info").orElseThrow().size()).isEqualTo(200);
      assertThat(store.find("srv/base/b/absent")).isEmpty();
      try (var part = store.open("srv/base/b/data.tar", PART - 5L, 10)) {
        assertThat(part.readAllBytes()).hasSize(10);
        assertThat(part.object().size()).isEqualTo(3L * PART + 17);
      }
      assertThat(store.folders("srv/")).containsExactly("base", "wals");
      try (var all = store.list("srv/base/", "")) {
        assertThat(all.map(StoredObject::key))
            .containsExactly(
                "srv/base/b/backup.info", "srv/base/b/data.tar", "srv/base/b/data_0001.tar");
      }
      store.delete(List.of("srv/base/b/data.tar", "srv/base/b/data_0001.tar", "srv/base/b/none"));
      assertThat(store.find("srv/base/b/data.tar")).isEmpty();
      assertThat(store.abandoned("")).isEmpty();
      assertThat(server.unfinished()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_is_there_is_not_replaced_at_any_provider(S3Profile profile) throws IOException {
    try (var server = server(profile);
        var store = store(server, profile)) {
      for (int size : new int[] {10, 2 * PART + 1}) {
        var key = "key" + size;
        put(store, key, size, Intent.onlyNew());
        var refused =
            catchThrowableOfType(
                StoreException.class, () -> put(store, key, size + 1, Intent.onlyNew()));
        assertThat(refused.code()).isEqualTo(Code.OBJECT_EXISTS);
        assertThat(store.find(key).orElseThrow().size()).isEqualTo(size);
      }
      assertThat(server.unfinished()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void bytes_that_change_on_the_way_are_noticed_at_every_provider(S3Profile profile)
      throws IOException {
    try (var server = server(profile);
        var store = store(server, profile)) {
      put(store, "a", 1000, Intent.replacing());
      var headers = server.headers("backups", "pg/a");
      assertThat(headers.containsKey("content-md5") || headers.containsKey("x-amz-trailer"))
          .as("a checksum goes with the bytes")
          .isTrue();
      assertThat(headers.containsKey("x-amz-tagging")).isEqualTo(profile.tags());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SEAWEEDFS"})
  void a_key_that_is_a_folder_is_refused_for_good(S3Profile profile) throws IOException {
    try (var server = server(profile);
        var store = store(server, profile)) {
      put(store, "a/b", 10, Intent.replacing());
      var refused =
          catchThrowableOfType(StoreException.class, () -> put(store, "a", 10, Intent.replacing()));
      assertThat(refused.code()).isEqualTo(Code.STORE_REFUSED);
      assertThat(refused.problem().what()).contains("folder");
    }
  }
}
