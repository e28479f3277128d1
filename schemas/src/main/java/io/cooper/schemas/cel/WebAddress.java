package io.cooper.schemas.cel;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// An absolute address or path, as Go's `url.ParseRequestURI` accepts it.
record WebAddress(URI uri) {
  static Optional<WebAddress> parse(String text) {
    try {
      var uri = new URI(text);
      boolean sound = uri.isAbsolute() ? !uri.isOpaque() : text.startsWith("/");
      return sound ? Optional.of(new WebAddress(uri)) : Optional.empty();
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  String scheme() {
    return Objects.requireNonNullElse(uri.getScheme(), "");
  }

  /// With the port.
  String host() {
    var authority = Objects.requireNonNullElse(uri.getRawAuthority(), "");
    return authority.substring(authority.lastIndexOf('@') + 1);
  }

  String hostname() {
    var host = Objects.requireNonNullElse(uri.getHost(), "");
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  String port() {
    return uri.getPort() < 0 ? "" : Integer.toString(uri.getPort());
  }

  String path() {
    return Objects.requireNonNullElse(uri.getRawPath(), "");
  }

  Map<String, List<String>> query() {
    var query = new LinkedHashMap<String, List<String>>();
    var raw = Objects.requireNonNullElse(uri.getRawQuery(), "");
    for (var pair : raw.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        var name = equals < 0 ? pair : pair.substring(0, equals);
        var value = equals < 0 ? "" : pair.substring(equals + 1);
        query.computeIfAbsent(decoded(name), _ -> new ArrayList<>()).add(decoded(value));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
