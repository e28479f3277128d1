package io.cooper.store.s3;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.Abandoned;
import io.cooper.store.Blocks;
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
import io.cooper.store.Versions;
import java.io.FilterInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A bucket, and a prefix in it.
///
/// Sizes: an object up to the part size goes in one request, so its ETag is its MD5 as
/// barman-cloud's is, and so does one of up to 100 MiB that comes from a [Source]; larger ones go
/// in parts. Content type and metadata are S3's own, but for one entry of metadata
/// (`cooper-writer`), by which a writer whose answer was lost knows its own object again.
public final class S3Store implements ObjectStore {
  private static final int MAX_PARTS = 10_000;

  /// As barman-cloud's limit for WAL.
  private static final int LARGEST_WHOLE = 100 << 20;

  private static final int IDLE_MEMORY = 8 << 20;

  /// Of all objects together that are known to be small.
  private static final int MEMORY_OF_SMALL = 12 << 20;

  private static final int DELETE_AT_ONCE = 1000;

  private final S3Settings settings;
  private final S3Answers answers;
  private final Keyspace space;
  private final S3Client client;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(
          Thread.ofPlatform().daemon().name("s3-part-", 0).factory());
  private final Blocks memory = new Blocks(IDLE_MEMORY);
  private final Blocks memoryOfSmall = new Blocks(IDLE_MEMORY, MEMORY_OF_SMALL);
  private final AtomicBoolean deletesSingly = new AtomicBoolean();
  private final AtomicBoolean looksFirst;

  /// Opens nothing yet: the first request does.
  ///
  /// @throws StoreException if the CA file cannot be read
  public S3Store(S3Settings settings) throws StoreException {
    this.settings = settings;
    this.answers = new S3Answers(settings);
    this.space = new Keyspace(settings.name(), settings.prefix());
    this.client = S3Clients.of(settings);
    this.looksFirst =
        new AtomicBoolean(settings.profile().newOnly() == S3Profile.NewOnly.LOOK_FIRST);
  }

  /// A request and what it needs to be described when it fails.
  interface Request<T> {
    T send();
  }

  <T> T ask(String key, String action, Request<T> request) throws StoreException {
    try {
      return request.send();
    } catch (SdkException failure) {
      throw answers.meaning(key, action, failure);
    } catch (IllegalStateException connectionPoolShutDown) {
      space.requireOpen();
      throw connectionPoolShutDown;
    }
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public NewObject create(String key, Intent intent) throws StoreException {
    var upload = new S3Upload(this, client, settings, key, space.check(key), intent, looksFirst);
    return new PartedObject(
        name() + "/" + key,
        upload,
        shape(intent),
        threads,
        isSmall(intent) ? memoryOfSmall : memory);
  }

  private static boolean isSmall(Intent intent) {
    return intent.atMost() <= LARGEST_WHOLE;
  }

  /// An object that is known to be small is mostly one of several that are written at once: it gets
  /// by with less memory.
  private PartedObject.Shape shape(Intent intent) {
    var shape =
        isSmall(intent)
            ? new PartedObject.Shape(S3Settings.SMALLEST_PART, 1, MAX_PARTS)
            : PartedObject.Shape.of(
                intent, settings.partSize(), settings.parallelParts(), MAX_PARTS);
    return shape.wholeUpTo(LARGEST_WHOLE);
  }

  @Override
  public StoredBytes open(String key, long from, long length) throws StoreException {
    var whole = from == 0 && length == Long.MAX_VALUE;
    var request = GetObjectRequest.builder().bucket(settings.bucket()).key(space.check(key));
    if (StoredBytes.expected(Long.MAX_VALUE, from, length) == 0) {
      return pastTheEnd(key, from, length);
    }
    if (!whole) {
      request.range(range(from, length));
    }
    try {
      var response = client.getObject(request.build());
      return StoredBytes.of(
          name(), object(key, response.response()), new Body(key, response), from, length);
    } catch (SdkException failure) {
      if (isPastTheEnd(failure)) {
        return pastTheEnd(key, from, length);
      }
      throw answers.meaning(key, "GetObject", failure);
    }
  }

  private static String range(long from, long length) {
    return length > Long.MAX_VALUE - from
        ? "bytes=%d-".formatted(from)
        : "bytes=%d-%d".formatted(from, from + length - 1);
  }

  private static boolean isPastTheEnd(SdkException failure) {
    return failure instanceof AwsServiceException answer && answer.statusCode() == 416;
  }

  private StoredBytes pastTheEnd(String key, long from, long length) throws StoreException {
    var object = find(key).orElseThrow(() -> Problems.noSuchObject(name(), key));
    return StoredBytes.pastTheEnd(name(), object, from, length);
  }

  /// Asks for the first byte rather than for the head: an answer without a body does not say why it
  /// is 403 or 404, and a bucket that is missing must not pass for an object that is.
  @Override
  public Optional<StoredObject> find(String key) throws StoreException {
    var request =
        GetObjectRequest.builder()
            .bucket(settings.bucket())
            .key(space.check(key))
            .range("bytes=0-0")
            .build();
    try {
      return Optional.of(object(key, client.getObjectAsBytes(request).response()));
    } catch (SdkException failure) {
      if (isPastTheEnd(failure)) {
        return Optional.of(head(key));
      }
      var meaning = answers.meaning(key, "GetObject", failure);
      if (meaning.code() == Code.NO_SUCH_OBJECT) {
        return Optional.empty();
      }
      throw meaning;
    }
  }

  private StoredObject head(String key) throws StoreException {
    var head =
        ask(
            key,
            "HeadObject",
            () -> client.headObject(to -> to.bucket(settings.bucket()).key(space.full(key))));
    return new StoredObject(key, head.contentLength(), head.lastModified(), etag(head.eTag()));
  }

  private static StoredObject object(String key, GetObjectResponse response) {
    var range = Optional.ofNullable(response.contentRange());
    long size =
        range
            .map(text -> text.substring(text.indexOf('/') + 1))
            .map(Long::parseLong)
            .orElseGet(response::contentLength);
    return new StoredObject(key, size, response.lastModified(), etag(response.eTag()));
  }

  static String etag(String quoted) {
    return quoted.replace("\"", "");
  }

  @Override
  public Stream<StoredObject> list(String prefix, String after) throws StoreException {
    space.requireOpen();
    var begin = space.full(prefix);
    boolean resumes = after.startsWith(prefix) && !after.isEmpty();
    if (!resumes && Keys.ORDER.compare(after, prefix) > 0) {
      return Stream.empty();
    }
    var request = ListObjectsV2Request.builder().bucket(settings.bucket()).prefix(begin);
    if (resumes) {
      request.startAfter(space.full(after));
    }
    return pages(
            page(request.build()),
            page ->
                Boolean.TRUE.equals(page.isTruncated())
                    ? Optional.of(
                        page(
                            request
                                .startAfter(null)
                                .continuationToken(page.nextContinuationToken())
                                .build()))
                    : Optional.empty())
        .flatMap(page -> page.contents().stream())
        .filter(object -> !object.key().endsWith("/"))
        .map(this::listed);
  }

  private interface Next<P> {
    Optional<P> after(P page) throws StoreException;
  }

  private static <P> Stream<P> pages(P first, Next<P> next) {
    return Stream.iterate(
            Optional.of(first),
            Optional::isPresent,
            page -> {
              try {
                return next.after(page.orElseThrow());
              } catch (StoreException failed) {
                throw new UncheckedStoreException(failed);
              }
            })
        .flatMap(Optional::stream);
  }

  private ListObjectsV2Response page(ListObjectsV2Request request) throws StoreException {
    return ask("", "ListBucket", () -> client.listObjectsV2(request));
  }

  private StoredObject listed(S3Object object) {
    return new StoredObject(
        space.relative(object.key()), object.size(), object.lastModified(), etag(object.eTag()));
  }

  @Override
  public List<String> folders(String folder) throws StoreException {
    space.requireOpen();
    var begin = space.full(folder);
    var request =
        ListObjectsV2Request.builder().bucket(settings.bucket()).prefix(begin).delimiter("/");
    var pages =
        pages(
            page(request.build()),
            page ->
                Boolean.TRUE.equals(page.isTruncated())
                    ? Optional.of(
                        page(request.continuationToken(page.nextContinuationToken()).build()))
                    : Optional.empty());
    return collected(
        pages
            .flatMap(page -> page.commonPrefixes().stream())
            .map(CommonPrefix::prefix)
            .map(found -> found.substring(begin.length(), found.length() - 1))
            .filter(name -> !name.isEmpty()));
  }

  private static <T> List<T> collected(Stream<T> stream) throws StoreException {
    try {
      return stream.toList();
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    var all = space.check(keys);
    var failures = new ArrayList<StoreException>();
    for (int at = 0; at < all.size(); at += DELETE_AT_ONCE) {
      var some = all.subList(at, Math.min(all.size(), at + DELETE_AT_ONCE));
      if (some.size() == 1 || deletesSingly.get() || !deleteAtOnce(some, failures)) {
        deleteSingly(some, failures);
      }
    }
    Problems.throwFirst(failures, all.size());
  }

  /// Whether the store knows this request.
  private boolean deleteAtOnce(List<String> keys, List<StoreException> failures) {
    var objects =
        keys.stream().map(key -> ObjectIdentifier.builder().key(space.full(key)).build()).toList();
    try {
      var response =
          client.deleteObjects(to ->
              to.bucket(settings.bucket()).delete(which -> which.objects(objects).quiet(true)));
      for (var error : response.errors()) {
        failures.add(
            answers.notDeleted(space.relative(error.key()), error.code(), error.message()));
      }
      return true;
    } catch (AwsServiceException refused) {
      if (refused.statusCode() == 501
          || refused.statusCode() == 400
          || refused.statusCode() == 405) {
        // No such request here, or not with these headers.
        deletesSingly.set(true);
        return false;
      }
      keys.forEach(key -> failures.add(answers.meaning(key, "DeleteObjects", refused)));
      return true;
    } catch (SdkException failure) {
      keys.forEach(key -> failures.add(answers.meaning(key, "DeleteObjects", failure)));
      return true;
    }
  }

  private void deleteSingly(List<String> keys, List<StoreException> failures) {
    for (var key : keys) {
      try {
        ask(
            key,
            "DeleteObject",
            () -> client.deleteObject(to -> to.bucket(settings.bucket()).key(space.full(key))));
      } catch (StoreException failure) {
        if (failure.code() != Code.NO_SUCH_OBJECT) {
          failures.add(failure);
        }
      }
    }
  }

  @Override
  public List<Abandoned> abandoned(String prefix) throws StoreException {
    space.requireOpen();
    var request =
        ListMultipartUploadsRequest.builder().bucket(settings.bucket()).prefix(space.full(prefix));
    Next<ListMultipartUploadsResponse> next =
        page ->
            Boolean.TRUE.equals(page.isTruncated())
                ? Optional.of(
                    uploads(
                        request
                            .keyMarker(page.nextKeyMarker())
                            .uploadIdMarker(page.nextUploadIdMarker())
                            .build()))
                : Optional.empty();
    return collected(
        pages(uploads(request.build()), next)
            .flatMap(page -> page.uploads().stream())
            .<Abandoned>map(Unfinished::new));
  }

  private ListMultipartUploadsResponse uploads(ListMultipartUploadsRequest request)
      throws StoreException {
    return ask("", "ListMultipartUploads", () -> client.listMultipartUploads(request));
  }

  private final class Unfinished implements Abandoned {
    private final MultipartUpload upload;

    Unfinished(MultipartUpload upload) {
      this.upload = upload;
    }

    @Override
    public String key() {
      return space.relative(upload.key());
    }

    @Override
    public Instant begun() {
      return upload.initiated();
    }

    @Override
    public void remove() throws StoreException {
      try {
        client.abortMultipartUpload(
            to -> to.bucket(settings.bucket()).key(upload.key()).uploadId(upload.uploadId()));
      } catch (SdkException failure) {
        if (!(failure instanceof AwsServiceException answer)
            || !S3Answers.errorCode(answer).equals("NoSuchUpload")) {
          throw answers.meaning(key(), "AbortMultipartUpload", failure);
        }
      }
    }
  }

  @Override
  public Optional<Versions> versions() {
    return Optional.of(new S3Versions(this, client, settings.bucket()));
  }

  /// The key in the bucket.
  String full(String key) {
    return space.full(key);
  }

  /// What a failure means.
  StoreException meaning(String key, String action, SdkException failure) {
    return answers.meaning(key, action, failure);
  }

  @Override
  public void close() {
    if (space.close()) {
      threads.shutdown();
      client.close();
    }
  }

  /// The bytes of an answer. Closed before its end, it gives the connection up instead of reading
  /// all that is left.
  private final class Body extends FilterInputStream {
    private final String key;
    private final ResponseInputStream<GetObjectResponse> response;
    private boolean ended;

    Body(String key, ResponseInputStream<GetObjectResponse> response) {
      super(response);
      this.key = key;
      this.response = response;
    }

    @Override
    public int read() throws IOException {
      throw new UnsupportedOperationException("read by arrays");
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        int count = super.read(into, offset, length);
        ended = count < 0;
        return count;
      } catch (SdkException failure) {
        if (String.valueOf(failure.getMessage()).contains("checksum")) {
          throw new StoreException(
              new Problem(
                  Code.OBJECT_DAMAGED,
                  name() + "/" + key,
                  "its bytes do not have the checksum that the store keeps",
                  "read it again; if it stays so, the object is lost: use an older backup"),
              failure);
        }
        throw answers.meaning(key, "GetObject", failure);
      }
    }

    @Override
    public void close() throws IOException {
      if (ended) {
        super.close();
      } else {
        response.abort();
      }
    }
  }
}
