package io.cooper.store.s3;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Which bucket, who asks, and in what manner.
///
/// @param bucket its name, or the ARN of an access point
/// @param prefix before all keys; without `/` at its ends, may be empty
/// @param endpoint of another provider than Amazon
/// @param region to sign for; the profile's or the surroundings' if absent
/// @param pathStyle whether the bucket stands in the path; as the profile says if absent
/// @param profile what the provider needs otherwise
/// @param credentials who asks
/// @param caFile certificates in PEM that are trusted instead of the usual ones
/// @param encryption at rest
/// @param tags of all objects; those of an [io.cooper.store.Intent] come on top
/// @param partSize in bytes, of objects that are sent in parts; at least 5 MiB
/// @param parallelParts of one object that are under way at once
/// @param timeouts of one request
public record S3Settings(
    String bucket,
    String prefix,
    Optional<URI> endpoint,
    Optional<String> region,
    Optional<Boolean> pathStyle,
    S3Profile profile,
    S3Credentials credentials,
    Optional<Path> caFile,
    S3Encryption encryption,
    Map<String, String> tags,
    int partSize,
    int parallelParts,
    Timeouts timeouts) {
  /// In bytes, of every part but the last.
  static final int SMALLEST_PART = 5 << 20;

  /// How long is waited for the store.
  ///
  /// @param connect until there is a connection
  /// @param read until the next bytes come
  public record Timeouts(Duration connect, Duration read) {}

  public S3Settings {
    prefix = prefix.replaceAll("^/+|/+$", "");
    tags = Map.copyOf(tags);
    if (partSize < SMALLEST_PART) {
      throw new IllegalArgumentException("S3 takes no parts below 5 MiB");
    }
  }

  /// The usual manner: what the endpoint suggests, parts of 8 MiB, three at once.
  public static S3Settings of(
      String bucket, String prefix, Optional<URI> endpoint, S3Credentials credentials) {
    return new S3Settings(
        bucket,
        prefix,
        endpoint,
        Optional.empty(),
        Optional.empty(),
        S3Profile.of(endpoint),
        credentials,
        Optional.empty(),
        new S3Encryption.BucketDefault(),
        Map.of(),
        8 << 20,
        3,
        new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(60)));
  }

  /// The same, of another region.
  public S3Settings inRegion(String name) {
    return new S3Settings(
        bucket,
        prefix,
        endpoint,
        Optional.of(name),
        pathStyle,
        profile,
        credentials,
        caFile,
        encryption,
        tags,
        partSize,
        parallelParts,
        timeouts);
  }

  /// The same, with a profile that was named.
  public S3Settings as(S3Profile named) {
    return new S3Settings(
        bucket,
        prefix,
        endpoint,
        region,
        pathStyle,
        named,
        credentials,
        caFile,
        encryption,
        tags,
        partSize,
        parallelParts,
        timeouts);
  }

  /// The same, with the bucket in the path or in the host.
  public S3Settings withPathStyle(boolean inPath) {
    return new S3Settings(
        bucket,
        prefix,
        endpoint,
        region,
        Optional.of(inPath),
        profile,
        credentials,
        caFile,
        encryption,
        tags,
        partSize,
        parallelParts,
        timeouts);
  }

  /// The same, trusting the certificates of a file.
  public S3Settings trusting(Path certificates) {
    return new S3Settings(
        bucket,
        prefix,
        endpoint,
        region,
        pathStyle,
        profile,
        credentials,
        Optional.of(certificates),
        encryption,
        tags,
        partSize,
        parallelParts,
        timeouts);
  }

  /// The same, encrypted.
  public S3Settings encrypted(S3Encryption atRest) {
    return new S3Settings(
        bucket,
        prefix,
        endpoint,
        region,
        pathStyle,
        profile,
        credentials,
        caFile,
        atRest,
        tags,
        partSize,
        parallelParts,
        timeouts);
  }

  /// The same, with tags on all objects.
  public S3Settings tagged(Map<String, String> all) {
    return new S3Settings(
        bucket,
        prefix,
        endpoint,
        region,
        pathStyle,
        profile,
        credentials,
        caFile,
        encryption,
        all,
        partSize,
        parallelParts,
        timeouts);
  }

  /// The same, cut otherwise.
  public S3Settings inParts(int ofBytes, int atOnce) {
    return new S3Settings(
        bucket,
        prefix,
        endpoint,
        region,
        pathStyle,
        profile,
        credentials,
        caFile,
        encryption,
        tags,
        ofBytes,
        atOnce,
        timeouts);
  }

  /// The same, with other patience.
  public S3Settings waiting(Timeouts howLong) {
    return new S3Settings(
        bucket,
        prefix,
        endpoint,
        region,
        pathStyle,
        profile,
        credentials,
        caFile,
        encryption,
        tags,
        partSize,
        parallelParts,
        howLong);
  }

  /// As messages name it: `s3://bucket/prefix`.
  public String name() {
    return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }
}
