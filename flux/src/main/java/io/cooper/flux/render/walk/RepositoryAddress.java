package io.cooper.flux.render.walk;

import java.net.URI;
import java.util.Locale;

/// Addresses of repositories, comparable whatever way they are spelt.
public final class RepositoryAddress {
  private RepositoryAddress() {}

  /// `host/owner/name` of every spelling of an address.
  public static String normalised(String address) {
    var text = address.strip().toLowerCase(Locale.ROOT);
    if (!text.contains("://") && text.matches("[^/]+:[^/].*")) {
      text = "ssh://" + text.replaceFirst(":", "/");
    }
    try {
      var uri = URI.create(text);
      var host = uri.getHost();
      text = host == null ? text : host + uri.getPath();
    } catch (IllegalArgumentException _) {
      // Compared as it is.
    }
    return text.replaceFirst("/+$", "").replaceFirst("\\.git$", "");
  }
}
