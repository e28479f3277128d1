package io.cooper.store.gcs;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Which bucket, who asks, and in what manner.
///
/// @param bucket its name
/// @param prefix before all keys; without `/` at its ends, may be empty
/// @param endpoint of an emulator, or of a private way to Google
/// @param credentials who asks
/// @param caFile certificates in PEM that are trusted instead of the usual ones
/// @param kmsKey that the service encrypts with, as `projects/…/cryptoKeys/…`; the bucket's if
///   absent
/// @param tags of all objects, as entries of their metadata; those of an [io.cooper.store.Intent]
///   come on top
/// @param partSize in bytes, of objects that are sent in parts; a multiple of 256 KiB
/// @param timeouts of one request
public record GcsSettings(
    String bucket,
    String prefix,
    Optional<URI> endpoint,
    GcsCredentials credentials,
    Optional<Path> caFile,
    Optional<String> kmsKey,
    Map<String, String> tags,
    int partSize,
    Timeouts timeouts) {
  /// What the parts of a resumable upload have to be a multiple of, but for the last one.
  static final int QUANTUM = 256 << 10;

  private static final URI GOOGLE = URI.create("https://storage.googleapis.com");

  /// How long is waited for the store.
  ///
  /// @param connect until there is a connection
  /// @param read until the next bytes come
  public record Timeouts(Duration connect, Duration read) {}

  public GcsSettings {
    prefix = prefix.replaceAll("^/+|/+$", "");
    tags = Map.copyOf(tags);
    if (partSize < QUANTUM || partSize % QUANTUM != 0) {
      throw new IllegalArgumentException("Google takes parts of multiples of 256 KiB");
    }
  }

  /// The usual manner: parts of 8 MiB, one under way while the next one fills.
  public static GcsSettings of(
      String bucket, String prefix, Optional<URI> endpoint, GcsCredentials credentials) {
    return new GcsSettings(
        bucket,
        prefix,
        endpoint,
        credentials,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        8 << 20,
        new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(60)));
  }

  /// The same, asked at another address.
  public GcsSettings at(URI address) {
    return but(draft -> draft.endpoint = Optional.of(address));
  }

  /// The same, trusting the certificates of a file.
  public GcsSettings trusting(Path certificates) {
    return but(draft -> draft.caFile = Optional.of(certificates));
  }

  /// The same, encrypted with a key of the key service.
  public GcsSettings encrypted(String withKey) {
    return but(draft -> draft.kmsKey = Optional.of(withKey));
  }

  /// The same, with tags on all objects.
  public GcsSettings tagged(Map<String, String> all) {
    return but(draft -> draft.tags = all);
  }

  /// The same, cut otherwise.
  public GcsSettings inParts(int ofBytes) {
    return but(draft -> draft.partSize = ofBytes);
  }

  /// The same, with other patience.
  public GcsSettings waiting(Timeouts howLong) {
    return but(draft -> draft.timeouts = howLong);
  }

  private GcsSettings but(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return new GcsSettings(
        bucket,
        prefix,
        draft.endpoint,
        credentials,
        draft.caFile,
        draft.kmsKey,
        draft.tags,
        draft.partSize,
        draft.timeouts);
  }

  /// What in the settings can change.
  private static final class Draft {
    private Optional<URI> endpoint;
    private Optional<Path> caFile;
    private Optional<String> kmsKey;
    private Map<String, String> tags;
    private int partSize;
    private Timeouts timeouts;

    Draft(GcsSettings from) {
      endpoint = from.endpoint;
      caFile = from.caFile;
      kmsKey = from.kmsKey;
      tags = from.tags;
      partSize = from.partSize;
      timeouts = from.timeouts;
    }
  }

  /// Where requests go.
  public URI address() {
    return endpoint.orElse(GOOGLE);
  }

  /// As messages name it: `gs://bucket/prefix`.
  public String name() {
    return "gs://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }
}
