package io.cooper.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cooper.problem.Code;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreUrlTest {
  private static Optional<URI> at(String address) {
    return Optional.of(URI.create(address));
  }

  @ParameterizedTest
  @Tag("S79")
  @Tag("S80")
  @CsvSource({
    "s3://home-assistant-postgres-backup-home-ops/homeassistant-postgresql, home-assistant-postgres-backup-home-ops, homeassistant-postgresql",
    "s3://backups/, backups, ''",
    "s3://backups, backups, ''",
    "S3://backups//a/b//, backups, a/b",
    "s3://backups/a b/ü/100%/a+b, backups, a b/ü/100%/a+b",
    "s3://backups/a%20b, backups, a%20b",
    "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/mine/a/b, arn:aws:s3:eu-west-1:123456789012:accesspoint/mine, a/b",
    "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/mine, arn:aws:s3:eu-west-1:123456789012:accesspoint/mine, ''",
  })
  void a_bucket_and_a_prefix_are_read(String url, String bucket, String prefix) throws Exception {
    assertThat(StoreUrl.parse(url)).isEqualTo(new StoreUrl.S3(bucket, prefix));
  }

  @Test
  void googles_forms_are_read() throws Exception {
    var wanted = new StoreUrl.Gcs("backups", "pg/main");
    assertThat(StoreUrl.parse("gs://backups/pg/main/")).isEqualTo(wanted);
    assertThat(StoreUrl.parse("https://console.cloud.google.com/storage/browser/backups/pg/main"))
        .isEqualTo(wanted);
  }

  @ParameterizedTest
  @CsvSource({
    "https://acme.blob.core.windows.net/backups/pg/main, acme",
    "http://127.0.0.1:10000/devstoreaccount1/backups/pg, devstoreaccount1",
    "azblob://backups/pg,",
  })
  void azures_account_is_read_where_it_is_named(String url, @Nullable String account)
      throws Exception {
    assertThat(((StoreUrl.Azure) StoreUrl.parse(url)).account())
        .isEqualTo(Optional.ofNullable(account));
  }

  @Test
  void azures_forms_are_read() throws Exception {
    for (var scheme : List.of("azblob", "azure")) {
      assertThat(StoreUrl.parse(scheme + "://backups/pg"))
          .isEqualTo(new StoreUrl.Azure(Optional.empty(), "backups", "pg"));
    }
    assertThat(StoreUrl.parse("https://acme.blob.core.windows.net/backups/pg/main"))
        .isEqualTo(
            new StoreUrl.Azure(at("https://acme.blob.core.windows.net"), "backups", "pg/main"));
    assertThat(StoreUrl.parse("https://acme.blob.core.chinacloudapi.cn/backups"))
        .isEqualTo(
            new StoreUrl.Azure(at("https://acme.blob.core.chinacloudapi.cn"), "backups", ""));
    assertThat(StoreUrl.parse("http://127.0.0.1:10000/devstoreaccount1/backups/pg"))
        .isEqualTo(
            new StoreUrl.Azure(at("http://127.0.0.1:10000/devstoreaccount1"), "backups", "pg"));
  }

  @Test
  void a_folder_is_read() throws Exception {
    assertThat(StoreUrl.parse("file:///var/lib/backups/"))
        .isEqualTo(new StoreUrl.Folder(Path.of("/var/lib/backups")));
  }

  @ParameterizedTest
  @CsvSource({
    "backups/pg, has no scheme",
    "s3:/backups, has no scheme",
    "'', has no scheme",
    "s3://, has no bucket",
    "s3:///prefix, has no bucket",
    "s3://b@d bucket/x, before an @",
    "s3://bad bucket/x, is no name of a bucket",
    "gs://, has no bucket",
    "s4://backups, did you mean s3",
    "azblob:///x, has no container",
    "https://acme.blob.core.windows.net, has no container",
    "http://localhost:10000/devstoreaccount1, has no container",
    "file://host/dir, no absolute folder",
    "s3://backups/x?versionId=1, has a ? or #",
  })
  void what_is_no_url_is_refused_with_a_reason(String url, String reason) {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> StoreUrl.parse(url))
        .satisfies(refused -> {
          assertThat(refused.code()).isEqualTo(Code.BAD_USE);
          assertThat(refused.problem().what()).contains(reason);
        });
  }

  @ParameterizedTest
  @Tag("S92")
  @CsvSource({
    "s3://AKIA:canary-password@bucket/prefix",
    "https://acme.blob.core.windows.net/backups?sig=canary-password",
    "canary-password@bucket?canary-password",
  })
  void a_password_in_a_url_is_not_repeated(String url) {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> StoreUrl.parse(url))
        .satisfies(refused -> assertThat(refused).hasMessageNotContaining("canary"));
  }
}
