package io.cooper.store.gcs;

import com.google.api.client.http.HttpResponse;
import com.google.api.client.util.DateTime;
import com.google.api.services.storage.Storage;
import com.google.api.services.storage.model.Objects;
import com.google.api.services.storage.model.StorageObject;
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
import io.cooper.store.UncheckedStoreException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// A bucket, and a prefix in it.
///
/// Sizes: an object up to the part size goes in one request; larger ones through a resumable
/// upload, which takes its parts one after the other. Google forgets an upload that is not finished
/// after a week by itself, and lists none: [#abandoned] is empty. The tag of an object is its
/// generation, which no two objects of one key share. CRC32C is compared both ways.
public final class GcsStore implements ObjectStore {
  private static final long PAGE = 1000;
  private static final int DELETE_AT_ONCE = 8;
  private static final String GET = "storage.objects.get";
  private static final String LIST = "storage.objects.list";
  static final String FIELDS = "name,size,generation,timeCreated";

  private final GcsSettings settings;
  private final GcsAnswers answers;
  private final Keyspace space;
  private final Storage client;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("gcs-part-", 0).factory());

  /// Opens nothing yet: the first request does, and fetches the token.
  ///
  /// @throws StoreException if the CA file cannot be read
  public GcsStore(GcsSettings settings) throws StoreException {
    this.settings = settings;
    this.answers = new GcsAnswers(settings);
    this.space = new Keyspace(settings.name(), settings.prefix());
    this.client = GcsClients.of(settings);
  }

  /// A request to the library.
  interface Request<T> {
    T send() throws IOException;
  }

  <T> T ask(String key, String action, Request<T> request) throws StoreException {
    try {
      return request.send();
    } catch (IOException failure) {
      if (!key.isEmpty() && failure instanceof Refused answer && answer.isVague()) {
        requireBucket();
      }
      throw answers.meaning(key, action, failure);
    }
  }

  /// Emulators do not say whether the object or the bucket is missing.
  private void requireBucket() throws StoreException {
    ask("", LIST, () -> client.objects().list(settings.bucket()).setMaxResults(1L).execute());
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public NewObject create(String key, Intent intent) throws StoreException {
    var upload = new GcsUpload(this, client, settings, key, space.check(key), intent);
    return new PartedObject(
        name() + "/" + key,
        upload,
        PartedObject.Shape.of(intent, settings.partSize(), 1, Integer.MAX_VALUE),
        threads);
  }

  @Override
  public StoredBytes open(String key, long from, long length) throws StoreException {
    var get = ask(key, GET, get(space.check(key)));
    if (StoredBytes.expected(Long.MAX_VALUE, from, length) == 0) {
      return pastTheEnd(key, from, length);
    }
    boolean whole = from == 0 && length == Long.MAX_VALUE;
    if (!whole) {
      get.getRequestHeaders().setRange(range(from, length));
    }
    try {
      var response = get.executeMedia();
      var object = opened(key, response);
      var body = new Body(key, response, whole ? crc32c(response) : Optional.empty());
      return StoredBytes.of(name(), object, body, from, length);
    } catch (Refused answer) {
      if (answer.status() == 416) {
        return pastTheEnd(key, from, length);
      }
      throw refused(key, answer);
    } catch (IOException failure) {
      throw answers.meaning(key, GET, failure);
    }
  }

  /// Refusals to send bytes come without a reason; those to tell of them do not.
  private StoreException refused(String key, Refused answer) throws StoreException {
    if (answer.status() == 403 || answer.status() == 404) {
      metadata(key, space.full(key));
    }
    return answers.meaning(key, GET, answer);
  }

  private Request<Storage.Objects.Get> get(String fullKey) {
    return () -> {
      var get = client.objects().get(settings.bucket(), fullKey);
      // As it is stored, also if somebody stored it with an encoding.
      get.setReturnRawInputStream(true);
      get.getRequestHeaders().setAcceptEncoding("gzip");
      return get;
    };
  }

  private static String range(long from, long length) {
    return length > Long.MAX_VALUE - from
        ? "bytes=%d-".formatted(from)
        : "bytes=%d-%d".formatted(from, from + length - 1);
  }

  private StoredBytes pastTheEnd(String key, long from, long length) throws StoreException {
    var object = find(key).orElseThrow(() -> Problems.noSuchObject(name(), key));
    return StoredBytes.pastTheEnd(name(), object, from, length);
  }

  /// What the headers say of the object; where they do not, it is asked for.
  private StoredObject opened(String key, HttpResponse response) throws IOException {
    var headers = response.getHeaders();
    var generation = headers.getFirstHeaderStringValue("x-goog-generation");
    var total =
        Optional.ofNullable(headers.getContentRange())
            .map(range -> Long.valueOf(range.substring(range.indexOf('/') + 1)))
            .or(() -> Optional.ofNullable(headers.getContentLength()));
    if (generation == null || total.isEmpty()) {
      response.disconnect();
      throw new StoreException(
          new Problem(
              Code.STORE_REFUSED,
              name() + "/" + key,
              "the answer names no generation or no size of the object",
              "look at proxies between here and the store, which must not change headers"));
    }
    return new StoredObject(key, total.get(), date(headers.getLastModified()), generation);
  }

  private static Instant date(String text) {
    try {
      return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(String.valueOf(text)));
    } catch (DateTimeParseException none) {
      return Instant.EPOCH;
    }
  }

  private static Optional<byte[]> crc32c(HttpResponse response) {
    return response.getHeaders().getHeaderStringValues("x-goog-hash").stream()
        .flatMap(text -> Stream.of(text.split(", *", -1)))
        .filter(hash -> hash.startsWith("crc32c="))
        .map(hash -> Base64.getDecoder().decode(hash.substring("crc32c=".length())))
        .findFirst();
  }

  @Override
  public Optional<StoredObject> find(String key) throws StoreException {
    try {
      return Optional.of(object(key, metadata(key, space.check(key))));
    } catch (StoreException failure) {
      if (failure.code() == Code.NO_SUCH_OBJECT) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  StorageObject metadata(String key, String fullKey) throws StoreException {
    return ask(
        key,
        GET,
        () ->
            client
                .objects()
                .get(settings.bucket(), fullKey)
                .setFields(FIELDS + ",metadata")
                .execute());
  }

  static StoredObject object(String key, StorageObject from) {
    return new StoredObject(
        key,
        Optional.ofNullable(from.getSize()).map(BigInteger::longValueExact).orElse(0L),
        Optional.ofNullable(from.getTimeCreated())
            .map(DateTime::getValue)
            .map(Instant::ofEpochMilli)
            .orElse(Instant.EPOCH),
        String.valueOf(from.getGeneration()));
  }

  @Override
  public Stream<StoredObject> list(String prefix, String after) throws StoreException {
    space.requireOpen();
    boolean resumes = after.startsWith(prefix) && !after.isEmpty();
    if (!resumes && Keys.ORDER.compare(after, prefix) > 0) {
      return Stream.empty();
    }
    var request =
        ask("", LIST, () -> client.objects().list(settings.bucket()))
            .setPrefix(space.full(prefix))
            .setMaxResults(PAGE)
            .setFields("nextPageToken,items(" + FIELDS + ")");
    if (resumes) {
      request.setStartOffset(space.full(after));
    }
    return pages(request)
        .flatMap(page -> Stream.ofNullable(page.getItems()).flatMap(List::stream))
        .filter(object -> !object.getName().endsWith("/"))
        .map(object -> object(space.relative(object.getName()), object))
        // The offset is the first one, not the last one before.
        .filter(object -> !object.key().equals(after));
  }

  private Stream<Objects> pages(Storage.Objects.List request) throws StoreException {
    return Stream.iterate(
            Optional.of(page(request)),
            Optional::isPresent,
            page -> {
              var next = Optional.ofNullable(page.orElseThrow().getNextPageToken());
              try {
                return next.isPresent()
                    ? Optional.of(page(request.setPageToken(next.get())))
                    : Optional.empty();
              } catch (StoreException failed) {
                throw new UncheckedStoreException(failed);
              }
            })
        .flatMap(Optional::stream);
  }

  private Objects page(Storage.Objects.List request) throws StoreException {
    return ask("", LIST, request::execute);
  }

  @Override
  public List<String> folders(String folder) throws StoreException {
    space.requireOpen();
    var begin = space.full(folder);
    var request =
        ask("", LIST, () -> client.objects().list(settings.bucket()))
            .setPrefix(begin)
            .setDelimiter("/")
            .setMaxResults(PAGE)
            .setFields("nextPageToken,prefixes");
    try {
      return pages(request)
          .flatMap(page -> Stream.ofNullable(page.getPrefixes()).flatMap(List::stream))
          .map(found -> found.substring(begin.length(), found.length() - 1))
          .filter(name -> !name.isEmpty())
          .toList();
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    var all = space.check(keys);
    var atOnce = new Semaphore(DELETE_AT_ONCE);
    var running = new ArrayList<Future<Optional<StoreException>>>();
    for (var key : all) {
      atOnce.acquireUninterruptibly();
      Callable<Optional<StoreException>> removal =
          () -> {
            try {
              return remove(key);
            } finally {
              atOnce.release();
            }
          };
      running.add(threads.submit(removal));
    }
    var failures = new ArrayList<StoreException>();
    for (var each : running) {
      ended(each).ifPresent(failures::add);
    }
    Problems.throwFirst(failures, all.size());
  }

  private Optional<StoreException> remove(String key) {
    try {
      ask(
          key,
          "storage.objects.delete",
          () -> client.objects().delete(settings.bucket(), space.full(key)).execute());
      return Optional.empty();
    } catch (StoreException failure) {
      return Optional.of(failure).filter(each -> each.code() != Code.NO_SUCH_OBJECT);
    }
  }

  private static <T> T ended(Future<T> running) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return running.get();
        } catch (InterruptedException later) {
          interrupted = true;
        } catch (ExecutionException mistake) {
          throw new IllegalStateException(mistake);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
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

  /// The bytes of an answer. Closed before its end, it gives the connection up instead of reading
  /// all that is left; read to its end, it has the checksum that the store keeps.
  private final class Body extends FilterInputStream {
    private final String key;
    private final HttpResponse response;
    private final Optional<byte[]> expected;
    private final CRC32C actual = new CRC32C();
    private final long size;
    private long count;

    Body(String key, HttpResponse response, Optional<byte[]> expected) throws IOException {
      super(response.getContent() == null ? InputStream.nullInputStream() : response.getContent());
      this.key = key;
      this.response = response;
      this.expected = expected;
      this.size = Optional.ofNullable(response.getHeaders().getContentLength()).orElse(0L);
      compare();
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("read by arrays");
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int got = super.read(into, offset, length);
      if (got > 0 && expected.isPresent()) {
        actual.update(into, offset, got);
        count += got;
        compare();
      }
      return got;
    }

    private void compare() throws StoreException {
      if (expected.isPresent()
          && count == size
          && ByteBuffer.wrap(expected.get()).getInt() != (int) actual.getValue()) {
        throw new StoreException(
            new Problem(
                Code.OBJECT_DAMAGED,
                name() + "/" + key,
                "its bytes do not have the checksum that the store keeps",
                "read it again; if it stays so, the object is lost: use an older backup"));
      }
    }

    @Override
    public void close() throws IOException {
      response.disconnect();
    }
  }
}
