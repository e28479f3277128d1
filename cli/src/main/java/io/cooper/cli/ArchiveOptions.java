package io.cooper.cli;

import io.cooper.backup.format.ServerFolder;
import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.FolderStore;
import io.cooper.store.ObjectStore;
import io.cooper.store.Retrying;
import io.cooper.store.StoreException;
import io.cooper.store.StoreUrl;
import io.cooper.store.s3.S3Credentials;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Settings;
import io.cooper.store.s3.S3Store;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which archive a command works on. Credentials are no options, for a command line is seen by
/// everybody on the machine: they come from the provider's usual environment and files.
final class ArchiveOptions {
  @Option(
      names = "--store",
      paramLabel = "URL",
      required = true,
      description = "Where the archives lie: s3://BUCKET/PREFIX or file:///FOLDER.")
  private String url = "";

  @Option(
      names = "--server",
      paramLabel = "NAME",
      required = true,
      description = "The name under which the archive of the database lies.")
  private String server = "";

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "The address of the store, if it is not that of the cloud itself.")
  private @Nullable URI endpoint;

  @Option(
      names = "--profile",
      paramLabel = "PROVIDER",
      description =
          "What the provider of an S3 store does otherwise than Amazon: minio, do-spaces, ceph, r2, …; told from the endpoint if left out.")
  private @Nullable String profile;

  @Option(names = "--region", paramLabel = "REGION", description = "The region of an S3 store.")
  private @Nullable String region;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description = "Certificates in PEM that are trusted instead of the usual ones.")
  private @Nullable Path caFile;

  /// The folder of the server.
  ///
  /// @throws ProblemException if no key can have this name
  ServerFolder server() {
    return new ServerFolder(server);
  }

  /// Opens the store, with retries around it.
  ///
  /// @throws ProblemException if the URL or an option is wrong
  ObjectStore open() {
    try {
      return Retrying.of(
          switch (StoreUrl.parse(url)) {
            case StoreUrl.S3(var bucket, var prefix) -> new S3Store(s3(bucket, prefix));
            case StoreUrl.Folder(var folder) -> new FolderStore(folder);
            case StoreUrl.Gcs _, StoreUrl.Azure _ ->
                throw new Problem(
                        Code.BAD_USE,
                        "--store " + url,
                        "Google Cloud Storage and Azure cannot be used in this release",
                        "use s3:// or file:///")
                    .asException();
          });
    } catch (StoreException e) {
      throw new ProblemException(e.problem(), e);
    }
  }

  private S3Settings s3(String bucket, String prefix) {
    var settings =
        S3Settings.of(
            bucket, prefix, Optional.ofNullable(endpoint), new S3Credentials.Surroundings());
    if (profile != null) {
      settings = settings.as(profile(profile));
    }
    if (region != null) {
      settings = settings.inRegion(region);
    }
    return caFile == null ? settings : settings.trusting(caFile);
  }

  private static S3Profile profile(String name) {
    var known = Stream.of(S3Profile.values()).map(S3Profile::id).toList();
    return S3Profile.named(name)
        .orElseThrow(() ->
            new Problem(
                    Code.BAD_USE,
                    "--profile " + name,
                    "is no provider%s".formatted(Nearest.hint(name, known)),
                    "give one of: " + String.join(", ", known))
                .asException());
  }
}
