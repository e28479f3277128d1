package io.cooper.store.s3;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

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

  /// The same, asked at another address.
  public S3Settings at(URI address) {
    return but(draft -> draft.endpoint = Optional.of(address));
  }

  /// The same, of another region.
  public S3Settings inRegion(String name) {
    return but(draft -> draft.region = Optional.of(name));
  }

  /// The same, with a profile that was named.
  public S3Settings as(S3Profile named) {
    return but(draft -> draft.profile = named);
  }

  /// The same, asked by somebody else.
  public S3Settings askedBy(S3Credentials who) {
    return but(draft -> draft.credentials = who);
  }

  /// The same, with the bucket in the path or in the host.
  public S3Settings withPathStyle(boolean inPath) {
    return but(draft -> draft.pathStyle = Optional.of(inPath));
  }

  /// The same, trusting the certificates of a file.
  public S3Settings trusting(Path certificates) {
    return but(draft -> draft.caFile = Optional.of(certificates));
  }

  /// The same, encrypted.
  public S3Settings encrypted(S3Encryption atRest) {
    return but(draft -> draft.encryption = atRest);
  }

  /// The same, with tags on all objects.
  public S3Settings tagged(Map<String, String> all) {
    return but(draft -> draft.tags = all);
  }

  /// The same, cut otherwise.
  public S3Settings inParts(int ofBytes, int atOnce) {
    return but(draft -> {
      draft.partSize = ofBytes;
      draft.parallelParts = atOnce;
    });
  }

  /// The same, with other patience.
  public S3Settings waiting(Timeouts howLong) {
    return but(draft -> draft.timeouts = howLong);
  }

  private S3Settings but(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.settings();
  }

  /// The settings while something in them changes.
  private static final class Draft {
    private final String bucket;
    private final String prefix;
    private Optional<URI> endpoint;
    private Optional<String> region;
    private Optional<Boolean> pathStyle;
    private S3Profile profile;
    private S3Credentials credentials;
    private Optional<Path> caFile;
    private S3Encryption encryption;
    private Map<String, String> tags;
    private int partSize;
    private int parallelParts;
    private Timeouts timeouts;

    Draft(S3Settings from) {
      bucket = from.bucket;
      prefix = from.prefix;
      endpoint = from.endpoint;
      region = from.region;
      pathStyle = from.pathStyle;
      profile = from.profile;
      credentials = from.credentials;
      caFile = from.caFile;
      encryption = from.encryption;
      tags = from.tags;
      partSize = from.partSize;
      parallelParts = from.parallelParts;
      timeouts = from.timeouts;
    }

    S3Settings settings() {
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
          timeouts);
    }
  }

  /// As messages name it: `s3://bucket/prefix`.
  public String name() {
    return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }
}
