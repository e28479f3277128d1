package io.cooper.policy.report;

import io.cooper.manifest.Place;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;

/// Where the lines of a repository can be read on the web.
///
/// @param base what stands before the path of a file: `https://example.org/owner/name/blob/COMMIT`;
///   empty where nobody knows
public record Links(Optional<String> base) {
  /// Nobody knows.
  public static final Links NONE = new Links(Optional.empty());

  /// Below an address.
  public static Links below(String base) {
    return new Links(Optional.of(base.replaceFirst("/+$", "")));
  }

  /// As the variables of GitHub's (and Gitea's) and GitLab's jobs tell it.
  public static Links of(Map<String, String> environment) {
    return joined(
            environment, "GITHUB_SERVER_URL", "/", "GITHUB_REPOSITORY", "/blob/", "GITHUB_SHA")
        .or(() -> joined(environment, "CI_PROJECT_URL", "/-/blob/", "CI_COMMIT_SHA"))
        .map(Links::below)
        .orElse(NONE);
  }

  /// Names of variables at even places, text between them at odd ones.
  private static Optional<String> joined(Map<String, String> environment, String... parts) {
    var text = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      var part = i % 2 == 0 ? environment.getOrDefault(parts[i], "") : parts[i];
      if (part.isEmpty()) {
        return Optional.empty();
      }
      text.append(part);
    }
    return Optional.of(text.toString());
  }

  /// The address of a line.
  public Optional<String> to(Place place) {
    return base.map(prefix -> "%s/%s#L%d".formatted(prefix, encoded(place.file()), place.line()));
  }

  /// A path as a relative URI reference.
  static String encoded(String path) {
    try {
      // A scheme of its own keeps a colon in the first segment from being taken for one.
      return new URI("x", "", "/" + path, null)
          .toASCIIString()
          .substring("x:///".length())
          .replace("(", "%28")
          .replace(")", "%29")
          .replace("'", "%27");
    } catch (URISyntaxException e) {
      throw new IllegalStateException("every path can be encoded: " + path, e);
    }
  }
}
