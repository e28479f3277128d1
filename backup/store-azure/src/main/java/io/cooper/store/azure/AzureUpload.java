package io.cooper.store.azure;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.models.BlobHttpHeaders;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlockBlobItem;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.blob.options.BlockBlobStageBlockOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import io.cooper.problem.Code;
import io.cooper.store.Intent;
import io.cooper.store.Part;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.Upload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;

/// One new blob, in the requests of Azure. Its blocks have names of their own, so that those of
/// another writer are never taken for them.
final class AzureUpload implements Upload {
  /// What barman-cloud's blobs have.
  private static final String CONTENT_TYPE = "application/octet-stream";

  private static final String WRITER = "cooper_writer";

  private final AzureStore store;
  private final BlockBlobClient blob;
  private final AzureSettings settings;
  private final String key;
  private final Intent intent;
  private final String writer = UUID.randomUUID().toString();

  /// Whether a request went out whose answer did not come.
  private boolean unsure;

  AzureUpload(
      AzureStore store, BlockBlobClient blob, AzureSettings settings, String key, Intent intent) {
    this.store = store;
    this.blob = blob;
    this.settings = settings;
    this.key = key;
    this.intent = intent;
  }

  @Override
  public StoredObject whole(Part bytes) throws StoreException {
    return becomeVisible(
        bytes.size(),
        () ->
            blob.uploadWithResponse(
                    new BlockBlobSimpleUploadOptions(data(bytes))
                        .setContentMd5(md5(bytes))
                        .setHeaders(new BlobHttpHeaders().setContentType(CONTENT_TYPE))
                        .setMetadata(Map.of(WRITER, writer))
                        .setTags(tags())
                        .setRequestConditions(conditions()),
                    settings.patience(),
                    null)
                .getValue());
  }

  @Override
  public void begin() {
    // Azure knows no beginning: the first block makes it.
  }

  @Override
  public void part(int number, Part bytes) throws StoreException {
    store.ask(
        key,
        "PutBlock",
        () ->
            blob.stageBlockWithResponse(
                new BlockBlobStageBlockOptions(id(number), data(bytes)).setContentMd5(md5(bytes)),
                settings.patience(),
                null));
  }

  @Override
  public StoredObject complete(int parts, long size) throws StoreException {
    var ids = IntStream.rangeClosed(1, parts).mapToObj(this::id).toList();
    return becomeVisible(
        size,
        () ->
            blob.commitBlockListWithResponse(
                    new BlockBlobCommitBlockListOptions(ids)
                        .setHeaders(new BlobHttpHeaders().setContentType(CONTENT_TYPE))
                        .setMetadata(Map.of(WRITER, writer))
                        .setTags(tags())
                        .setRequestConditions(conditions()),
                    settings.patience(),
                    null)
                .getValue());
  }

  @Override
  public void abort() {
    // Azure forgets blocks that nobody commits.
  }

  private StoredObject becomeVisible(long size, AzureStore.Request<BlockBlobItem> request)
      throws StoreException {
    if (unsure) {
      var mine = mine(size);
      if (mine.isPresent()) {
        return mine.get();
      }
    }
    try {
      var stored = store.ask(key, "PutBlob", request);
      return new StoredObject(
          key, size, stored.getLastModified().toInstant(), AzureStore.etag(stored.getETag()));
    } catch (StoreException failure) {
      unsure = unsure || failure.code().worthRetrying();
      // What arrives twice on the way is refused the second time.
      boolean perhapsTwice =
          failure.code() == Code.OBJECT_EXISTS || failure.code() == Code.STORE_REFUSED;
      return (perhapsTwice ? mine(size) : Optional.<StoredObject>empty())
          .orElseThrow(() -> failure);
    }
  }

  private Optional<StoredObject> mine(long size) throws StoreException {
    try {
      var found = store.ask(key, "GetBlobProperties", blob::getProperties);
      boolean isMine =
          writer.equals(found.getMetadata().get(WRITER)) && found.getBlobSize() == size;
      return isMine ? Optional.of(AzureStore.object(key, found)) : Optional.empty();
    } catch (StoreException failure) {
      if (failure.code() == Code.NO_SUCH_OBJECT) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  private BlobRequestConditions conditions() {
    return intent.replace() ? new BlobRequestConditions() : AzureStore.onlyNew();
  }

  private String id(int number) {
    var name = "%s-%05d".formatted(writer, number);
    return Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.US_ASCII));
  }

  private Map<String, String> tags() {
    var all = new HashMap<>(settings.tags());
    all.putAll(intent.tags());
    return all;
  }

  private static BinaryData data(Part bytes) {
    return BinaryData.fromStream(bytes.open(), (long) bytes.size());
  }

  private static byte[] md5(Part bytes) {
    try (var in = bytes.open()) {
      var digest = MessageDigest.getInstance("MD5");
      var buffer = new byte[64 << 10];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
      return digest.digest();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
