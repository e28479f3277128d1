package io.cooper.store.s3;

import io.cooper.store.Secret;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// Who asks.
public sealed interface S3Credentials {
  /// Keys that were handed over.
  ///
  /// @param accessKeyId names the key; no secret
  /// @param secretAccessKey signs
  /// @param sessionToken goes with keys that expire
  record Keys(String accessKeyId, Secret secretAccessKey, Optional<Secret> sessionToken)
      implements S3Credentials {}

  /// What the surroundings give, in the order of the AWS libraries: environment, a service
  /// account's token file (IRSA), the shared files, pod identity or a container's role, the
  /// instance's role. They are fetched again before they expire.
  record Surroundings() implements S3Credentials {}

  /// A named profile of the shared files.
  record SharedProfile(String name) implements S3Credentials {}

  /// What must be in no message.
  default List<Secret> secrets() {
    return switch (this) {
      case Keys keys ->
          keys.sessionToken
              .map(token -> List.of(keys.secretAccessKey, token))
              .orElse(List.of(keys.secretAccessKey));
      case Surroundings _, SharedProfile _ -> List.of();
    };
  }

  /// As the library wants it.
  default AwsCredentialsProvider provider() {
    return switch (this) {
      case Keys(var id, var secret, var token) ->
          StaticCredentialsProvider.create(
              token.isPresent()
                  ? AwsSessionCredentials.create(id, secret.reveal(), token.get().reveal())
                  : AwsBasicCredentials.create(id, secret.reveal()));
      case Surroundings _ -> DefaultCredentialsProvider.builder().build();
      case SharedProfile(var name) -> ProfileCredentialsProvider.create(name);
    };
  }
}
