package io.cooper.flux.remote;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// An entry of a kustomization file that leads to the network.
///
/// @param text as it is written
public record RemoteAddress(String text) {
  /// How kustomize recognises a repository of Git (`repospec.go`) where a file could be meant.
  private static final Pattern GIT =
      Pattern.compile("\\.git(/|$|\\?)|/_git/|[?&](ref|version|submodules|timeout)=|[^:]//");

  private static final List<String> FILE_ENDINGS = List.of(".yaml", ".yml", ".json");
  private static final Set<String> MOVING =
      Set.of("main", "master", "head", "latest", "develop", "dev", "trunk", "nightly", "edge");

  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final Pattern VERSION =
      Pattern.compile("v\\d+(\\.\\d+)*([-+.].*)?|.*(?<![0-9.])\\d+\\.\\d+\\.\\d+(?![0-9]).*");

  /// Whether kustomize would fetch one file from there, and not clone a repository.
  public boolean isFile() {
    var uri = uri();
    if (uri.isEmpty() || GIT.matcher(text).find()) {
      return false;
    }
    var path = Optional.ofNullable(uri.get().getPath()).orElse("").toLowerCase(Locale.ROOT);
    // A host, an owner and a name are a repository, if no file ending says otherwise.
    return FILE_ENDINGS.stream().anyMatch(path::endsWith)
        || path.split("/", -1).length > 3 && !path.endsWith("/");
  }

  /// The address, if it is one of HTTP.
  Optional<URI> uri() {
    try {
      var uri = new URI(text);
      var scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
      return (scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null
          ? Optional.of(uri)
          : Optional.empty();
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  /// Whether the address looks as if the same bytes would always be found there: a part of it is a
  /// version, a commit or the tag of a release.
  public boolean looksImmutable() {
    var segments = segments();
    int download = segments.indexOf("download");
    boolean release =
        download > 0
            && segments.get(download - 1).equals("releases")
            && download + 2 < segments.size()
            && !MOVING.contains(segments.get(download + 1).toLowerCase(Locale.ROOT));
    return release
        || segments.stream()
            .anyMatch(part -> COMMIT.matcher(part).matches() || VERSION.matcher(part).matches());
  }

  /// The part that says what is wanted now rather than what it was once, such as `main`.
  public Optional<String> movingPart() {
    return segments().stream()
        .filter(part -> MOVING.contains(part.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  private List<String> segments() {
    var path = uri().map(URI::getPath).orElse(text);
    return List.of(path.split("/", -1));
  }

  @Override
  public String toString() {
    return text;
  }
}
