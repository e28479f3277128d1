package io.cooper.policy.cnpg;

import io.cooper.manifest.Mapping;
import java.util.Locale;
import java.util.regex.Pattern;

/// The folder in an object storage that holds the base backups and the WAL of one database cluster.
/// Two that are equal are one folder.
///
/// @param destination `destinationPath` without a slash at its end
/// @param endpoint `endpointURL`; empty for the provider's own
/// @param server the folder below the destination
record Archive(String destination, String endpoint, String server) {
  private static final Pattern HOST = Pattern.compile("^(?:[a-z0-9]+://)?([^:/]*).*$");
  private static final String UNKNOWN = "ObjectStore ";

  /// An archive below the place that an ObjectStore's `spec.configuration`, or a built-in
  /// `barmanObjectStore`, describes.
  static Archive in(Mapping configuration, String server) {
    return new Archive(
        withoutEnd(configuration.text("destinationPath").orElse("")),
        withoutEnd(configuration.text("endpointURL").orElse("")).toLowerCase(Locale.ROOT),
        server);
  }

  /// An archive of a store of which nothing but the name is known.
  static Archive unknown(String namespace, String store, String server) {
    return new Archive(UNKNOWN + namespace + "/" + store, "", server);
  }

  private static String withoutEnd(String address) {
    int end = address.length();
    while (end > 0 && address.charAt(end - 1) == '/') {
      end--;
    }
    return address.substring(0, end);
  }

  /// Whether it is known where the archive lies.
  boolean isKnown() {
    return !destination.isEmpty() && !destination.startsWith(UNKNOWN);
  }

  /// Whether everybody who uses this address means the same storage: a Service of one Kubernetes
  /// cluster is another storage in another cluster.
  boolean isGlobal() {
    if (!isKnown()) {
      return false;
    }
    var host = HOST.matcher(endpoint).replaceFirst("$1");
    return endpoint.isEmpty()
        || (host.contains(".") && !host.endsWith(".svc") && !host.contains(".svc."));
  }

  @Override
  public String toString() {
    return destination + "/" + server;
  }
}
