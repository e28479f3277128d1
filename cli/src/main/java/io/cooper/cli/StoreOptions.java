package io.cooper.cli;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.Retrying;
import io.cooper.store.StoreException;
import io.cooper.store.StoreUrl;
import io.cooper.store.TrustedCertificates;
import io.cooper.store.probe.ProbeReport;
import io.cooper.store.probe.StoreProbe;
import io.cooper.store.probe.StoreProbe.Endpoint;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which store a command works on. Credentials are no options, for a command line is seen by
/// everybody on the machine: they come from the provider's usual environment and files.
class StoreOptions {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// The least that S3 takes.
  static final int PART = 5 << 20;

  /// What a backup needs beside the parts of its archives.
  private static final long BESIDE = 14L << 20;

  @Option(
      names = "--store",
      paramLabel = "URL",
      required = true,
      description = {
        "Where the archives lie: s3://BUCKET/PREFIX, gs://BUCKET/PREFIX, azure://CONTAINER/PREFIX"
            + " or https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX, or file:///FOLDER."
      })
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

  @Option(
      names = "--encryption",
      paramLabel = "KIND",
      description =
          "How the store encrypts what is written: AES256 or aws:kms for S3, a scope of encryption for Azure; as the bucket says if left out.")
  private @Nullable String encryption;

  @Option(
      names = "--sse-kms-key",
      paramLabel = "KEY",
      description = "The key of the key service that S3 or Google encrypts with.")
  private @Nullable String kmsKey;

  @Option(
      names = "--tag",
      paramLabel = "NAME=VALUE",
      description =
          "A tag of every object that is written, an entry of metadata at Google; may be repeated.")
  private Map<String, String> tags = new LinkedHashMap<>();

  private final Terminal terminal;

  StoreOptions(Terminal terminal) {
    this.terminal = terminal;
  }

  /// Opens the store, with retries around it.
  ///
  /// @throws ProblemException if the URL or an option is wrong
  ObjectStore open() {
    return open(OptionalInt.empty());
  }

  private ObjectStore open(OptionalInt part) {
    try {
      return Retrying.of(plain(part).store());
    } catch (StoreException e) {
      throw new ProblemException(e.problem(), e);
    }
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
    return open(OptionalInt.of(PART));
  }

  /// Opens the store as it is, and looks for the first thing that does not work.
  ///
  /// @throws ProblemException if the URL or an option is wrong
  ProbeReport probe() {
    try {
      var opened = plain(OptionalInt.empty());
      try (var store = opened.store()) {
        return opened.address().isPresent()
            ? StoreProbe.of(store, endpoint(opened.address().get()), PATIENCE)
            : StoreProbe.of(store);
      }
    } catch (StoreException e) {
      throw new ProblemException(e.problem(), e);
    }
  }

  private Endpoint endpoint(URI address) throws StoreException {
    return caFile == null
        ? Endpoint.of(address)
        : new Endpoint(address, TrustedCertificates.context(caFile).getSocketFactory());
  }

  private Stores.Opened plain(OptionalInt part) throws StoreException {
    var manner =
        new Stores.Manner(
            Optional.ofNullable(endpoint),
            Optional.ofNullable(profile),
            Optional.ofNullable(region),
            Optional.ofNullable(caFile),
            Optional.ofNullable(encryption),
            Optional.ofNullable(kmsKey),
            tags,
            part);
    return new Stores(manner, terminal.environment()).open(StoreUrl.parse(url));
  }
}
