package io.cooper.store.gcs;

import io.cooper.store.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who asks.
public sealed interface GcsCredentials {
  /// A file of application credentials in JSON: the key of a service account, or how the identity
  /// of a workload is exchanged for one of Google's.
  record KeyFile(Path path) implements GcsCredentials {}

  /// What such a file holds.
  record Json(Secret text) implements GcsCredentials {}

  /// What the surroundings give, in the order of Google's libraries: the file that
  /// `GOOGLE_APPLICATION_CREDENTIALS` names, the login of gcloud, the identity that the metadata
  /// server gives to a workload or machine.
  record Surroundings() implements GcsCredentials {}

  /// Nobody in particular, for emulators and public buckets.
  record Nobody() implements GcsCredentials {}

  /// What an environment says: nobody for an emulator (`STORAGE_EMULATOR_HOST`), the file that
  /// `GOOGLE_APPLICATION_CREDENTIALS` names, else what the surroundings give.
  static GcsCredentials of(Map<String, String> environment) {
    if (emulator(environment).isPresent()) {
      return new Nobody();
    }
    return value(environment, "GOOGLE_APPLICATION_CREDENTIALS")
        .<GcsCredentials>map(file -> new KeyFile(Path.of(file)))
        .orElseGet(Surroundings::new);
  }

  /// The emulator that an environment names, by `STORAGE_EMULATOR_HOST`: an address, or only host
  /// and port.
  static Optional<URI> emulator(Map<String, String> environment) {
    return value(environment, "STORAGE_EMULATOR_HOST")
        .map(host -> URI.create(host.contains("://") ? host : "http://" + host));
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /// What must be in no message.
  default List<Secret> secrets() {
    return switch (this) {
      case Json(var text) -> List.of(text);
      case KeyFile _, Surroundings _, Nobody _ -> List.of();
    };
  }
}
