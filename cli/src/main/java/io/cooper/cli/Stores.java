package io.cooper.cli;

import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import io.cooper.store.FolderStore;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoreUrl;
import io.cooper.store.azure.AzureCredentials;
import io.cooper.store.azure.AzureSettings;
import io.cooper.store.azure.AzureStore;
import io.cooper.store.gcs.GcsCredentials;
import io.cooper.store.gcs.GcsSettings;
import io.cooper.store.gcs.GcsStore;
import io.cooper.store.s3.S3Credentials;
import io.cooper.store.s3.S3Encryption;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Settings;
import io.cooper.store.s3.S3Store;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// Opens the store of a URL: the one place that knows all of them. It is apart from the options, so
/// that a command that needs no store loads no cloud's library.
///
/// @param manner what the options say
/// @param environment where credentials come from
record Stores(Manner manner, Map<String, String> environment) {
  private static final URI AMAZON = URI.create("https://s3.amazonaws.com");

  /// How a store is asked; what is absent is as usual.
  ///
  /// @param part in bytes, of which a large object is sent, one after the other
  record Manner(
      Optional<URI> endpoint,
      Optional<String> profile,
      Optional<String> region,
      Optional<Path> caFile,
      Optional<String> encryption,
      Optional<String> kmsKey,
      Map<String, String> tags,
      OptionalInt part) {}

  /// An open store.
  ///
  /// @param address that its requests go to; absent for a folder
  record Opened(ObjectStore store, Optional<URI> address) {}

  Opened open(StoreUrl url) throws StoreException {
    return switch (url) {
      case StoreUrl.S3(var bucket, var prefix) -> s3(bucket, prefix);
      case StoreUrl.Gcs(var bucket, var prefix) -> gcs(bucket, prefix);
      case StoreUrl.Azure container -> azure(container);
      case StoreUrl.Folder(var folder) -> folder(folder);
    };
  }

  private Opened s3(String bucket, String prefix) throws StoreException {
    var settings =
        S3Settings.of(bucket, prefix, manner.endpoint, new S3Credentials.Surroundings())
            .tagged(manner.tags)
            .encrypted(s3Encryption());
    if (manner.profile.isPresent()) {
      settings = settings.as(profile(manner.profile.get()));
    }
    var region = region();
    settings = region.isPresent() ? settings.inRegion(region.get()) : settings;
    settings = manner.caFile.isPresent() ? settings.trusting(manner.caFile.get()) : settings;
    settings = manner.part.isPresent() ? settings.inParts(manner.part.getAsInt(), 1) : settings;
    return new Opened(new S3Store(settings), Optional.of(manner.endpoint.orElse(AMAZON)));
  }

  private S3Encryption s3Encryption() throws StoreException {
    var wanted = manner.encryption.orElse(manner.kmsKey.isPresent() ? "aws:kms" : "");
    return switch (wanted) {
      case "" -> new S3Encryption.BucketDefault();
      case "aws:kms" -> new S3Encryption.KeyService(manner.kmsKey);
      case "AES256" -> {
        require(manner.kmsKey.isEmpty(), "--sse-kms-key", "AES256 takes no key", "leave it out");
        yield new S3Encryption.StoreKeys();
      }
      default ->
          throw wrong(
              "--encryption " + wanted, "S3 knows no such encryption", "give AES256 or aws:kms");
    };
  }

  /// The library knows `AWS_REGION` only; CloudNativePG and the AWS command line set the other one.
  private Optional<String> region() {
    return manner.region.or(() ->
        environment.containsKey("AWS_REGION")
            ? Optional.empty()
            : Optional.ofNullable(environment.get("AWS_DEFAULT_REGION")));
  }

  private static S3Profile profile(String name) throws StoreException {
    var known = Stream.of(S3Profile.values()).map(S3Profile::id).toList();
    return S3Profile.named(name)
        .orElseThrow(() ->
            wrong(
                "--profile " + name,
                "is no provider%s".formatted(Nearest.hint(name, known)),
                "give one of: " + String.join(", ", known)));
  }

  private Opened gcs(String bucket, String prefix) throws StoreException {
    requireOnlyForS3();
    require(
        manner.encryption.isEmpty(),
        "--encryption",
        "Google encrypts always",
        "leave it out; --sse-kms-key names a key of your own");
    var endpoint = manner.endpoint.or(() -> GcsCredentials.emulator(environment));
    var settings =
        GcsSettings.of(bucket, prefix, endpoint, GcsCredentials.of(environment))
            .tagged(manner.tags);
    settings = manner.kmsKey.isPresent() ? settings.encrypted(manner.kmsKey.get()) : settings;
    settings = manner.caFile.isPresent() ? settings.trusting(manner.caFile.get()) : settings;
    settings = manner.part.isPresent() ? settings.inParts(manner.part.getAsInt()) : settings;
    return new Opened(new GcsStore(settings), Optional.of(settings.address()));
  }

  private Opened azure(StoreUrl.Azure url) throws StoreException {
    requireOnlyForS3();
    require(
        manner.kmsKey.isEmpty(),
        "--sse-kms-key",
        "Azure has no keys here but scopes of encryption",
        "give the scope: --encryption SCOPE");
    var service = url.service().or(manner::endpoint);
    var who = AzureCredentials.of(environment, service.map(StoreUrl.Azure::account));
    var settings =
        AzureSettings.of(url.container(), url.prefix(), service, who).tagged(manner.tags);
    settings =
        manner.encryption.isPresent() ? settings.encrypted(manner.encryption.get()) : settings;
    settings = manner.caFile.isPresent() ? settings.trusting(manner.caFile.get()) : settings;
    settings = manner.part.isPresent() ? settings.inParts(manner.part.getAsInt(), 1) : settings;
    var store = new AzureStore(settings);
    return new Opened(store, Optional.of(store.address()));
  }

  private Opened folder(Path folder) throws StoreException {
    requireOnlyForS3();
    require(
        manner.encryption.isEmpty() && manner.kmsKey.isEmpty() && manner.tags.isEmpty(),
        "--encryption, --sse-kms-key, --tag",
        "a folder has none of them",
        "leave them out");
    return new Opened(new FolderStore(folder), Optional.empty());
  }

  private void requireOnlyForS3() throws StoreException {
    require(manner.profile.isEmpty(), "--profile", "it is for S3 stores", "leave it out");
    require(manner.region.isEmpty(), "--region", "it is for S3 stores", "leave it out");
  }

  private static void require(boolean fulfilled, String where, String what, String remedy)
      throws StoreException {
    if (!fulfilled) {
      throw wrong(where, what, remedy);
    }
  }

  private static StoreException wrong(String where, String what, String remedy) {
    return new StoreException(new Problem(Code.BAD_USE, where, what, remedy));
  }
}
