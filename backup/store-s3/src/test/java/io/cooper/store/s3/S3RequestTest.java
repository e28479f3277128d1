package io.cooper.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.Secret;
import io.cooper.store.Source;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes over the wire.
class S3RequestTest {
  private static final int PART = 5 << 20;
  private Optional<LocalS3> server = Optional.empty();

  @BeforeEach
  void start() throws IOException {
    server = Optional.of(new LocalS3("secret").withBucket("backups"));
  }

  @AfterEach
  void stop() {
    server.ifPresent(LocalS3::close);
  }

  private LocalS3 server() {
    return server.orElseThrow();
  }

  private void put(int size, Intent intent, UnaryOperator<S3Settings> change) throws IOException {
    var settings = server().settings("backups", "pg").as(S3Profile.OTHER).inParts(PART, 2);
    try (var store = new S3Store(change.apply(settings));
        var object = store.create("a", intent)) {
      object.bytes().write(new byte[size]);
      object.commit();
    }
  }

  private Map<String, String> headers() {
    return server().headers("backups", "pg/a");
  }

  @Test
  void a_small_object_looks_like_one_of_barman() throws IOException {
    put(0, Intent.replacing(), settings -> settings);
    assertThat(headers()).containsEntry("content-type", "binary/octet-stream");
    assertThat(headers().keySet().stream().filter(name -> name.startsWith("x-amz-meta")))
        .containsExactly("x-amz-meta-cooper-writer");
    assertThat(server().etag("backups", "pg/a")).isEqualTo("d41d8cd98f00b204e9800998ecf8427e");
    assertThat(server().requests()).containsExactly("PUT /backups/pg/a");
  }

  @Test
  void a_segment_that_fits_in_one_part_is_one_request() throws IOException {
    put(PART, Intent.replacing().ofAtMost(PART), settings -> settings);
    assertThat(server().requests()).containsExactly("PUT /backups/pg/a");
  }

  @Test
  void a_file_of_a_segments_size_is_one_request_and_a_larger_one_is_parts(@TempDir Path folder)
      throws IOException {
    var file = folder.resolve("file");
    try (var out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength((100 << 20) + 1);
    }
    var settings = server().settings("backups", "pg").as(S3Profile.MINIO);
    try (var store = new S3Store(settings)) {
      take(store, Source.of(file, 16 << 20));
      assertThat(server().requests()).containsExactly("PUT /backups/pg/a");
      assertThat(server().etag("backups", "pg/a")).isEqualTo("2c7ab85a893283e98c931e9511add182");
      take(store, Source.of(file, (100 << 20) + 1));
      assertThat(server().etag("backups", "pg/a")).endsWith("-13");
    }
  }

  private static void take(ObjectStore store, Source source) throws IOException {
    try (var object = store.create("a", Intent.replacing().ofAtMost(source.size() + 1))) {
      assertThat(object.take(source)).isTrue();
      assertThat(object.commit().size()).isEqualTo(source.size());
    }
  }

  @Test
  void a_large_object_is_sent_in_parts() throws IOException {
    put(2 * PART + 1, Intent.replacing(), settings -> settings.inParts(11 << 20, 2));
    assertThat(server().requests()).hasSize(1);
    put(2 * PART + 1, Intent.replacing().ofAtMost(3 * PART), settings -> settings);
    assertThat(server().requests()).hasSize(1 + 5);
    assertThat(server().etag("backups", "pg/a")).endsWith("-3");
  }

  @ParameterizedTest
  @ValueSource(ints = {10, PART + 1})
  @Tag("S81")
  void encryption_by_the_store_is_asked_for(int size) throws IOException {
    var intent = Intent.replacing().ofAtMost(size);
    put(size, intent, settings -> settings.encrypted(new S3Encryption.StoreKeys()));
    assertThat(headers()).containsEntry("x-amz-server-side-encryption", "AES256");
    var key = new S3Encryption.KeyService(Optional.of("arn:aws:kms:x:1:key/2"));
    put(size, intent, settings -> settings.encrypted(key));
    assertThat(headers())
        .containsEntry("x-amz-server-side-encryption", "aws:kms")
        .containsEntry("x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:x:1:key/2");
    put(size, intent, settings -> settings);
    assertThat(headers()).doesNotContainKey("x-amz-server-side-encryption");
  }

  @ParameterizedTest
  @ValueSource(ints = {10, PART + 1})
  @Tag("S81")
  void tags_of_the_store_and_of_the_object_are_both_sent(int size) throws IOException {
    var intent = Intent.replacing().ofAtMost(size).tagged(Map.of("kind", "wal & more"));
    put(size, intent, settings -> settings.tagged(Map.of("kind", "any", "team", "db")));
    assertThat(headers().getOrDefault("x-amz-tagging", "").split("&", -1))
        .containsExactlyInAnyOrder("kind=wal%20%26%20more", "team=db");
  }

  @Test
  void tags_are_left_out_where_the_provider_has_none() throws IOException {
    put(1, Intent.replacing().tagged(Map.of("a", "b")), each -> each.as(S3Profile.R2));
    assertThat(headers()).doesNotContainKey("x-amz-tagging");
  }

  @ParameterizedTest
  @CsvSource({"AWS, true", "MINIO, true", "DO_SPACES, false", "CEPH, false", "OTHER, false"})
  @Tag("S85")
  @Tag("U61")
  void newer_checksum_headers_are_sent_only_where_they_are_known(S3Profile profile, boolean newer)
      throws IOException {
    put(10, Intent.replacing(), settings -> settings.as(profile).withPathStyle(true));
    assertThat(headers().containsKey("x-amz-trailer")).isEqualTo(newer);
    assertThat(headers().containsKey("content-md5")).isEqualTo(!newer);
  }

  @ParameterizedTest
  @CsvSource({
    "AWS, x-amz-checksum-crc32",
    "MINIO, x-amz-checksum-crc32",
    "OTHER, content-md5",
    "R2, content-md5",
  })
  @Tag("S85")
  void a_part_brings_its_checksum_and_is_not_hashed_once_more(S3Profile profile, String checksum)
      throws IOException {
    put(
        2 * PART + 1,
        Intent.replacing().ofAtMost(200 << 20),
        settings -> settings.as(profile).withPathStyle(true));
    assertThat(server().partHeaders())
        .containsEntry("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        .containsKey(checksum)
        .doesNotContainKey("x-amz-trailer");
    put(10, Intent.replacing(), settings -> settings.as(profile).withPathStyle(true));
    assertThat(headers().getOrDefault("x-amz-content-sha256", ""))
        .isNotEmpty()
        .isNotEqualTo("UNSIGNED-PAYLOAD");
  }

  @ParameterizedTest
  @CsvSource({
    "https://nyc3.digitaloceanspaces.com, do-spaces, nyc3",
    "https://my-space.fra1.digitaloceanspaces.com, do-spaces, fra1",
    "https://abc123.r2.cloudflarestorage.com, r2, auto",
    "https://abc123.eu.r2.cloudflarestorage.com, r2, auto",
    "https://s3.us-west-004.backblazeb2.com, backblaze, us-west-004",
    "https://fsn1.your-objectstorage.com, ceph, fsn1",
    "http://minio:9000, other, us-east-1",
    "http://127.0.0.1:9000, other, us-east-1",
    "https://digitaloceanspaces.com.evil.example, other, us-east-1",
  })
  @Tag("S85")
  @Tag("U61")
  void an_endpoint_tells_its_profile_and_region(String endpoint, String profile, String region) {
    var uri = Optional.of(URI.create(endpoint));
    assertThat(S3Profile.of(uri).id()).isEqualTo(profile);
    assertThat(S3Profile.of(uri).region(uri)).contains(region);
  }

  @Test
  void amazon_is_the_profile_of_no_endpoint_and_of_its_own() {
    assertThat(S3Profile.of(Optional.empty())).isEqualTo(S3Profile.AWS);
    var uri = Optional.of(URI.create("https://s3.eu-west-1.amazonaws.com"));
    assertThat(S3Profile.of(uri)).isEqualTo(S3Profile.AWS);
  }

  @Test
  void every_profile_has_a_name_and_says_what_differs() {
    for (var profile : S3Profile.values()) {
      assertThat(S3Profile.named(profile.id())).contains(profile);
      assertThat(profile.difference()).isNotBlank();
    }
    assertThat(S3Profile.named("nobody")).isEmpty();
  }

  @Test
  @Tag("S92")
  void settings_do_not_print_their_secrets() {
    var keys =
        new S3Credentials.Keys("AKIA", new Secret("canary-1"), Optional.of(new Secret("canary-2")));
    var settings = S3Settings.of("b", "p", Optional.empty(), keys);
    assertThat(settings.toString()).contains("AKIA").doesNotContain("canary");
    assertThat(keys.provider().resolveCredentials().toString()).doesNotContain("canary");
  }
}
