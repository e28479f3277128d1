package io.cooper.store.gcs;

import io.cooper.store.Secret;
import java.nio.file.Path;
import java.util.List;

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

  /// What must be in no message.
  default List<Secret> secrets() {
    return switch (this) {
      case Json(var text) -> List.of(text);
      case KeyFile _, Surroundings _, Nobody _ -> List.of();
    };
  }
}
