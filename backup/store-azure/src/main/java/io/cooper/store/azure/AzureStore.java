package io.cooper.store.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.Configuration;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobProperties;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlobInputStreamOptions;
import com.azure.storage.blob.specialized.BlobInputStream;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.Abandoned;
import io.cooper.store.Intent;
import io.cooper.store.Keys;
import io.cooper.store.Keyspace;
import io.cooper.store.NewObject;
import io.cooper.store.ObjectStore;
import io.cooper.store.PartedObject;
import io.cooper.store.Problems;
import io.cooper.store.StoreException;
import io.cooper.store.StoredBytes;
import io.cooper.store.StoredObject;
import io.cooper.store.TrustedCertificates;
import io.cooper.store.UncheckedStoreException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// A container, and a prefix in it.
///
/// Azure forgets the blocks of an upload that is not finished after a week by itself, and lets
/// nobody list or remove them before: [#abandoned] is empty. It takes `\` for `/`, so a key with
/// one is refused; it orders rare characters by UTF-16, and can begin a listing only with its
/// prefix.
public final class AzureStore implements ObjectStore {
  private static final int MAX_BLOCKS = 50_000;
  private static final int PAGE = 1000;
  private static final int READ_BLOCK = 4 << 20;

  private final AzureSettings settings;
  private final AzureAnswers answers;
  private final Keyspace space;
  private final BlobContainerClient client;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("azure-block-", 0).factory());

  /// Opens nothing yet: the first request does.
  ///
  /// @throws StoreException if the CA file or the connection string cannot be read
  public AzureStore(AzureSettings settings) throws StoreException {
    this.settings = settings;
    this.answers = new AzureAnswers(settings);
    this.space = new Keyspace(settings.name(), settings.prefix());
    this.client = client();
  }

  private BlobContainerClient client() throws StoreException {
    var http = http();
    var builder =
        new BlobServiceClientBuilder()
            .httpClient(http)
            .configuration(Configuration.NONE)
            .retryOptions(
                new RequestRetryOptions(
                    RetryPolicyType.FIXED, 1, settings.patience(), null, null, null));
    settings.encryptionScope().ifPresent(builder::encryptionScope);
    settings.address().ifPresent(builder::endpoint);
    try {
      switch (settings.credentials()) {
        case AzureCredentials.ConnectionString(var value) -> {
          builder.connectionString(value.reveal());
          settings.service().ifPresent(address -> builder.endpoint(address.toString()));
        }
        case AzureCredentials.StorageKey(var account, var key) ->
            builder.credential(new StorageSharedKeyCredential(account, key.reveal()));
        case AzureCredentials.SharedAccess(_, var token) ->
            builder.sasToken(token.reveal().replaceFirst("^\\?", ""));
        case AzureCredentials.ManagedIdentity(_, var clientId) -> {
          var identity = new ManagedIdentityCredentialBuilder().httpClient(http);
          clientId.ifPresent(identity::clientId);
          builder.credential(identity.build());
        }
        case AzureCredentials.Surroundings _ ->
            builder.credential(new DefaultAzureCredentialBuilder().httpClient(http).build());
      }
      return builder.buildClient().getBlobContainerClient(settings.container());
    } catch (IllegalArgumentException | IllegalStateException unreadable) {
      // The library repeats what it could not read, and that may be a key.
      throw new StoreException(
          new Problem(
              Code.BAD_INPUT,
              settings.name(),
              "the connection string or key cannot be read",
              "copy it again from the account's page, whole and without blanks"));
    }
  }

  private HttpClient http() throws StoreException {
    var jdk = java.net.http.HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10));
    if (settings.caFile().isPresent()) {
      jdk.sslContext(TrustedCertificates.context(settings.caFile().get()));
    }
    return new JdkHttpClientBuilder(jdk).build();
  }

  /// Where requests go.
  public URI address() {
    return URI.create(client.getAccountUrl());
  }

  /// A request to the library.
  interface Request<T> {
    T send();
  }

  <T> T ask(String key, String action, Request<T> request) throws StoreException {
    try {
      return request.send();
    } catch (RuntimeException failure) {
      throw answers.meaning(key, action, failure);
    }
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public NewObject create(String key, Intent intent) throws StoreException {
    var blob = client.getBlobClient(check(key)).getBlockBlobClient();
    return new PartedObject(
        name() + "/" + key,
        new AzureUpload(this, blob, settings, key, intent),
        PartedObject.Shape.of(intent, settings.partSize(), settings.parallelParts(), MAX_BLOCKS),
        threads);
  }

  @Override
  public StoredBytes open(String key, long from, long length) throws StoreException {
    var blob = client.getBlobClient(check(key));
    if (StoredBytes.expected(Long.MAX_VALUE, from, length) == 0) {
      return pastTheEnd(key, from, length);
    }
    var options =
        new BlobInputStreamOptions()
            .setBlockSize(READ_BLOCK)
            .setRange(length == Long.MAX_VALUE ? new BlobRange(from) : new BlobRange(from, length));
    try {
      var stream = ask(key, "GetBlob", () -> blob.openInputStream(options));
      var object = object(key, stream.getProperties());
      return StoredBytes.of(name(), object, new Body(key, stream), from, length);
    } catch (StoreException failure) {
      if (isPastTheEnd(failure)) {
        return pastTheEnd(key, from, length);
      }
      throw failure;
    }
  }

  private static boolean isPastTheEnd(StoreException failure) {
    return failure.problem().what().contains("GetBlob answered 416");
  }

  private StoredBytes pastTheEnd(String key, long from, long length) throws StoreException {
    var object = find(key).orElseThrow(() -> Problems.noSuchObject(name(), key));
    return StoredBytes.pastTheEnd(name(), object, from, length);
  }

  @Override
  public Optional<StoredObject> find(String key) throws StoreException {
    var blob = client.getBlobClient(check(key));
    try {
      return Optional.of(object(key, ask(key, "GetBlobProperties", blob::getProperties)));
    } catch (StoreException failure) {
      if (failure.code() == Code.NO_SUCH_OBJECT) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  static StoredObject object(String key, BlobProperties properties) {
    return new StoredObject(
        key,
        properties.getBlobSize(),
        properties.getLastModified().toInstant(),
        etag(properties.getETag()));
  }

  static String etag(String quoted) {
    return quoted.replace("\"", "");
  }

  @Override
  public Stream<StoredObject> list(String prefix, String after) throws StoreException {
    space.requireOpen();
    var options = new ListBlobsOptions().setPrefix(space.full(prefix)).setMaxResultsPerPage(PAGE);
    var items = translated(ask("", "ListBlobs", () -> client.listBlobs(options, null).iterator()));
    ask("", "ListBlobs", items::hasNextUntranslated);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(items, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .filter(item -> !item.getName().endsWith("/"))
        .map(this::listed)
        // Azure cannot begin a listing in the middle.
        .filter(object -> Keys.ORDER.compare(object.key(), after) > 0);
  }

  private Items translated(Iterator<BlobItem> items) {
    return new Items(items);
  }

  /// Blobs of page after page; a page that cannot be had is ours to describe.
  private final class Items implements Iterator<BlobItem> {
    private final Iterator<BlobItem> items;

    Items(Iterator<BlobItem> items) {
      this.items = items;
    }

    boolean hasNextUntranslated() {
      return items.hasNext();
    }

    @Override
    public boolean hasNext() {
      try {
        return ask("", "ListBlobs", items::hasNext);
      } catch (StoreException failure) {
        throw new UncheckedStoreException(failure);
      }
    }

    @Override
    public BlobItem next() {
      return items.next();
    }
  }

  private StoredObject listed(BlobItem item) {
    var properties = item.getProperties();
    return new StoredObject(
        space.relative(item.getName()),
        properties.getContentLength(),
        properties.getLastModified().toInstant(),
        etag(properties.getETag()));
  }

  @Override
  public List<String> folders(String folder) throws StoreException {
    space.requireOpen();
    var begin = space.full(folder);
    var options = new ListBlobsOptions().setPrefix(begin).setMaxResultsPerPage(PAGE);
    return ask(
        "",
        "ListBlobs",
        () ->
            client.listBlobsByHierarchy("/", options, null).stream()
                .filter(item -> Boolean.TRUE.equals(item.isPrefix()))
                .map(item -> item.getName().substring(begin.length(), item.getName().length() - 1))
                .filter(name -> !name.isEmpty())
                .toList());
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    var failures = new ArrayList<StoreException>();
    var all = space.check(keys);
    for (var key : all) {
      try {
        // Not deleteIfExists: it takes a missing container for a missing blob.
        ask(
            key,
            "DeleteBlob",
            () -> client.getBlobClient(space.full(key)).deleteWithResponse(null, null, null, null));
      } catch (StoreException failure) {
        if (failure.code() != Code.NO_SUCH_OBJECT) {
          failures.add(failure);
        }
      }
    }
    Problems.throwFirst(failures, all.size());
  }

  @Override
  public List<Abandoned> abandoned(String prefix) throws StoreException {
    space.requireOpen();
    return List.of();
  }

  @Override
  public void close() {
    if (space.close()) {
      threads.shutdown();
    }
  }

  private String check(String key) throws StoreException {
    var full = space.check(key);
    if (full.indexOf('\\') >= 0) {
      throw new StoreException(
          new Problem(
              Code.BAD_USE,
              name(),
              "the key “%s” has a \\, which Azure takes for a /".formatted(key),
              "use a key or prefix without it"));
    }
    return full;
  }

  static BlobRequestConditions onlyNew() {
    return new BlobRequestConditions().setIfNoneMatch("*");
  }

  /// The bytes of an answer, with failures in our words.
  private final class Body extends FilterInputStream {
    private final String key;

    Body(String key, BlobInputStream stream) {
      super(stream);
      this.key = key;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        return super.read(into, offset, length);
      } catch (IOException failure) {
        throw answers.meaning(key, "GetBlob", new UncheckedIOException(failure));
      } catch (RuntimeException failure) {
        throw answers.meaning(key, "GetBlob", failure);
      }
    }
  }
}
