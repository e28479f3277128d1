package io.cooper.store;

import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where a store is, as people write it:
///
///     s3://bucket/prefix        also the ARN of an access point instead of the bucket
///     gs://bucket/prefix        also the address that Google's console shows
///     azblob://container/prefix also azure://…, https://account.blob.core.windows.net/container/prefix,
///                               and http://host:port/account/container/prefix for an emulator
///     file:///folder
///
/// The forms of barman-cloud are all understood. A prefix is taken literally, as barman-cloud takes
/// it: `%20` are three characters.
public sealed interface StoreUrl {
  /// A bucket of S3.
  ///
  /// @param bucket a name, or the ARN of an access point
  /// @param prefix without `/` at its ends; may be empty
  record S3(String bucket, String prefix) implements StoreUrl {}

  /// A bucket of Google Cloud Storage.
  ///
  /// @param prefix without `/` at its ends; may be empty
  record Gcs(String bucket, String prefix) implements StoreUrl {}

  /// A container of Azure Blob Storage.
  ///
  /// @param service the address of the account; absent if the credentials say it
  /// @param prefix without `/` at its ends; may be empty
  record Azure(Optional<URI> service, String container, String prefix) implements StoreUrl {
    /// The name of the account, as far as the address says it.
    public Optional<String> account() {
      return service.map(address -> account(address));
    }

    /// The name of the account that an address is of.
    public static String account(URI address) {
      var path = Optional.ofNullable(address.getPath()).orElse("").replaceAll("^/+|/+$", "");
      var host = Optional.ofNullable(address.getHost()).orElse("");
      return path.isEmpty() ? host.replaceFirst("\\..*", "") : path.replaceFirst(".*/", "");
    }
  }

  /// A folder.
  ///
  /// @param path absolute
  record Folder(Path path) implements StoreUrl {}

  /// Reads a URL.
  ///
  /// @throws StoreException with [Code#BAD_USE] that says what is wrong with it; it does not repeat
  ///   a URL that may hold a password
  static StoreUrl parse(String text) throws StoreException {
    return new Parser(text).parse();
  }

  /// One text on its way to a URL.
  final class Parser {
    private static final List<String> SCHEMES =
        List.of("s3", "gs", "azblob", "azure", "file", "https", "http");
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,221}");
    private static final Pattern ACCESS_POINT =
        Pattern.compile("(arn:[a-z-]+:s3[a-z-]*:[a-z0-9-]*:[0-9]*:accesspoint[/:][^/]+)(?:/(.*))?");
    private static final String CONSOLE = "console.cloud.google.com/storage/browser/";
    private static final Pattern AZURE_HOST = Pattern.compile("[a-z0-9-]+\\.blob\\.[a-z0-9.-]+");

    private final String text;

    private Parser(String text) {
      this.text = text.strip();
    }

    private StoreUrl parse() throws StoreException {
      int colon = text.indexOf("://");
      if (colon <= 0) {
        throw bad(
            "“%s” has no scheme".formatted(shown()),
            "write s3://BUCKET/PREFIX, gs://…, azblob://…, or file:///FOLDER");
      }
      var scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
      var rest = text.substring(colon + "://".length());
      if (holdsPassword(rest)) {
        throw bad(
            "the URL holds credentials before an @",
            "leave them out; they come from the environment or a file");
      }
      if (rest.contains("?") || rest.contains("#")) {
        throw bad(
            "“%s” has a ? or #".formatted(shown()),
            "leave out what follows it; a token or option is given otherwise");
      }
      return switch (scheme) {
        case "s3" -> s3(rest);
        case "gs" -> gcs(rest);
        case "azblob", "azure" ->
            new Azure(Optional.empty(), bucket("container", first(rest)), rest(rest));
        case "http", "https" -> web(scheme, rest);
        case "file" -> folder(rest);
        default ->
            throw bad(
                "there is no store of the scheme %s%s"
                    .formatted(scheme, Nearest.hint(scheme, SCHEMES)),
                "write s3://, gs://, azblob:// or file:///");
      };
    }

    private static boolean holdsPassword(String rest) {
      int slash = rest.indexOf('/');
      return (slash < 0 ? rest : rest.substring(0, slash)).contains("@");
    }

    private StoreUrl s3(String rest) throws StoreException {
      var accessPoint = ACCESS_POINT.matcher(rest);
      if (accessPoint.matches()) {
        var prefix = Optional.ofNullable(accessPoint.group(2)).orElse("");
        return new S3(accessPoint.group(1), trimmed(prefix));
      }
      return new S3(bucket("bucket", first(rest)), rest(rest));
    }

    private StoreUrl gcs(String rest) throws StoreException {
      return new Gcs(bucket("bucket", first(rest)), rest(rest));
    }

    private StoreUrl web(String scheme, String rest) throws StoreException {
      if (rest.startsWith(CONSOLE)) {
        return gcs(rest.substring(CONSOLE.length()));
      }
      var host = first(rest);
      var path = rest(rest);
      if (AZURE_HOST.matcher(host.toLowerCase(Locale.ROOT)).matches()) {
        return new Azure(
            Optional.of(uri(scheme + "://" + host)), bucket("container", first(path)), rest(path));
      }
      var account = bucket("account", first(path));
      var container = rest(path);
      return new Azure(
          Optional.of(uri(scheme + "://" + host + "/" + account)),
          bucket("container", first(container)),
          rest(container));
    }

    private URI uri(String address) throws StoreException {
      try {
        return URI.create(address);
      } catch (IllegalArgumentException none) {
        throw bad("“%s” is no address".formatted(shown()), "write https://HOST/…");
      }
    }

    private StoreUrl folder(String rest) throws StoreException {
      if (!rest.startsWith("/")) {
        throw bad(
            "“%s” names no absolute folder".formatted(shown()), "write file:///FOLDER, three /");
      }
      return new Folder(Path.of(rest).normalize());
    }

    private String bucket(String kind, String name) throws StoreException {
      if (name.isEmpty()) {
        throw bad("“%s” has no %s".formatted(shown(), kind), "write the %s's name".formatted(kind));
      }
      if (!BUCKET.matcher(name).matches() && !name.equals("$root")) {
        throw bad(
            "“%s” is no name of a %s".formatted(name, kind),
            "use letters, digits, - and .; a prefix follows after the first /");
      }
      return name;
    }

    private static String first(String path) {
      int slash = path.indexOf('/');
      return slash < 0 ? path : path.substring(0, slash);
    }

    private static String rest(String path) {
      int slash = path.indexOf('/');
      return slash < 0 ? "" : trimmed(path.substring(slash));
    }

    private static String trimmed(String path) {
      return path.replaceAll("^/+|/+$", "");
    }

    /// The text, as far as it can be shown: what follows a ? or precedes an @ may be secret.
    private String shown() {
      var end = text.indexOf('?');
      var shown = end < 0 ? text : text.substring(0, end) + "?…";
      return shown.contains("@") ? shown.substring(shown.indexOf('@')) : shown;
    }

    private static StoreException bad(String what, String remedy) {
      return new StoreException(new Problem(Code.BAD_USE, "the URL of the store", what, remedy));
    }
  }
}
