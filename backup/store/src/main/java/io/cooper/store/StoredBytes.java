package io.cooper.store;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/// The bytes of an object, or of a part of it, together with what the store said of the object when
/// it began to send them.
///
/// Gives exactly the bytes that were asked for, as far as the object has them: a source that ends
/// earlier, or gives more, is a [StoreException] with [Code#STORE_UNREACHABLE], never a short file.
public final class StoredBytes extends InputStream {
  private final String store;
  private final StoredObject object;
  private final InputStream source;
  private long left;

  private StoredBytes(String store, StoredObject object, InputStream source, long left) {
    this.store = store;
    this.object = object;
    this.source = source;
    this.left = left;
  }

  /// Watches over a source.
  ///
  /// @param store its name, for messages
  /// @param object as the store described it in the same answer
  /// @param source gives the bytes from `from` on
  /// @param from the first byte that was asked for
  /// @param length how many were asked for; the object may end earlier
  public static StoredBytes of(
      String store, StoredObject object, InputStream source, long from, long length) {
    return new StoredBytes(store, object, source, expected(object.size(), from, length));
  }

  /// No bytes, where a store refuses a range because the object ends before it.
  ///
  /// @throws StoreException with [Code#STORE_UNREACHABLE] if the object does have bytes there: then
  ///   it was not the store that refused, or another object
  public static StoredBytes pastTheEnd(String store, StoredObject object, long from, long length)
      throws StoreException {
    if (expected(object.size(), from, length) > 0) {
      throw new StoreException(
          new Problem(
              Code.STORE_UNREACHABLE,
              store + "/" + object.key(),
              "the bytes from %d on were refused, and the object has %d"
                  .formatted(from, object.size()),
              "try again; if it happens often, look at proxies between here and the store"));
    }
    return of(store, object, InputStream.nullInputStream(), from, 0);
  }

  /// How many bytes a part of an object has.
  ///
  /// @param size of the whole object
  /// @param from the first byte that is wanted
  /// @param length how many are wanted
  public static long expected(long size, long from, long length) {
    if (from < 0 || length < 0) {
      throw new IllegalArgumentException("no such part: %d bytes from %d".formatted(length, from));
    }
    return Math.max(0, Math.min(size - from, length));
  }

  /// The object that these bytes are of.
  public StoredObject object() {
    return object;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    int count = readSource(into, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw broken("the connection ended with %d bytes to come".formatted(left));
    }
    left -= count;
    return count;
  }

  private int readSource(byte[] into, int offset, int length) throws IOException {
    try {
      return source.read(into, offset, length);
    } catch (StoreException known) {
      throw known;
    } catch (IOException cause) {
      throw new StoreException(
          broken("the connection broke with %d bytes to come".formatted(left)).problem(), cause);
    }
  }

  private StoreException broken(String what) {
    return new StoreException(
        new Problem(
            Code.STORE_UNREACHABLE,
            store + "/" + object.key(),
            what,
            "try again; if it happens often, look at the network between here and the store"));
  }

  @Override
  public int available() throws IOException {
    return (int) Math.min(left, source.available());
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
