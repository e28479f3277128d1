package io.cooper.cli;

import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.FolderStore;
import io.cooper.store.ObjectStore;
import io.cooper.store.Retrying;
import io.cooper.store.StoreException;
import io.cooper.store.StoreUrl;
import io.cooper.store.TrustedCertificates;
import io.cooper.store.probe.ProbeReport;
import io.cooper.store.probe.StoreProbe;
import io.cooper.store.probe.StoreProbe.Endpoint;
import io.cooper.store.s3.S3Credentials;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Settings;
import io.cooper.store.s3.S3Store;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which store a command works on. Credentials are no options, for a command line is seen by
/// everybody on the machine: they come from the provider's usual environment and files.
class StoreOptions {
  private static final URI AMAZON = URI.create("https://s3.amazonaws.com");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// The least that S3 takes.
  private static final int PART = 5 << 20;

  /// What a backup needs beside the parts of its archives.
  private static final long BESIDE = 14L << 20;

  @Option(
      names = "--store",
      paramLabel = "URL",
      required = true,
      description = "Where the archives lie: s3://BUCKET/PREFIX or file:///FOLDER.")
  private String url = "";

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

  /// Opens the store, with retries around it.
  ///
  /// @throws ProblemException if the URL or an option is wrong
  ObjectStore open() {
    return Retrying.of(plain());
  }

  /// Opens the store for large objects that are written beside each other. Of each, one part is
  /// under way while the next one is filled, and that is what the memory goes into.
  ///
  /// @param objects how many
  /// @throws ProblemException if the URL or an option is wrong, or there is not memory enough
  ObjectStore openFor(int objects) {
    long most = Runtime.getRuntime().maxMemory();
    long needed = BESIDE + 2L * PART * objects;
    if (needed > most) {
      throw new Problem(
              Code.BAD_USE,
              "--jobs " + objects,
              "takes %d MiB of memory, and the JVM may use %d MiB"
                  .formatted(needed >> 20, most >> 20),
              "give fewer jobs, or set COOPER_JAVA_OPTS=-Xmx%dm".formatted(needed >> 20))
          .asException();
    }
    return Retrying.of(plain(settings -> settings.inParts(PART, 1)));
  }

  /// Opens the store as it is, and looks for the first thing that does not work.
  ///
  /// @throws ProblemException if the URL or an option is wrong
  ProbeReport probe() {
    try (var store = plain()) {
      var network = network();
      return network.isPresent()
          ? StoreProbe.of(store, network.get(), PATIENCE)
          : StoreProbe.of(store);
    }
  }

  /// Where the store listens; empty for a folder.
  private Optional<Endpoint> network() {
    try {
      if (!(StoreUrl.parse(url) instanceof StoreUrl.S3)) {
        return Optional.empty();
      }
      var address = Optional.ofNullable(endpoint).orElse(AMAZON);
      return Optional.of(
          caFile == null
              ? Endpoint.of(address)
              : new Endpoint(address, TrustedCertificates.context(caFile).getSocketFactory()));
    } catch (StoreException e) {
      throw new ProblemException(e.problem(), e);
    }
  }

  private ObjectStore plain() {
    return plain(UnaryOperator.identity());
  }

  private ObjectStore plain(UnaryOperator<S3Settings> change) {
    try {
      return switch (StoreUrl.parse(url)) {
        case StoreUrl.S3(var bucket, var prefix) -> new S3Store(change.apply(s3(bucket, prefix)));
        case StoreUrl.Folder(var folder) -> new FolderStore(folder);
        case StoreUrl.Gcs _, StoreUrl.Azure _ ->
            throw new Problem(
                    Code.BAD_USE,
                    "--store " + url,
                    "Google Cloud Storage and Azure cannot be used in this release",
                    "use s3:// or file:///")
                .asException();
      };
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
    var signedFor = region();
    if (signedFor.isPresent()) {
      settings = settings.inRegion(signedFor.get());
    }
    return caFile == null ? settings : settings.trusting(caFile);
  }

  /// The library knows `AWS_REGION` only; CloudNativePG and the AWS command line set the other one.
  private Optional<String> region() {
    return Optional.ofNullable(region)
        .or(() ->
            System.getenv("AWS_REGION") == null
                ? Optional.ofNullable(System.getenv("AWS_DEFAULT_REGION"))
                : Optional.empty());
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
