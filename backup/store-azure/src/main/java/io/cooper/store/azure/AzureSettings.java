package io.cooper.store.azure;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Which container, who asks, and in what manner.
///
/// @param container its name
/// @param prefix before all keys; without `/` at its ends, may be empty
/// @param service the address of the account; made of the account's name if absent
/// @param credentials who asks
/// @param caFile certificates in PEM that are trusted instead of the usual ones
/// @param encryptionScope that the service encrypts with; the account's if absent
/// @param tags of all objects; those of an [io.cooper.store.Intent] come on top
/// @param partSize in bytes, of objects that are sent in blocks
/// @param parallelParts of one object that are under way at once
/// @param patience with one request
public record AzureSettings(
    String container,
    String prefix,
    Optional<URI> service,
    AzureCredentials credentials,
    Optional<Path> caFile,
    Optional<String> encryptionScope,
    Map<String, String> tags,
    int partSize,
    int parallelParts,
    Duration patience) {
  public AzureSettings {
    prefix = prefix.replaceAll("^/+|/+$", "");
    tags = Map.copyOf(tags);
  }

  /// The usual manner: blocks of 8 MiB, three at once.
  public static AzureSettings of(
      String container, String prefix, Optional<URI> service, AzureCredentials credentials) {
    return new AzureSettings(
        container,
        prefix,
        service,
        credentials,
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        8 << 20,
        3,
        Duration.ofSeconds(60));
  }

  /// The same, trusting the certificates of a file.
  public AzureSettings trusting(Path certificates) {
    return but(draft -> draft.caFile = Optional.of(certificates));
  }

  /// The same, with a scope of encryption.
  public AzureSettings encrypted(String scope) {
    return but(draft -> draft.encryptionScope = Optional.of(scope));
  }

  /// The same, with tags on all objects.
  public AzureSettings tagged(Map<String, String> all) {
    return but(draft -> draft.tags = all);
  }

  /// The same, sending large objects in other parts.
  ///
  /// @param ofBytes of each
  /// @param atOnce of one object under way
  public AzureSettings inParts(int ofBytes, int atOnce) {
    return but(draft -> {
      draft.partSize = ofBytes;
      draft.parallelParts = atOnce;
    });
  }

  /// The same, with other patience.
  public AzureSettings waiting(Duration howLong) {
    return but(draft -> draft.patience = howLong);
  }

  private AzureSettings but(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return new AzureSettings(
        container,
        prefix,
        service,
        credentials,
        draft.caFile,
        draft.encryptionScope,
        draft.tags,
        draft.partSize,
        draft.parallelParts,
        draft.patience);
  }

  /// What in the settings can change.
  private static final class Draft {
    private Optional<Path> caFile;
    private Optional<String> encryptionScope;
    private Map<String, String> tags;
    private int partSize;
    private int parallelParts;
    private Duration patience;

    Draft(AzureSettings from) {
      caFile = from.caFile;
      encryptionScope = from.encryptionScope;
      tags = from.tags;
      partSize = from.partSize;
      parallelParts = from.parallelParts;
      patience = from.patience;
    }
  }

  /// The address of the account; empty if only the connection string has it.
  Optional<String> address() {
    return service
        .map(URI::toString)
        .or(() -> credentials.accountName().map("https://%s.blob.core.windows.net"::formatted));
  }

  /// As messages name it: `azblob://container/prefix`.
  public String name() {
    return "azblob://" + container + (prefix.isEmpty() ? "" : "/" + prefix);
  }
}
