package io.cooper.store.s3;

import io.cooper.problem.Code;
import io.cooper.store.Intent;
import io.cooper.store.Part;
import io.cooper.store.Problems;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.Unanswered;
import io.cooper.store.Upload;
import io.cooper.store.s3.S3Profile.Integrity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.Tagging;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/// One new object, in the requests of S3.
final class S3Upload implements Upload {
  /// What barman-cloud's objects have, because its library sets none.
  private static final String CONTENT_TYPE = "binary/octet-stream";

  private static final String WRITER = "cooper-writer";

  private final S3Store store;
  private final S3Client client;
  private final S3Settings settings;
  private final String key;
  private final String fullKey;
  private final Intent intent;
  private final AtomicBoolean looksFirst;

  private final String writer = UUID.randomUUID().toString();
  private final Map<Integer, CompletedPart> stored = new ConcurrentSkipListMap<>();
  private String uploadId = "";

  /// Whether a request went out whose answer did not come.
  private boolean unsure;

  S3Upload(
      S3Store store,
      S3Client client,
      S3Settings settings,
      String key,
      String fullKey,
      Intent intent,
      AtomicBoolean looksFirst) {
    this.store = store;
    this.client = client;
    this.settings = settings;
    this.key = key;
    this.fullKey = fullKey;
    this.intent = intent;
    this.looksFirst = looksFirst;
  }

  @Override
  public StoredObject whole(Part bytes) throws StoreException {
    return becomeVisible(
        bytes.size(),
        conditional -> {
          var request =
              PutObjectRequest.builder()
                  .bucket(settings.bucket())
                  .key(fullKey)
                  .contentType(CONTENT_TYPE)
                  .metadata(Map.of(WRITER, writer));
          if (settings.profile().integrity() == Integrity.MD5) {
            request.contentMD5(md5(bytes));
          }
          tagging().ifPresent(request::tagging);
          switch (settings.encryption()) {
            case S3Encryption.BucketDefault() -> {}
            case S3Encryption.StoreKeys() ->
                request.serverSideEncryption(ServerSideEncryption.AES256);
            case S3Encryption.KeyService(var keyId) -> {
              request.serverSideEncryption(ServerSideEncryption.AWS_KMS);
              keyId.ifPresent(request::ssekmsKeyId);
            }
          }
          if (conditional) {
            request.ifNoneMatch("*");
          }
          var response = client.putObject(request.build(), body(bytes));
          return object(bytes.size(), response.eTag(), response.sdkHttpResponse());
        });
  }

  @Override
  public void begin() throws StoreException {
    if (!intent.replace() && looksFirst.get()) {
      look();
    }
    var request =
        CreateMultipartUploadRequest.builder()
            .bucket(settings.bucket())
            .key(fullKey)
            .contentType(CONTENT_TYPE)
            .metadata(Map.of(WRITER, writer));
    if (settings.profile().integrity() == Integrity.CRC32) {
      request.checksumAlgorithm(ChecksumAlgorithm.CRC32);
    }
    tagging().ifPresent(request::tagging);
    switch (settings.encryption()) {
      case S3Encryption.BucketDefault() -> {}
      case S3Encryption.StoreKeys() -> request.serverSideEncryption(ServerSideEncryption.AES256);
      case S3Encryption.KeyService(var keyId) -> {
        request.serverSideEncryption(ServerSideEncryption.AWS_KMS);
        keyId.ifPresent(request::ssekmsKeyId);
      }
    }
    uploadId =
        store
            .ask(key, "CreateMultipartUpload", () -> client.createMultipartUpload(request.build()))
            .uploadId();
  }

  @Override
  public void part(int number, Part bytes) throws StoreException {
    var request =
        UploadPartRequest.builder()
            .bucket(settings.bucket())
            .key(fullKey)
            .uploadId(uploadId)
            .partNumber(number);
    switch (settings.profile().integrity()) {
      case CRC32 -> request.checksumCRC32(base64(bytes.crc32()));
      case MD5 -> request.contentMD5(md5(bytes));
    }
    var response =
        store.ask(key, "UploadPart", () -> client.uploadPart(request.build(), body(bytes)));
    stored.put(
        number,
        CompletedPart.builder()
            .partNumber(number)
            .eTag(response.eTag())
            .checksumCRC32(response.checksumCRC32())
            .build());
  }

  @Override
  public StoredObject complete(int parts, long size) throws StoreException {
    var list = IntStream.rangeClosed(1, parts).mapToObj(stored::get).toList();
    return becomeVisible(
        size,
        conditional -> {
          var request =
              CompleteMultipartUploadRequest.builder()
                  .bucket(settings.bucket())
                  .key(fullKey)
                  .uploadId(uploadId)
                  .multipartUpload(all -> all.parts(list));
          if (conditional) {
            request.ifNoneMatch("*");
          }
          var response = client.completeMultipartUpload(request.build());
          return object(size, response.eTag(), response.sdkHttpResponse());
        });
  }

  @Override
  public void abort() throws StoreException {
    try {
      client.abortMultipartUpload(
          to -> to.bucket(settings.bucket()).key(fullKey).uploadId(uploadId));
    } catch (AwsServiceException answer) {
      if (!S3Answers.errorCode(answer).equals("NoSuchUpload")) {
        store.ask(key, "AbortMultipartUpload", () -> rethrow(answer));
      }
    } catch (SdkException failure) {
      store.ask(key, "AbortMultipartUpload", () -> rethrow(failure));
    }
  }

  /// The request that makes the object visible.
  private interface LastRequest {
    StoredObject send(boolean conditional);
  }

  private StoredObject becomeVisible(long size, LastRequest request) throws StoreException {
    if (unsure) {
      var mine = mine(size);
      if (mine.isPresent()) {
        return mine.get();
      }
    }
    if (!intent.replace() && looksFirst.get()) {
      look();
    }
    try {
      return send(request, !intent.replace());
    } catch (StoreException failure) {
      unsure = unsure || failure.code().worthRetrying();
      // What arrives twice on the way is refused the second time.
      boolean perhapsTwice =
          failure.code() == Code.OBJECT_EXISTS || failure.code() == Code.STORE_REFUSED;
      return (perhapsTwice ? mine(size) : Optional.<StoredObject>empty())
          .orElseThrow(() -> failure);
    }
  }

  private StoredObject send(LastRequest request, boolean conditional) throws StoreException {
    try {
      return request.send(conditional);
    } catch (AwsServiceException answer) {
      if (conditional && answer.statusCode() == 501 && !looksFirst.getAndSet(true)) {
        // The store does not know conditional writes, and says so.
        look();
        return send(request, false);
      }
      if (conditional && answer.statusCode() == 501) {
        return send(request, false);
      }
      return store.ask(key, "PutObject", () -> rethrow(answer));
    } catch (SdkException failure) {
      if (conditional && wasCutOff(failure)) {
        lookWhetherRefused();
      }
      return store.ask(key, "PutObject", () -> rethrow(failure));
    }
  }

  /// A store that refuses before it has read everything closes the connection, as MinIO does for an
  /// object that is there already, and its answer is lost.
  private static boolean wasCutOff(SdkException failure) {
    return Unanswered.causes(failure)
        .anyMatch(cause ->
            cause instanceof IOException
                && !(cause instanceof ConnectException)
                && !(cause instanceof NoRouteToHostException)
                && !(cause instanceof UnknownHostException)
                && !(cause instanceof SocketTimeoutException)
                && !(cause instanceof SSLException));
  }

  private void lookWhetherRefused() throws StoreException {
    try {
      look();
    } catch (StoreException answer) {
      if (answer.code() == Code.OBJECT_EXISTS) {
        throw answer;
      }
    }
  }

  private static StoredObject rethrow(SdkException failure) {
    throw failure;
  }

  private void look() throws StoreException {
    if (store.find(key).isPresent()) {
      throw Problems.exists(store.name(), key);
    }
  }

  /// The object, if it is the one that this writer sent.
  private Optional<StoredObject> mine(long size) throws StoreException {
    try {
      var head =
          store.ask(
              key,
              "HeadObject",
              () -> client.headObject(to -> to.bucket(settings.bucket()).key(fullKey)));
      boolean isMine = writer.equals(head.metadata().get(WRITER)) && head.contentLength() == size;
      return isMine
          ? Optional.of(new StoredObject(key, size, head.lastModified(), S3Store.etag(head.eTag())))
          : Optional.empty();
    } catch (StoreException failure) {
      // Without a body, 404 tells no more; the request that follows says what is the matter.
      if (failure.code() == Code.NO_SUCH_OBJECT || failure.code() == Code.STORE_REFUSED) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  private static RequestBody body(Part bytes) {
    return RequestBody.fromContentProvider(bytes::open, bytes.size(), CONTENT_TYPE);
  }

  private static String md5(Part bytes) {
    try (var in = bytes.open()) {
      var digest = MessageDigest.getInstance("MD5");
      var buffer = new byte[64 << 10];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
      return Base64.getEncoder().encodeToString(digest.digest());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String base64(int number) {
    return Base64.getEncoder()
        .encodeToString(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
  }

  private Optional<Tagging> tagging() {
    var all = new HashMap<>(settings.tags());
    all.putAll(intent.tags());
    if (all.isEmpty() || !settings.profile().tags()) {
      return Optional.empty();
    }
    return Optional.of(
        Tagging.builder()
            .tagSet(
                all.entrySet().stream()
                    .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                    .toList())
            .build());
  }

  private StoredObject object(long size, String etag, SdkHttpResponse response) {
    return new StoredObject(key, size, date(response), S3Store.etag(etag));
  }

  /// An answer to a write says what time it is at the store, not what it wrote down.
  private static Instant date(SdkHttpResponse response) {
    try {
      return response
          .firstMatchingHeader("Date")
          .map(text -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)))
          .orElseGet(Instant::now);
    } catch (DateTimeParseException odd) {
      return Instant.now();
    }
  }
}
