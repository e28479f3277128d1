package io.cooper.store.s3;

import java.util.Optional;

/// How the store encrypts what it keeps.
public sealed interface S3Encryption {
  /// As the bucket says.
  record BucketDefault() implements S3Encryption {}

  /// With keys of the store: `AES256`.
  record StoreKeys() implements S3Encryption {}

  /// With a key of the key service: `aws:kms`.
  ///
  /// @param keyId an id or ARN; the account's own key if absent
  record KeyService(Optional<String> keyId) implements S3Encryption {}
}
