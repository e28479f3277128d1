package io.cooper.store.gcs;

import com.google.api.client.http.EmptyContent;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpContent;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.InputStreamContent;
import com.google.api.client.http.json.JsonHttpContent;
import com.google.api.client.util.escape.CharEscapers;
import com.google.api.services.storage.Storage;
import com.google.api.services.storage.model.StorageObject;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.Intent;
import io.cooper.store.Part;
import io.cooper.store.Problems;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.Upload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/// One new object, in the requests of Google's JSON interface.
///
/// A resumable upload takes bytes in order, in multiples of 256 KiB but for the last request, and
/// tells how many of them it keeps. So the odd end of the last part waits for [#complete], and
/// after a broken request the store is asked what it keeps before more is sent.
final class GcsUpload implements Upload {
  /// What barman-cloud's objects have.
  private static final String CONTENT_TYPE = "application/octet-stream";

  private static final String CREATE = "storage.objects.create";
  private static final String WRITER = "cooper-writer";
  private static final String UNKNOWN = "*";

  /// The store waits for more.
  static final int RESUME = 308;

  private final GcsStore store;
  private final Storage client;
  private final GcsSettings settings;
  private final String key;
  private final String fullKey;
  private final Intent intent;
  private final String writer = UUID.randomUUID().toString();

  // Parts come one after the other, each when the one before has ended.

  /// The address of the upload. Who knows it can write: a secret.
  private GenericUrl session = new GenericUrl();

  /// Bytes that the store said it keeps.
  private long kept;

  /// Bytes that were handed over, and their sum.
  private long handed;

  private final CRC32C sum = new CRC32C();

  /// Those at the end that are no multiple of 256 KiB.
  private byte[] odd = new byte[0];

  /// Whether a request went out whose answer did not come.
  private boolean unsure;

  GcsUpload(
      GcsStore store,
      Storage client,
      GcsSettings settings,
      String key,
      String fullKey,
      Intent intent) {
    this.store = store;
    this.client = client;
    this.settings = settings;
    this.key = key;
    this.fullKey = fullKey;
    this.intent = intent;
  }

  @Override
  public StoredObject whole(Part bytes) throws StoreException {
    var mine = unsure ? mine(bytes.size()) : Optional.<StoredObject>empty();
    if (mine.isPresent()) {
      return mine.get();
    }
    var checked = new CRC32C();
    update(checked, bytes);
    try {
      return GcsStore.object(
          key, store.ask(key, CREATE, () -> insert(bytes, description().setCrc32c(text(checked)))));
    } catch (StoreException failure) {
      unsure = unsure || failure.code().worthRetrying();
      return mineAfter(failure, bytes.size());
    }
  }

  /// What arrives twice on the way is refused the second time.
  private StoredObject mineAfter(StoreException failure, long size) throws StoreException {
    boolean perhapsTwice =
        failure.code() == Code.OBJECT_EXISTS || failure.code() == Code.STORE_REFUSED;
    return (perhapsTwice ? mine(size) : Optional.<StoredObject>empty()).orElseThrow(() -> failure);
  }

  private StorageObject insert(Part bytes, StorageObject description) throws IOException {
    var media = new InputStreamContent(CONTENT_TYPE, bytes.open()).setLength(bytes.size());
    var insert = client.objects().insert(settings.bucket(), description, media);
    insert.getMediaHttpUploader().setDirectUploadEnabled(true);
    insert.setDisableGZipContent(true);
    insert.setFields(GcsStore.FIELDS);
    if (!intent.replace()) {
      insert.setIfGenerationMatch(0L);
    }
    settings.kmsKey().ifPresent(insert::setKmsKeyName);
    return insert.execute();
  }

  private StorageObject description() {
    var metadata = new HashMap<>(settings.tags());
    metadata.putAll(intent.tags());
    metadata.put(WRITER, writer);
    return new StorageObject()
        .setName(fullKey)
        .setContentType(CONTENT_TYPE)
        .setMetadata(Map.copyOf(metadata));
  }

  /// The object, if it is the one that this writer sent.
  private Optional<StoredObject> mine(long size) throws StoreException {
    try {
      var found = store.metadata(key, fullKey);
      var object = GcsStore.object(key, found);
      boolean isMine =
          found.getMetadata() != null
              && writer.equals(found.getMetadata().get(WRITER))
              && object.size() == size;
      return isMine ? Optional.of(object) : Optional.empty();
    } catch (StoreException failure) {
      if (failure.code() == Code.NO_SUCH_OBJECT) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /// Looks first: that there is an object already would else be told when all was sent.
  @Override
  public void begin() throws StoreException {
    if (!intent.replace() && store.find(key).isPresent()) {
      throw Problems.exists(store.name(), key);
    }
    session = store.ask(key, CREATE, this::newSession);
  }

  private GenericUrl newSession() throws IOException {
    var url =
        new GenericUrl(
            "%supload/%sb/%s/o?uploadType=resumable"
                .formatted(
                    client.getRootUrl(),
                    client.getServicePath(),
                    CharEscapers.escapeUriPath(settings.bucket())));
    url.put("name", fullKey);
    if (!intent.replace()) {
      url.put("ifGenerationMatch", 0);
    }
    settings.kmsKey().ifPresent(kmsKey -> url.put("kmsKeyName", kmsKey));
    var request =
        client
            .getRequestFactory()
            .buildPostRequest(url, new JsonHttpContent(client.getJsonFactory(), description()));
    request.getHeaders().set("X-Upload-Content-Type", CONTENT_TYPE);
    var response = request.execute();
    try {
      var location = response.getHeaders().getLocation();
      if (location == null) {
        throw busy("the answer names no address to send to");
      }
      return new GenericUrl(location, true);
    } finally {
      response.ignore();
    }
  }

  @Override
  public void part(int number, Part bytes) throws StoreException {
    long begin = (number - 1L) * settings.partSize();
    if (handed == begin) {
      handed = begin + bytes.size();
      update(sum, bytes);
    }
    long end = handed - handed % GcsSettings.QUANTUM;
    if (unsure) {
      var finished = send(new EmptyContent(), UNKNOWN, UNKNOWN);
      if (finished.isPresent()) {
        throw spoilt(finished.get(), "the store ended it before its end");
      }
    }
    while (kept < end) {
      long before = kept;
      if (kept < begin) {
        throw gone();
      }
      var rest = new Run(bytes, kept - begin, end - kept);
      send(rest, "%d-%d".formatted(kept, end - 1), UNKNOWN);
      if (kept <= before) {
        throw busy("the store keeps nothing of what is sent");
      }
    }
    odd = last(bytes, handed - end);
  }

  @Override
  public StoredObject complete(int parts, long size) throws StoreException {
    var total = String.valueOf(size);
    if (unsure) {
      var mine = mine(size);
      if (mine.isPresent()) {
        return mine.get();
      }
      var finished = send(new EmptyContent(), UNKNOWN, total);
      if (finished.isPresent()) {
        return sound(finished.get());
      }
    }
    var range = odd.length == 0 ? UNKNOWN : "%d-%d".formatted(size - odd.length, size - 1);
    var content =
        new InputStreamContent(CONTENT_TYPE, new ByteArrayInputStream(odd)).setLength(odd.length);
    Optional<StorageObject> finished;
    try {
      finished = send(content, range, total);
    } catch (StoreException failure) {
      return mineAfter(failure, size);
    }
    return sound(
        finished.orElseThrow(() -> busy("the store waits for bytes that it keeps already")));
  }

  /// Sends a run of bytes; gives the object if it is finished now.
  ///
  /// @param range of the bytes, or `*` to ask what is kept
  /// @param total how many there will be, or `*` if that is not known yet
  private Optional<StorageObject> send(HttpContent content, String range, String total)
      throws StoreException {
    try {
      var finished = store.ask(key, CREATE, () -> put(content, range, total));
      unsure = false;
      return finished;
    } catch (StoreException failure) {
      unsure = unsure || failure.code().worthRetrying();
      throw failure;
    }
  }

  private Optional<StorageObject> put(HttpContent content, String range, String total)
      throws IOException {
    var request = client.getRequestFactory().buildPutRequest(session, content);
    request.getHeaders().setContentRange("bytes %s/%s".formatted(range, total));
    if (!total.equals(UNKNOWN)) {
      request.getHeaders().set("X-Goog-Hash", "crc32c=" + text(sum));
    }
    request
        .setFollowRedirects(false)
        .setThrowExceptionOnExecuteError(false)
        .setParser(client.getObjectParser());
    var response = answer(request);
    try {
      if (response.getStatusCode() == RESUME) {
        kept = kept(response);
        return Optional.empty();
      }
      return Optional.of(response.parseAs(StorageObject.class));
    } finally {
      response.ignore();
    }
  }

  private HttpResponse answer(HttpRequest request) throws IOException {
    try {
      return request.execute();
    } catch (Refused answer) {
      throw answer.status() == 404 || answer.status() == 410 ? gone() : answer;
    }
  }

  private static long kept(HttpResponse response) {
    return Optional.ofNullable(response.getHeaders().getRange())
        .map(range -> Long.parseLong(range.substring(range.indexOf('-') + 1)) + 1)
        .orElse(0L);
  }

  private StoredObject sound(StorageObject finished) throws StoreException {
    if (finished.getCrc32c() != null && !finished.getCrc32c().equals(text(sum))) {
      throw spoilt(finished, "its bytes arrived other than they were sent");
    }
    return GcsStore.object(key, finished);
  }

  /// What is not what was sent must not stay.
  private StoreException spoilt(StorageObject object, String what) throws StoreException {
    store.ask(
        key,
        "storage.objects.delete",
        () ->
            client
                .objects()
                .delete(settings.bucket(), fullKey)
                .setGeneration(object.getGeneration())
                .execute());
    return new StoreException(
        new Problem(
            Code.OBJECT_DAMAGED,
            where(),
            what + "; it was removed again",
            "begin the object again, and look at proxies between here and the store"));
  }

  private StoreException gone() {
    return new StoreException(
        new Problem(
            Code.STORE_REFUSED,
            where(),
            "the upload is gone: it was given up, or is older than a week",
            "begin the object again"));
  }

  private StoreException busy(String what) {
    return new StoreException(new Problem(Code.STORE_BUSY, where(), what, "wait"));
  }

  private String where() {
    return store.name() + "/" + key;
  }

  /// Google says 499 when it is given up, and of one that is gone what it likes.
  @Override
  public void abort() throws StoreException {
    store.ask(
        key,
        CREATE,
        () -> {
          try {
            client.getRequestFactory().buildDeleteRequest(session).execute().ignore();
          } catch (Refused answer) {
            if (answer.status() >= 500) {
              throw answer;
            }
          }
          return session;
        });
  }

  /// A run of the bytes of a part.
  private record Run(Part part, long offset, long length) implements HttpContent {
    @Override
    public long getLength() {
      return length;
    }

    @Override
    public String getType() {
      return CONTENT_TYPE;
    }

    @Override
    public boolean retrySupported() {
      return true;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      try (var in = part.open()) {
        in.skipNBytes(offset);
        var buffer = new byte[64 << 10];
        for (long left = length; left > 0; ) {
          int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
          out.write(buffer, 0, count);
          left -= count;
        }
      }
    }
  }

  private static byte[] last(Part bytes, long length) {
    try (var in = bytes.open()) {
      in.skipNBytes(bytes.size() - length);
      return in.readAllBytes();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static void update(CRC32C sum, Part bytes) {
    try (InputStream in = bytes.open()) {
      var buffer = new byte[64 << 10];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        sum.update(buffer, 0, count);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static String text(CRC32C sum) {
    var bytes = ByteBuffer.allocate(Integer.BYTES).putInt((int) sum.getValue()).array();
    return Base64.getEncoder().encodeToString(bytes);
  }
}
