package io.cooper.store.s3;

import io.cooper.problem.Code;
import io.cooper.store.StoreException;
import io.cooper.store.Versions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;

/// Versions and locks of a bucket.
final class S3Versions implements Versions {
  /// How servers say that they, or this bucket, know no locks.
  private static final Set<String> NO_LOCKS =
      Set.of(
          "ObjectLockConfigurationNotFoundError",
          "NoSuchObjectLockConfiguration",
          "NotImplemented",
          "InvalidRequest",
          "MethodNotAllowed");

  private final S3Store store;
  private final S3Client client;
  private final String bucket;

  S3Versions(S3Store store, S3Client client, String bucket) {
    this.store = store;
    this.client = client;
    this.bucket = bucket;
  }

  @Override
  public boolean areKept() throws StoreException {
    return store.ask(
            "",
            "GetBucketVersioning",
            () -> client.getBucketVersioning(to -> to.bucket(bucket)).status())
        == BucketVersioningStatus.ENABLED;
  }

  @Override
  public boolean canBeLocked() throws StoreException {
    try {
      var configuration =
          client.getObjectLockConfiguration(to -> to.bucket(bucket)).objectLockConfiguration();
      return configuration != null
          && configuration.objectLockEnabled() == ObjectLockEnabled.ENABLED;
    } catch (SdkException failure) {
      if (failure instanceof AwsServiceException answer
          && NO_LOCKS.contains(S3Answers.errorCode(answer))) {
        return false;
      }
      throw store.meaning("", "GetBucketObjectLockConfiguration", failure);
    }
  }

  @Override
  public Optional<Lock> lock(String key) throws StoreException {
    try {
      var head =
          store.ask(
              key,
              "GetObjectRetention",
              () -> client.headObject(to -> to.bucket(bucket).key(store.full(key))));
      if (head.objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON) {
        return Optional.of(new Lock(Instant.MAX, false));
      }
      return Optional.ofNullable(head.objectLockRetainUntilDate())
          .filter(until -> until.isAfter(Instant.now()))
          .map(until -> new Lock(until, head.objectLockMode() == ObjectLockMode.COMPLIANCE));
    } catch (StoreException failed) {
      // A head has no body, so that a missing object is told by the number alone.
      if (failed.code() == Code.NO_SUCH_OBJECT
          || (failed.code() == Code.STORE_REFUSED && store.find(key).isEmpty())) {
        return Optional.empty();
      }
      throw failed;
    }
  }

  @Override
  public List<String> of(String key) throws StoreException {
    var full = store.full(key);
    return store.ask(
        key,
        "ListBucketVersions",
        () -> {
          var found = new ArrayList<Version>();
          for (var page :
              client.listObjectVersionsPaginator(to -> to.bucket(bucket).prefix(full))) {
            Stream.concat(
                    page.versions().stream()
                        .map(
                            each -> new Version(each.key(), each.versionId(), each.lastModified())),
                    page.deleteMarkers().stream()
                        .map(
                            each -> new Version(each.key(), each.versionId(), each.lastModified())))
                .filter(version -> version.key().equals(full))
                .forEach(found::add);
          }
          return found.stream()
              .sorted(Comparator.comparing(Version::modified).reversed())
              .map(Version::id)
              .toList();
        });
  }

  private record Version(String key, String id, Instant modified) {}

  @Override
  public void delete(String key, String version) throws StoreException {
    store.ask(
        key,
        "DeleteObjectVersion",
        () ->
            client.deleteObject(to ->
                to.bucket(bucket)
                    .key(store.full(key))
                    .versionId(version)
                    .bypassGovernanceRetention(true)));
  }

  @Override
  public void shorten(String key, String version, Instant until) throws StoreException {
    store.ask(
        key,
        "PutObjectRetention",
        () ->
            client.putObjectRetention(to ->
                to.bucket(bucket)
                    .key(store.full(key))
                    .versionId(version)
                    .bypassGovernanceRetention(true)
                    .retention(each ->
                        each.mode(ObjectLockRetentionMode.GOVERNANCE).retainUntilDate(until))));
  }
}
