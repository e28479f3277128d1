package io.cooper.store.s3;

import io.cooper.store.StoreException;
import io.cooper.store.TrustedCertificates;
import io.cooper.store.s3.S3Profile.Addressing;
import io.cooper.store.s3.S3Profile.Integrity;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;

/// The library's client, as the settings want it.
final class S3Clients {
  private S3Clients() {}

  /// A client that tries each request once.
  ///
  /// @throws StoreException if the CA file cannot be read
  static S3Client of(S3Settings settings) throws StoreException {
    var http =
        UrlConnectionHttpClient.builder()
            .connectionTimeout(settings.timeouts().connect())
            .socketTimeout(settings.timeouts().read());
    Optional<SSLSocketFactory> trust = Optional.empty();
    if (settings.caFile().isPresent()) {
      var trusted = TrustedCertificates.managers(settings.caFile().get());
      http.tlsTrustManagersProvider(() -> trusted);
      trust = Optional.of(TrustedCertificates.context(settings.caFile().get()).getSocketFactory());
    }
    boolean crc = settings.profile().integrity() == Integrity.CRC32;
    var client =
        S3Client.builder()
            .httpClient(new S3Connections(http.build(), settings.timeouts(), trust))
            .putAuthScheme(new PartSigning())
            .credentialsProvider(settings.credentials().provider())
            .forcePathStyle(isPathStyle(settings))
            .requestChecksumCalculation(
                crc
                    ? RequestChecksumCalculation.WHEN_SUPPORTED
                    : RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(
                crc
                    ? ResponseChecksumValidation.WHEN_SUPPORTED
                    : ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(
                // An answer before the body is not worth the wait that most servers make of it.
                each -> each.chunkedEncodingEnabled(crc).expectContinueEnabled(false))
            .overrideConfiguration(each -> each.retryStrategy(DefaultRetryStrategy.doNotRetry()));
    if (!crc) {
      client.addPlugin(LegacyMd5Plugin.create());
    }
    settings.endpoint().ifPresent(client::endpointOverride);
    var region = settings.region().or(() -> settings.profile().region(settings.endpoint()));
    if (region.isPresent()) {
      client.region(Region.of(region.get()));
    } else {
      // Nobody said where the bucket is: Amazon does, on the first request.
      client.region(regionOfSurroundings()).crossRegionAccessEnabled(settings.endpoint().isEmpty());
    }
    return client.build();
  }

  private static boolean isPathStyle(S3Settings settings) {
    return settings.pathStyle().orElseGet(() -> settings.profile().addressing() == Addressing.PATH);
  }

  private static Region regionOfSurroundings() {
    try {
      return new AwsRegionProviderChain(
              new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
          .getRegion();
    } catch (SdkClientException none) {
      return Region.US_EAST_1;
    }
  }
}
