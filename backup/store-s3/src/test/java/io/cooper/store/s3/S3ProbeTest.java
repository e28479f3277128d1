package io.cooper.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.store.Secret;
import io.cooper.store.probe.Layer;
import io.cooper.store.probe.ProbeReport;
import io.cooper.store.probe.StoreProbe;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The probe against an S3 server: each fault is found in its own layer.
@Tag("S93")
@Tag("S94")
@Tag("S95")
class S3ProbeTest {
  private static final String SECRET = "canary-secret";

  private static ProbeReport probe(LocalS3 server, UnaryOperator<S3Settings> change)
      throws IOException {
    var settings = change.apply(server.settings("backups", "pg").as(S3Profile.OTHER));
    try (var store = new S3Store(settings)) {
      var report =
          StoreProbe.of(
              store,
              StoreProbe.Endpoint.of(settings.endpoint().orElseThrow()),
              Duration.ofSeconds(5));
      assertThat(report.text() + report.json()).doesNotContain("canary");
      return report;
    }
  }

  private static Optional<Layer> firstFailure(ProbeReport report) {
    return report.firstFailure().map(ProbeReport.Step::layer);
  }

  @Test
  void bad_credentials_a_missing_bucket_a_missing_right_and_a_wrong_region_are_four_layers()
      throws IOException {
    try (var server = new LocalS3(SECRET).withBucket("backups")) {
      assertThat(firstFailure(probe(server, settings -> settings))).isEmpty();

      var unknown = new S3Credentials.Keys("AKIA", new Secret(SECRET), Optional.empty());
      var badKey =
          probe(
              server,
              settings ->
                  S3Settings.of("backups", "pg", settings.endpoint(), unknown)
                      .inRegion("us-east-1"));
      assertThat(firstFailure(badKey)).contains(Layer.AUTHENTICATION);

      var noBucket =
          probe(
              server,
              settings ->
                  S3Settings.of("absent", "", settings.endpoint(), settings.credentials())
                      .inRegion("us-east-1"));
      assertThat(firstFailure(noBucket)).contains(Layer.BUCKET);
      assertThat(noBucket.text()).contains("there is no bucket absent");

      var wrongRegion = probe(server, settings -> settings.inRegion("mars-north-1"));
      assertThat(firstFailure(wrongRegion)).contains(Layer.BUCKET);
      assertThat(wrongRegion.text()).contains("set the region to us-east-1");

      server.denying(request -> request.startsWith("PUT"));
      assertThat(firstFailure(probe(server, settings -> settings))).contains(Layer.PUT);

      server.denying(_ -> true);
      assertThat(firstFailure(probe(server, settings -> settings))).contains(Layer.PREFIX);
    }
  }
}
