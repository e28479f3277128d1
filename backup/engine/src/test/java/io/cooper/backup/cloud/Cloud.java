package io.cooper.backup.cloud;

import io.cooper.store.FaultProxy;
import io.cooper.store.FaultProxy.Dialect;
import io.cooper.store.FaultProxy.Fault;
import io.cooper.store.ObjectStore;
import io.cooper.store.Retrying;
import io.cooper.store.Secret;
import io.cooper.store.Sleeper;
import io.cooper.store.azure.AzureCredentials;
import io.cooper.store.azure.AzureSettings;
import io.cooper.store.azure.AzureStore;
import io.cooper.store.azure.AzuriteServer;
import io.cooper.store.gcs.FakeGcsServer;
import io.cooper.store.gcs.GcsSettings;
import io.cooper.store.gcs.GcsStore;
import io.cooper.store.gcs.LocalGcs;
import io.cooper.store.s3.LocalS3;
import io.cooper.store.s3.MinioServer;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Settings;
import io.cooper.store.s3.S3Store;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A cloud on this machine, with one bucket, for tests that want the engine to work on all of them.
public final class Cloud implements AutoCloseable {
  /// The bucket or container.
  public static final String BUCKET = "backups";

  /// Before all keys.
  public static final String PREFIX = "some/prefix";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// With a proxy that never answers.
  private static final Duration IMPATIENCE = Duration.ofMillis(500);

  private static final int ATTEMPTS = 100;

  /// Which one.
  public enum Kind {
    /// In this process.
    LOCAL_S3,
    /// In this process.
    LOCAL_GCS,
    /// A real server.
    MINIO,
    /// Azure's emulator.
    AZURITE,
    /// An emulator of Google's.
    FAKE_GCS
  }

  private interface Opener {
    ObjectStore at(URI endpoint, Duration patience) throws IOException;
  }

  private final Kind kind;
  private final URI endpoint;
  private final Dialect dialect;
  private final String prefix;
  private final Opener opener;
  private final AutoCloseable server;

  private Cloud(
      Kind kind,
      URI endpoint,
      Dialect dialect,
      String prefix,
      Opener opener,
      AutoCloseable server) {
    this.kind = kind;
    this.endpoint = endpoint;
    this.dialect = dialect;
    this.prefix = prefix;
    this.opener = opener;
    this.server = server;
  }

  /// What names the bucket to barman-cloud.
  public String barmansUrl() {
    var below = prefix.replaceAll("/+$", "");
    return switch (dialect) {
      case S3 -> "s3://%s/%s".formatted(BUCKET, below);
      case GCS -> "gs://%s/%s".formatted(BUCKET, below);
      case AZURE -> "%s/%s/%s".formatted(endpoint, BUCKET, below);
    };
  }

  /// What barman-cloud wants to be told besides.
  public List<String> barmansOptions() {
    return switch (dialect) {
      case S3 -> List.of("--endpoint-url", endpoint.toString());
      case GCS -> List.of("--cloud-provider", "google-cloud-storage");
      case AZURE -> List.of("--cloud-provider", "azure-blob-storage");
    };
  }

  /// Credentials, as programs find them.
  public Map<String, String> environment() {
    return switch (server) {
      case MinioServer minio -> minio.environment();
      case FakeGcsServer _ -> Map.of("STORAGE_EMULATOR_HOST", endpoint.toString());
      case AzuriteServer azurite ->
          Map.of("AZURE_STORAGE_CONNECTION_STRING", azurite.connectionString());
      default -> throw new IllegalStateException(kind + " is only for this process");
    };
  }

  /// Whether this machine has it.
  public static boolean has(Kind kind) {
    return switch (kind) {
      case LOCAL_S3, LOCAL_GCS -> true;
      case MINIO -> MinioServer.program().isPresent();
      case AZURITE -> AzuriteServer.program().isPresent();
      case FAKE_GCS -> FakeGcsServer.program().isPresent();
    };
  }

  /// Starts it.
  ///
  /// @param folder for what it keeps, if it is a process of its own
  public static Cloud start(Kind kind, Path folder) throws IOException {
    return start(kind, folder, PREFIX);
  }

  /// Starts it.
  ///
  /// @param folder for what it keeps, if it is a process of its own
  /// @param prefix before all keys, as somebody writes it who does not think of its consequences
  public static Cloud start(Kind kind, Path folder, String prefix) throws IOException {
    return switch (kind) {
      case LOCAL_S3 -> {
        var server = new LocalS3("secret").withBucket(BUCKET);
        // The profile whose requests carry the most protection, which a broken way must not break.
        yield ofS3(kind, server.endpoint(), server.settings(BUCKET, prefix), prefix, server);
      }
      case MINIO -> {
        var server =
            MinioServer.start(
                MinioServer.program().orElseThrow(),
                Files.createDirectories(folder.resolve("minio/data")));
        makeBucket(server);
        yield ofS3(kind, server.endpoint(), server.settings(BUCKET, prefix), prefix, server);
      }
      case LOCAL_GCS -> {
        var server = new LocalGcs().withBucket(BUCKET);
        yield ofGcs(kind, server.endpoint(), server.settings(BUCKET, prefix), prefix, server);
      }
      case FAKE_GCS -> {
        var server =
            FakeGcsServer.start(
                FakeGcsServer.program().orElseThrow(),
                Files.createDirectories(folder.resolve("gcs")));
        server.makeBucket(BUCKET);
        yield ofGcs(kind, server.endpoint(), server.settings(BUCKET, prefix), prefix, server);
      }
      case AZURITE -> {
        var server =
            AzuriteServer.start(
                AzuriteServer.program().orElseThrow(),
                Files.createDirectories(folder.resolve("azure")));
        server.makeContainer(BUCKET);
        var who =
            new AzureCredentials.StorageKey(AzuriteServer.ACCOUNT, new Secret(AzuriteServer.KEY));
        yield new Cloud(
            kind,
            server.address(),
            Dialect.AZURE,
            prefix,
            (at, patience) ->
                new AzureStore(
                    AzureSettings.of(BUCKET, prefix, Optional.of(at), who).waiting(patience)),
            server);
      }
    };
  }

  private static Cloud ofS3(
      Kind kind, URI endpoint, S3Settings settings, String prefix, AutoCloseable server) {
    var inParts = settings.as(S3Profile.MINIO).inParts(5 << 20, 2);
    return new Cloud(
        kind,
        endpoint,
        Dialect.S3,
        prefix,
        (at, patience) ->
            new S3Store(inParts.at(at).waiting(new S3Settings.Timeouts(patience, patience))),
        server);
  }

  private static Cloud ofGcs(
      Kind kind, URI endpoint, GcsSettings settings, String prefix, AutoCloseable server) {
    var inParts = settings.inParts(1 << 20);
    return new Cloud(
        kind,
        endpoint,
        Dialect.GCS,
        prefix,
        (at, patience) ->
            new GcsStore(inParts.at(at).waiting(new GcsSettings.Timeouts(patience, patience))),
        server);
  }

  /// The server listens before it answers: until then it says 503.
  private static void makeBucket(MinioServer server) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        server.makeBucket(BUCKET);
        return;
      } catch (RuntimeException notYet) {
        if (attempt == ATTEMPTS) {
          server.close();
          throw notYet;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
    }
  }

  /// Which one it is.
  public Kind kind() {
    return kind;
  }

  /// Where it listens.
  public URI endpoint() {
    return endpoint;
  }

  /// The store, with nothing in between.
  public ObjectStore open() throws IOException {
    return opener.at(endpoint, PATIENCE);
  }

  /// The store behind a proxy, impatient, with short retries around it.
  public ObjectStore open(FaultProxy proxy, long seed) throws IOException {
    return new Retrying(
        opener.at(proxy.endpoint(), IMPATIENCE),
        new Retrying.Pace(4, Duration.ofMillis(1), Duration.ofMillis(8)),
        Sleeper.ofThread(),
        new Random(seed)::nextDouble);
  }

  /// A proxy before it.
  public FaultProxy proxy(long seed, int oneIn, List<Fault> faults) throws IOException {
    return FaultProxy.before(endpoint, dialect, seed, oneIn, faults);
  }

  @Override
  public void close() throws Exception {
    server.close();
  }
}
