package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.store.azure.AzuriteServer;
import io.cooper.store.gcs.FakeGcsServer;
import io.cooper.store.gcs.LocalGcs;
import io.cooper.store.s3.LocalS3;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every kind of store from the command line, with credentials from where its provider's programs
/// look.
class StoresTest {
  private static final String BUCKET = "backups";
  private static final String SECRET = "canary-secret-5f1d";

  @TempDir private Path scratch;
  private DataDirectory data = new DataDirectory(Path.of(""));

  @BeforeEach
  void data() throws IOException {
    data = DataDirectory.in(scratch.resolve("data"), 42);
    // AWS's library reads them beside the environment, which a test cannot set.
    System.setProperty("aws.accessKeyId", LocalS3.ACCESS_KEY);
    System.setProperty("aws.secretAccessKey", SECRET);
  }

  @AfterEach
  void forget() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  private Run run(
      Map<String, String> environment, List<String> store, String command, String... more) {
    var arguments = new ArrayList<>(List.of(command.split(" ", -1)));
    arguments.addAll(store);
    arguments.addAll(List.of(more));
    var all = new HashMap<>(environment);
    all.put("COOPER_CACHE_DIR", scratch.resolve("cache").toString());
    return Run.with(all, arguments.toArray(String[]::new));
  }

  /// Tries the store, archives a segment, and fetches it again.
  private void requireWorks(Map<String, String> environment, String... store) throws IOException {
    var where = List.of(store);
    var tried = run(environment, where, "store test");
    assertThat(tried.status()).as(tried.out() + tried.err()).isZero();

    var segment = data.segment(42, 7);
    var stored = run(environment, where, "wal archive", "--server", "pg", segment.toString());
    assertThat(stored.status()).as(stored.err()).isZero();
    var back = scratch.resolve("back");
    var fetched =
        run(
            environment,
            where,
            "wal restore",
            "--server",
            "pg",
            DataDirectory.SEGMENT,
            back.toString());
    assertThat(fetched.status()).as(fetched.err()).isZero();
    assertThat(back).hasSameBinaryContentAs(segment);
    Files.delete(back);

    var absent =
        run(
            environment,
            where,
            "wal restore",
            "--server",
            "pg",
            "0000000100000000000000AA",
            back.toString());
    assertThat(absent.status()).as(absent.err()).isEqualTo(4);
    for (var each : List.of(tried, stored, fetched, absent)) {
      assertThat(each.out() + each.err()).doesNotContain("canary");
    }
  }

  private static String key() {
    return "some/prefix/pg/wals/0000000100000000/" + DataDirectory.SEGMENT;
  }

  @Test
  @Tag("S80")
  @Tag("S86")
  void s3_with_encryption_and_tags() throws IOException {
    try (var server = new LocalS3(SECRET).withBucket(BUCKET)) {
      requireWorks(
          Map.of(),
          "--store",
          "s3://backups/some/prefix",
          "--endpoint",
          server.endpoint().toString(),
          "--region",
          "us-east-1",
          "--sse-kms-key",
          "arn:aws:kms:key",
          "--tag",
          "team=data base",
          "--tag",
          "tier=cold");

      assertThat(server.headers(BUCKET, key()))
          .containsEntry("x-amz-server-side-encryption", "aws:kms")
          .containsEntry("x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:key")
          .hasEntrySatisfying(
              "x-amz-tagging",
              tags -> assertThat(tags).contains("team=data%20base").contains("tier=cold"));
    }
  }

  @Test
  @Tag("S86")
  void s3_with_keys_of_the_store() throws IOException {
    try (var server = new LocalS3(SECRET).withBucket(BUCKET)) {
      requireWorks(
          Map.of("AWS_DEFAULT_REGION", "us-east-1"),
          "--store",
          "s3://backups/some/prefix",
          "--endpoint",
          server.endpoint().toString(),
          "--encryption",
          "AES256");

      assertThat(server.headers(BUCKET, key()))
          .containsEntry("x-amz-server-side-encryption", "AES256")
          .doesNotContainKey("x-amz-tagging");
    }
  }

  @Test
  @Tag("S83")
  void google_with_a_file_of_credentials() throws IOException {
    try (var server = new LocalGcs().withBucket(BUCKET)) {
      var file = Files.writeString(scratch.resolve("account.json"), server.serviceAccount());
      var environment = Map.of("GOOGLE_APPLICATION_CREDENTIALS", file.toString());
      requireWorks(
          environment,
          "--store",
          "gs://backups/some/prefix",
          "--endpoint",
          server.endpoint().toString(),
          "--tag",
          "team=data base");

      assertThat(server.metadata(BUCKET, key())).containsEntry("team", "data base");
    }
  }

  @Test
  @Tag("interop")
  @Tag("S83")
  void google_as_an_emulator() throws IOException {
    assumeTrue(FakeGcsServer.program().isPresent(), "fake-gcs-server: scripts/interop-setup");
    try (var server = FakeGcsServer.start(FakeGcsServer.program().get(), scratch)) {
      server.makeBucket(BUCKET);
      var address = server.endpoint().toString();
      for (var host : List.of(address, address.replace("http://", ""))) {
        requireWorks(
            Map.of("STORAGE_EMULATOR_HOST", host), "--store", "gs://backups/" + host.length());
      }
    }
  }

  @Test
  @Tag("interop")
  @Tag("S84")
  void azure_with_each_form_of_a_key() throws IOException {
    assumeTrue(AzuriteServer.program().isPresent(), "Azurite: scripts/interop-setup");
    try (var server = AzuriteServer.start(AzuriteServer.program().get(), scratch)) {
      server.makeContainer(BUCKET);
      requireWorks(
          Map.of("AZURE_STORAGE_CONNECTION_STRING", server.connectionString()),
          "--store",
          "azure://backups/all in one");
      requireWorks(
          Map.of("AZURE_STORAGE_KEY", AzuriteServer.KEY),
          "--store",
          server.address() + "/backups/barmans form");
      requireWorks(
          Map.of(
              "AZURE_STORAGE_ACCOUNT",
              AzuriteServer.ACCOUNT,
              "AZURE_STORAGE_KEY",
              AzuriteServer.KEY),
          "--store",
          "azblob://backups/an endpoint",
          "--endpoint",
          server.address().toString(),
          "--tag",
          "team=database");
      requireWorks(
          Map.of("AZURE_STORAGE_SAS_TOKEN", server.signature(BUCKET)),
          "--store",
          server.address() + "/backups/signature");
    }
  }

  @ParameterizedTest
  @Tag("S95")
  @CsvSource({
    "gs://bucket/p, --region eu, --region",
    "gs://bucket/p, --profile minio, --profile",
    "gs://bucket/p, --encryption AES256, --encryption",
    "azure://container/p, --sse-kms-key k, --sse-kms-key",
    "azure://container/p, --region eu, --region",
    "azure://container/p, --tag a=b, AZURE_STORAGE_ACCOUNT",
    "s3://bucket/p, --encryption rot13, AES256",
    "s3://bucket/p, --encryption AES256 --sse-kms-key k, --sse-kms-key",
    "file:///tmp/absent, --tag a=b, --tag",
    "file:///tmp/absent, --region eu, --region",
  })
  void an_option_that_a_store_does_not_have_is_one_clear_error(
      String url, String options, String said) {
    var store = new ArrayList<>(List.of("--store", url));
    store.addAll(List.of(options.split(" ", -1)));

    var refused = run(Map.of(), store, "store test");

    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).contains(said, "try:").doesNotContain("\tat ");
  }

  @Test
  @Tag("S92")
  @Tag("S95")
  void a_signature_that_nobody_accepts_is_in_no_message() {
    var nowhere = URI.create("http://127.0.0.1:1/account");
    var refused =
        run(
            Map.of("AZURE_STORAGE_SAS_TOKEN", "sv=1&sig=" + SECRET),
            List.of("--store", nowhere + "/backups/p"),
            "store test");

    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.out() + refused.err()).contains("127.0.0.1").doesNotContain("canary");
  }
}
