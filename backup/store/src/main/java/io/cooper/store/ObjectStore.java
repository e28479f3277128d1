package io.cooper.store;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Whole objects under keys: a bucket and a prefix in it, a container, a folder.
///
/// What every store promises, and its contract test proves:
///
/// - An object is there whole or not at all: nobody sees it before [NewObject#commit()], and a
///   writer that is closed, fails or is killed earlier leaves nothing that is listed or read. What
///   such a writer leaves at the provider, unfinished uploads, [#abandoned] finds and removes.
/// - After a commit every reader and every listing sees the object, and its bytes never change
///   until somebody writes or deletes the same key.
/// - A failure says by its [io.cooper.problem.Code] what to do: whether the object is not there,
///   the credentials are wrong, the right is missing, the bucket is not there, the store cannot be
///   reached or is busy. *Not there* is never said of a store that did not answer.
/// - No store tries again by itself, logs, or keeps a whole object in memory: that is for stores
///   around it. Memory is bounded by what [NewObject] says, whatever the size of an object.
///
/// Keys are relative to the store's prefix: parts with one `/` between two, none of them empty, `.`
/// or `..`, of any Unicode character but U+0000; at most 1,024 bytes together with the prefix. A
/// key that is also a folder of another key (`a` beside `a/b`) may be refused, as file systems must
/// and some providers do. Safe for several threads.
public interface ObjectStore extends AutoCloseable {
  /// Where it is, as messages say it: `s3://bucket/prefix`. Holds no credential.
  String name();

  /// Opens a new object, over one of the same key if the intent allows.
  ///
  /// @throws StoreException if the store refuses already now; most refuse at the commit
  NewObject create(String key, Intent intent) throws StoreException;

  /// Streams a part of an object. The stream fails, and never ends early, when the connection
  /// breaks.
  ///
  /// @param from the first byte; at or past the end, the stream is empty
  /// @param length in bytes; the stream is shorter where the object ends, so [Long#MAX_VALUE] gives
  ///   all the rest
  /// @throws StoreException with [io.cooper.problem.Code#NO_SUCH_OBJECT] if there is none
  StoredBytes open(String key, long from, long length) throws StoreException;

  /// Streams an object.
  ///
  /// @throws StoreException with [io.cooper.problem.Code#NO_SUCH_OBJECT] if there is none
  default StoredBytes open(String key) throws StoreException {
    return open(key, 0, Long.MAX_VALUE);
  }

  /// What is known of an object without reading it; empty if it is not there.
  Optional<StoredObject> find(String key) throws StoreException;

  /// All objects whose key begins with a prefix, in the order of their keys' UTF-8 bytes. Pages are
  /// fetched as the stream is read; a page that cannot be had throws [UncheckedStoreException].
  ///
  /// @param prefix of keys, not only of whole folders; empty for all
  /// @param after keys up to and including this one are left out; empty for none
  Stream<StoredObject> list(String prefix, String after) throws StoreException;

  /// The names of the folders below a folder: what stands between it and the next `/`.
  ///
  /// @param folder ends with `/`, or is empty for the root
  List<String> folders(String folder) throws StoreException;

  /// Removes objects. One that is not there counts as removed.
  ///
  /// @throws StoreException if some could not be removed; all others are. The message names the
  ///   first and how many
  void delete(Collection<String> keys) throws StoreException;

  /// Uploads that were begun and neither committed nor given up, below a prefix; empty where the
  /// provider has no such thing.
  List<Abandoned> abandoned(String prefix) throws StoreException;

  /// What the bucket keeps of objects beside their newest bytes; empty where the provider has no
  /// such thing, or it is not known here.
  default Optional<Versions> versions() {
    return Optional.empty();
  }

  /// Gives up the connections. Open streams and writers may fail, and nothing new can be begun.
  @Override
  void close();
}
